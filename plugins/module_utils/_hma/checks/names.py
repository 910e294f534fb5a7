# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of names: what the client URLs ask for, and what each tenant has registered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..base.command import Setting
from ..base.comparison import fold, host_in, lacking
from ..entra.spns import EXCHANGE_ONLINE, is_built_in, name_of
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, GRAPH, LEARN, NOT_STATED, READ_ORGANIZATION, READ_PRINCIPAL, TROUBLE
from .registering import named, to_register

_IGNORE: Final = "Correct the URL, or list its host in hma_spn_ignored with the reason."
# Of the names one real tenant showed, those that every client of Exchange Online uses (facts: field notes).
_BUILT_IN: Final = (
    EXCHANGE_ONLINE,
    f"{EXCHANGE_ONLINE}/outlook.com",
    "https://outlook.office.com/",
    "https://outlook.office365.com/",
)


URLS_REGISTRABLE: Final = Check(
    "HMA-NAME-001", "Every client URL gives a name that can be registered", "high", "server", gate=True,
    why="Clients ask Entra for a token for the host of the URL; a name that cannot be registered is asked for in vain "
        "(AADSTS500011).",
    read=f"{READ_ORGANIZATION}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
    remedy="Correct the URL, or list its host in hma_spn_ignored with the reason.", source=ARTICLE,
)  # fmt: skip
URLS_USUAL: Final = Check(
    "HMA-NAME-002", "No client URL is http", "medium", "server", on_bad="warn",
    why="Clients may ask for the http name, which is not registered (AADSTS500011 with http://).",
    read=f"{READ_ORGANIZATION}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
    remedy="Correct the URL to https.",
    source=f"{LEARN}/exchange/troubleshoot/administration/outlook-does-not-connect-with-modern-authentication",
)  # fmt: skip


def urls(inputs: Inputs) -> list[Finding]:
    """What the client URLs say. An unset URL sends no client anywhere, so it is no finding."""
    findings = []
    for item in inputs.names.problems:
        if item.code != "unset" and not _left_out(inputs, item.source):
            check = URLS_REGISTRABLE if item.blocks else URLS_USUAL
            server = item.source.split(" ", 1)[0]
            findings.append(
                check.failed(
                    item.source,
                    f"{item.value}: {item.message}",
                    _IGNORE,
                    expected="https://<full name>/...",
                    actual=item.value,
                    server=server,
                )
            )
    findings += unread_kinds(inputs)
    if not inputs.names.wanted:
        findings.append(
            URLS_REGISTRABLE.failed(
                inputs.name, "no client URL gives a name.", "Set the URLs of the virtual directories."
            )
        )
    said = {item.id for item in findings}
    return findings + [
        check.passed(inputs.name) for check in (URLS_REGISTRABLE, URLS_USUAL, URLS_READ) if check.id not in said
    ]


URLS_READ: Final = Check(
    "HMA-NAME-003", "The client URLs of every server were read", "high", "organization", gate=True,
    why="A URL that was not read gives a name that nobody registers.",
    read=f"{READ_ORGANIZATION}Get-*VirtualDirectory -ADPropertiesOnly, Get-ClientAccessService.",
    remedy="Check the account's roles.", source=ARTICLE,
)  # fmt: skip


def unread_kinds(inputs: Inputs) -> list[Finding]:
    """Kinds of directories that could not be read at all; of a single object HMA-READ-002 speaks."""
    return [
        URLS_READ.unread(item.what, item.reason, "Check the account's roles; then run this again.")
        for item in inputs.organization.unread
        if item.what.startswith("client_urls") and not item.object
    ]


def _left_out(inputs: Inputs, source: str) -> bool:
    """Whether a URL is an excluded server's: clients reach no server by it, so nothing is to be mended."""
    name = fold(source.split(" ", 1)[0])
    fqdn = next((item.fqdn for item in inputs.organization.servers if fold(item.name) == name), name)
    return inputs.reason_for(name, fqdn) is not None


def registered(inputs: Inputs) -> list[Finding]:
    return [_registered(inputs, tenant) for tenant in inputs.tenants]


NAMES_REGISTERED: Final = Check(
    "HMA-SPN-001", "Every client name is registered in every tenant", "high", "tenant", gate=True,
    why="Entra issues a token only for a registered name; otherwise clients see a blank window or CAA2000B "
        "(AADSTS500011).",
    read=f"{READ_PRINCIPAL} against internal and external URLs, SCP and extra names.",
    remedy="ansible-playbook hybrid.exchange.register_spns", source=TROUBLE,
)  # fmt: skip


def _registered(inputs: Inputs, tenant: TenantEntry) -> Finding:
    check, host, register = NAMES_REGISTERED, tenant.host, (inputs.playbook("register_spns"),)
    missing = tenant.missing
    if tenant.error or missing is None:
        reason = tenant.error or "the tenant's service principal names were not read."
        return check.unread(
            host, reason, "Mend what the reason names; then register the names.", tenant=host, commands=register
        )
    wanted = inputs.names.wanted if tenant.wanted is None else tenant.wanted
    expected = f"{len(wanted)} names"
    if not missing:
        return check.passed(host, expected=expected, actual="all of them", tenant=host)
    actual = f"without {', '.join(missing)}"
    with_sources = "; ".join(named(inputs, name) for name in missing)
    if set(missing) <= tenant.predicted:
        return check.predicted(host, f"{with_sources}: {PREDICTED}", expected=expected, actual=actual, tenant=host)
    fix, commands = to_register(tenant.spn_mode, "", register[0])
    message = f"not registered: {with_sources}."
    return check.failed(host, message, fix, expected=expected, actual=actual, tenant=host, commands=commands)


def tenant_names(inputs: Inputs) -> list[Finding]:
    """What else is on each service principal: names nobody uses, built-in names that are gone, http names."""
    findings: list[Finding] = []
    checks = (NO_STALE_NAMES, BUILT_IN_NAMES, HTTPS_NAMES_ONLY)
    for tenant in inputs.tenants:
        host = tenant.host
        if tenant.error or tenant.names is None:
            reason = tenant.error or "the tenant's service principal names were not read."
            findings += [
                check.unread(host, reason, "Mend what the reason names; then run this again.", tenant=host)
                for check in checks
            ]
            continue
        findings += [
            _stale(inputs, host, tenant.names),
            _built_in(host, tenant.cloud, tenant.names),
            _http(host, tenant.names),
        ]
    return findings


NO_STALE_NAMES: Final = Check(
    "HMA-SPN-002", "No name on the service principal looks like ours and is used by no client URL", "low", "tenant",
    on_bad="warn",
    why="A name left behind does no harm to clients, but it is a name for which tokens are issued and which nobody "
        "watches.",
    read=f"{READ_PRINCIPAL} against the accepted domains of Exchange.",
    remedy="If no client uses it: hybrid.exchange.hma_spn with state: absent and names. If one does: "
        "hma_spn_extra_names.", source=NOT_STATED,
)  # fmt: skip


def _stale(inputs: Inputs, host: str, names: Iterable[str]) -> Finding:
    check, domains = NO_STALE_NAMES, inputs.organization.accepted_domains
    if domains is None:
        return check.unread(
            host,
            inputs.organization.why_unread("accepted_domains").of("accepted domains"),
            "Check the account's roles.",
            tenant=host,
        )
    ours = [fold(item.domain).removeprefix("*.") for item in domains]
    used = {_host(name) for name in inputs.names.wanted} | set(inputs.names.ignored)
    stale = [
        name for name in names
        if _scheme(name) == "https" and not is_built_in(name) and _host(name) not in used
        and any(_host(name) == domain or _host(name).endswith(f".{domain}") for domain in ours)
    ]  # fmt: skip
    fix = (
        "Where no client uses it: hybrid.exchange.hma_spn with state: absent and names. Where one does: "
        "hma_spn_extra_names."
    )
    message = f"used by no client URL: {', '.join(stale)}."
    return check.judge(host, not stale, message, fix, expected="none", actual=", ".join(stale) or "none", tenant=host)


BUILT_IN_NAMES: Final = Check(
    "HMA-SPN-004", "The service principal still has its built-in names", "high", "tenant", on_bad="warn",
    why="A list that was replaced instead of extended (older guides do that) has lost names of other services of "
        "Exchange Online.",
    read=f"{READ_PRINCIPAL}; the names expected were seen in one real tenant of the global cloud.",
    remedy="Find them in an old export, or ask Microsoft support; this collection does not guess them.",
    source=f"{GRAPH}/serviceprincipal-update",
)  # fmt: skip


def _built_in(host: str, cloud: str, names: Iterable[str]) -> Finding:
    check = BUILT_IN_NAMES
    if cloud != "global":
        return check.not_applicable(host, f"which names cloud {cloud} has built in is not known here.", tenant=host)
    gone = lacking(names, _BUILT_IN)
    message = f"gone: {', '.join(gone)}. Was the list replaced instead of extended?"
    fix = "Find the former list (an export, a record of this collection) and add them, or ask Microsoft support."
    return check.judge(
        host,
        not gone,
        message,
        fix,
        expected=", ".join(_BUILT_IN),
        actual=f"without {', '.join(gone)}" if gone else "all there",
        tenant=host,
    )


HTTPS_NAMES_ONLY: Final = Check(
    "HMA-SPN-005", "No name on the service principal is an http name", "low", "tenant", on_bad="warn",
    why="An http name was registered so that a client with an http URL gets a token; the URL is what should be mended.",
    read=f"{READ_PRINCIPAL}.", remedy="Correct the URL that needs it (HMA-NAME-002), then take the name away.",
    source=TROUBLE,
)  # fmt: skip


def _http(host: str, names: Iterable[str]) -> Finding:
    found = [name for name in names if _scheme(name) == "http"]
    message = f"http names: {', '.join(found)}."
    fix = "Correct the URL that needs it to https (HMA-NAME-002), then take the name away."
    return HTTPS_NAMES_ONLY.judge(
        host, not found, message, fix, expected="https names only", actual=", ".join(found) or "none", tenant=host
    )


def autodiscover_hosts(inputs: Inputs) -> list[str]:
    """What Outlook asks for by itself: autodiscover.<domain> of the authoritative domains that no URL covers."""
    used = {_host(name) for name in inputs.names.wanted} | set(inputs.names.ignored)
    domains = inputs.organization.accepted_domains or ()
    hosts = (
        f"autodiscover.{fold(item.domain)}" for item in domains if item.type == "Authoritative" and not item.wildcard
    )
    return [host for host in dict.fromkeys(hosts) if host not in used]


AUTODISCOVER_REGISTERED: Final = Check(
    "HMA-SPN-003", "The autodiscover name of every domain that resolves is registered", "medium", "tenant",
    on_bad="warn",
    why="Outlook asks autodiscover.<domain> for every mail domain that resolves, whatever the URLs say.",
    read=f"Authoritative accepted domains, DNS as the control node sees it, {READ_PRINCIPAL}.",
    remedy="Add the host to hma_spn_extra_names, then register_spns.", source=ARTICLE,
)  # fmt: skip


def autodiscover(inputs: Inputs) -> list[Finding]:
    """DNS has been asked before; a name it does not know sends no client anywhere."""
    check = AUTODISCOVER_REGISTERED
    if inputs.organization.accepted_domains is None:
        reason = inputs.organization.why_unread("accepted_domains").of("accepted domains")
        return [check.unread(inputs.name, reason, "Check the account's roles.")]
    findings = [finding for host in autodiscover_hosts(inputs) for finding in _autodiscover(inputs, host, check)]
    return findings or [
        check.passed(
            inputs.name, "every authoritative domain's autodiscover name is among the client names or unknown to DNS."
        )
    ]


def _autodiscover(inputs: Inputs, host: str, check: Check) -> list[Finding]:
    known = inputs.resolved.get(host)
    if known is None:
        return [
            check.unread(
                host,
                "DNS was not asked, or did not answer.",
                "Run the audit where DNS answers, with hma_audit_resolve: true.",
            )
        ]
    if not known:
        return []
    fix = "Add the host to the names that are registered besides those of the URLs, then register them."
    commands = (Setting("hma_spn_extra_names", [host]), inputs.playbook("register_spns"))
    findings = []
    for tenant in inputs.tenants:
        if tenant.names is not None:
            there = name_of(host) in {fold(name) for name in tenant.names}
            message = f"{host} resolves, and {name_of(host)} is not registered."
            actual, own = "there" if there else "not there", tenant.host
            findings.append(
                check.judge(
                    host, there, message, fix, expected=name_of(host), actual=actual, tenant=own, commands=commands
                )
            )
    return findings


def _scheme(name: str) -> str:
    return fold(name.split("://", 1)[0]) if "://" in name else ""


def _host(name: str) -> str:
    try:
        return host_in(name)
    except ValueError:  # no URL, so no host
        return ""


CHECKS: Final = (
    URLS_REGISTRABLE,
    URLS_USUAL,
    URLS_READ,
    NAMES_REGISTERED,
    NO_STALE_NAMES,
    AUTODISCOVER_REGISTERED,
    BUILT_IN_NAMES,
    HTTPS_NAMES_ONLY,
)
