# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of names: what the client URLs ask for, and what each tenant has registered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .case import Case, Entry
from .checks import CHECKS
from .command import Setting
from .comparison import fold, host_in, lacking
from .finding import Check, Finding
from .judge_trust import PREDICTED
from .names import EXCHANGE_ONLINE, is_built_in, name_of

_REGISTER: Final = "Register the names in the tenant."
_IGNORE: Final = "Correct the URL, or list its host in hma_spn_ignored with the reason."
# Of the names one real tenant showed, those that every client of Exchange Online uses (facts: field notes).
_BUILT_IN: Final = (EXCHANGE_ONLINE, f"{EXCHANGE_ONLINE}/outlook.com", "https://outlook.office.com/", "https://outlook.office365.com/")


def urls(case: Case) -> list[Finding]:
    """What the client URLs say. An unset URL sends no client anywhere, so it is no finding."""
    findings = []
    for item in case.names.problems:
        if item.code != "unset" and not _left_out(case, item.source):
            check = CHECKS["HMA-NAME-001" if item.blocks else "HMA-NAME-002"]
            server = item.source.split(" ", 1)[0]
            findings.append(
                check.bad(item.source, f"{item.value}: {item.message}", _IGNORE, expected="https://<full name>/...", actual=item.value, server=server)
            )
    findings += unread_kinds(case)
    if not case.names.wanted:
        findings.append(CHECKS["HMA-NAME-001"].bad(case.name, "no client URL gives a name.", "Set the URLs of the virtual directories."))
    said = {item.id for item in findings}
    return findings + [CHECKS[key].ok(case.name) for key in ("HMA-NAME-001", "HMA-NAME-002", "HMA-NAME-003") if key not in said]


def unread_kinds(case: Case) -> list[Finding]:
    """Kinds of directories that could not be read at all; of a single object HMA-READ-002 speaks."""
    return [
        CHECKS["HMA-NAME-003"].unread(item["what"], item["reason"], "Check the account's roles; then run this again.")
        for item in case.organization["unread"]
        if item["what"].startswith("client_urls") and not item.get("object")
    ]


def _left_out(case: Case, source: str) -> bool:
    """Whether a URL is an excluded server's: clients reach no server by it, so nothing is to be mended."""
    name = fold(source.split(" ", 1)[0])
    server = next((item for item in case.organization["servers"] if fold(str(item["name"])) == name), {"name": name, "fqdn": name})
    return case.reason_to_exclude(server) is not None


def registered(case: Case) -> list[Finding]:
    return [_registered(case, tenant) for tenant in case.tenants]


def _registered(case: Case, tenant: Entry) -> Finding:
    check, host, register = CHECKS["HMA-SPN-001"], str(tenant["host"]), (case.playbook("register_spns"),)
    missing = tenant.get("missing")
    if tenant.get("error") or missing is None:
        reason = str(tenant.get("error") or "the tenant's service principal names were not read.")
        return check.unread(host, reason, "See the message; then register the names.", tenant=host, commands=register)
    expected = f"{len(case.names.wanted)} names"
    if not missing:
        return check.ok(host, expected=expected, actual="all of them", tenant=host)
    actual = f"without {', '.join(missing)}"
    if set(missing) <= set(tenant.get("predicted") or []):
        return check.predicted(host, f"{', '.join(missing)}: {PREDICTED}", expected=expected, actual=actual, tenant=host)
    return check.bad(host, f"not registered: {', '.join(missing)}.", _REGISTER, expected=expected, actual=actual, tenant=host, commands=register)


def tenant_names(case: Case) -> list[Finding]:
    """What else is on each service principal: names nobody uses, built-in names that are gone, http names."""
    findings: list[Finding] = []
    checks = [CHECKS[f"HMA-SPN-{number}"] for number in ("002", "004", "005")]
    for tenant in case.tenants:
        host = str(tenant["host"])
        if tenant.get("error") or tenant.get("names") is None:
            reason = str(tenant.get("error") or "the tenant's service principal names were not read.")
            findings += [check.unread(host, reason, "See the message; then run this again.", tenant=host) for check in checks]
            continue
        names = [str(name) for name in tenant["names"]]
        findings += [_stale(case, host, names), _built_in(host, str(tenant["cloud"]), names), _http(host, names)]
    return findings


def _stale(case: Case, host: str, names: Iterable[str]) -> Finding:
    check, domains = CHECKS["HMA-SPN-002"], case.organization["accepted_domains"]
    if domains is None:
        return check.unread(host, "the accepted domains were not read, so nobody knows which names look like ours.", "Check the account's roles.", tenant=host)
    ours = [fold(str(item["domain"])).removeprefix("*.") for item in domains]
    used = {_host(name) for name in case.names.wanted} | set(case.names.ignored)
    stale = [
        name for name in names
        if _scheme(name) == "https" and not is_built_in(name) and _host(name) not in used
        and any(_host(name) == domain or _host(name).endswith(f".{domain}") for domain in ours)
    ]  # fmt: skip
    fix = "Where no client uses it: hybrid.exchange.hma_spn with state: absent and names. Where one does: hma_spn_extra_names."
    message = f"used by no client URL: {', '.join(stale)}."
    return check.judge(host, not stale, message, fix, expected="none", actual=", ".join(stale) or "none", tenant=host)


def _built_in(host: str, cloud: str, names: Iterable[str]) -> Finding:
    check = CHECKS["HMA-SPN-004"]
    if cloud != "global":
        return check.without_meaning(host, f"which names cloud {cloud} has built in is not known here.", tenant=host)
    gone = lacking(names, _BUILT_IN)
    message = f"gone: {', '.join(gone)}. Was the list replaced instead of extended?"
    fix = "Find the former list (an export, a record of this collection) and add them, or ask Microsoft support."
    return check.judge(host, not gone, message, fix, expected=", ".join(_BUILT_IN), actual=f"without {', '.join(gone)}" if gone else "all there", tenant=host)


def _http(host: str, names: Iterable[str]) -> Finding:
    found = [name for name in names if _scheme(name) == "http"]
    message = f"http names: {', '.join(found)}."
    fix = "Correct the URL that needs it to https (HMA-NAME-002), then take the name away."
    return CHECKS["HMA-SPN-005"].judge(host, not found, message, fix, expected="https names only", actual=", ".join(found) or "none", tenant=host)


def autodiscover_hosts(case: Case) -> list[str]:
    """What Outlook asks for by itself: autodiscover.<domain> of the authoritative domains that no URL covers."""
    used = {_host(name) for name in case.names.wanted} | set(case.names.ignored)
    domains = case.organization.get("accepted_domains") or []
    hosts = (f"autodiscover.{fold(str(item['domain']))}" for item in domains if item["type"] == "Authoritative" and "*" not in item["domain"])
    return [host for host in dict.fromkeys(hosts) if host not in used]


def autodiscover(case: Case) -> list[Finding]:
    """DNS has been asked before; a name it does not know sends no client anywhere."""
    check = CHECKS["HMA-SPN-003"]
    if case.organization["accepted_domains"] is None:
        return [check.unread(case.name, "the accepted domains were not read.", "Check the account's roles.")]
    findings = [finding for host in autodiscover_hosts(case) for finding in _autodiscover(case, host, check)]
    return findings or [check.ok(case.name, "every authoritative domain's autodiscover name is among the client names or unknown to DNS.")]


def _autodiscover(case: Case, host: str, check: Check) -> list[Finding]:
    known = case.resolved.get(host)
    if known is None:
        return [check.unread(host, "DNS was not asked, or did not answer.", "Run the audit where DNS answers, with hma_audit_resolve: true.")]
    if not known:
        return []
    fix = "Add the host to the names that are registered besides those of the URLs, then register them."
    commands = (Setting("hma_spn_extra_names", [host]), case.playbook("register_spns"))
    findings = []
    for tenant in case.tenants:
        if tenant.get("names") is not None:
            there = name_of(host) in {fold(str(name)) for name in tenant["names"]}
            message = f"{host} resolves, and {name_of(host)} is not registered."
            actual, own = "there" if there else "not there", str(tenant["host"])
            findings.append(check.judge(host, there, message, fix, expected=name_of(host), actual=actual, tenant=own, commands=commands))
    return findings


def _scheme(name: str) -> str:
    return fold(name.split("://", 1)[0]) if "://" in name else ""


def _host(name: str) -> str:
    try:
        return host_in(name)
    except ValueError:  # no URL, so no host
        return ""
