# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of names: what the client URLs ask for, and what each tenant has registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..base.command import Setting
from ..base.comparison import fold, folded
from ..entra.spns import MICROSOFT, Problem, name_of, url_host
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, LEARN, READ_ORGANIZATION, READ_PRINCIPAL, TROUBLE
from .registering import named, to_register

_IGNORE: Final = "Correct the URL, or list its host in hma_spn_ignored with the reason."
# A port or another scheme is no part of the entry in hma_spn_ignored: it leaves out every URL of the host.
_NOT_IGNORED: Final = (
    "Correct the URL. Do not list its host in hma_spn_ignored: other URLs use it, and it would not be registered."
)
_ELSEWHERE: Final = (
    "If the mailboxes of these clients are in Exchange Online, list the host in hma_spn_ignored with the reason; else "
    "correct the URL."
)


URLS_REGISTRABLE: Final = Check(
    "HMA-NAME-001", "Every client URL gives a name that can be registered", "high", "server", gate=True,
    why="Clients ask Entra for a token for the host of the URL; a name that cannot be registered is asked for in vain "
        "(AADSTS500011).",
    read=f"{READ_ORGANIZATION}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
    remedy="Correct the URL, or list its host in hma_spn_ignored with the reason.", source=ARTICLE,
)  # fmt: skip
URLS_USUAL: Final = Check(
    "HMA-NAME-002", "No client URL is http or leads to Exchange Online", "medium", "server", on_bad="warn",
    why="Clients may ask for the http name, which is not registered (AADSTS500011 with http://). A URL of Microsoft's "
        "sends the clients of mailboxes that are still here to Exchange Online; its name is none of Exchange Server's.",
    read=f"{READ_ORGANIZATION}URLs of the virtual directories and AutoDiscoverServiceInternalUri.",
    remedy="Correct the URL to https, and to a name of Exchange Server.",
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
                    _to_correct(inputs, item),
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


def urls_besides(inputs: Inputs) -> list[Finding]:
    """The same where the names that can be registered are registered all the same: it stops nothing, and what it leaves
    is not ready. What was not read, the gate before has judged."""
    return [replace(item, gate=False) for item in urls(inputs) if item.id != URLS_READ.id]


def _to_correct(inputs: Inputs, item: Problem) -> str:
    """What to do about a URL; leaving its host out must not leave out the URLs that are right."""
    if item.code == MICROSOFT:
        return _ELSEWHERE
    host = url_host(item.value)
    return _NOT_IGNORED if host and name_of(host) in inputs.names.wanted else _IGNORE


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
    message = f"not registered: {with_sources}.{_other_forms(tenant, missing)}"
    return check.failed(host, message, fix, expected=expected, actual=actual, tenant=host, commands=commands)


def _other_forms(tenant: TenantEntry, missing: Sequence[str]) -> str:
    """Whoever looks at the list sees these, and takes them for the names that are missing."""
    hosts = {url_host(name) for name in missing}
    others = [name for name in tenant.names or () if url_host(name) in hosts]
    if not others:
        return ""
    return f" The directory keeps each form as a name of its own; there are: {', '.join(others)}."


def autodiscover_hosts(inputs: Inputs) -> list[str]:
    """What Outlook asks for by itself: autodiscover.<domain> of the authoritative domains that no URL covers."""
    used = {url_host(name) for name in inputs.names.wanted} | set(inputs.names.ignored)
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
    hosts = autodiscover_hosts(inputs)
    # One line of YAML has all of them: a second one would take the place of the first.
    extra = Setting("hma_spn_extra_names", [*inputs.settings.spn_extra_names, *_unregistered(inputs, hosts)])
    findings = [finding for host in hosts for finding in _autodiscover(inputs, host, check, extra)]
    return findings or [
        check.passed(
            inputs.name, "every authoritative domain's autodiscover name is among the client names or unknown to DNS."
        )
    ]


def _unregistered(inputs: Inputs, hosts: Sequence[str]) -> list[str]:
    """Those that resolve, and that one of the tenants lacks."""
    read = [folded(tenant.names) for tenant in inputs.tenants if tenant.names is not None]
    return [host for host in hosts if inputs.resolved.get(host) and any(name_of(host) not in names for names in read)]


def _autodiscover(inputs: Inputs, host: str, check: Check, extra: Setting) -> list[Finding]:
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
    commands = (extra, inputs.playbook("register_spns"))
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


CHECKS: Final = (
    URLS_REGISTRABLE,
    URLS_USUAL,
    URLS_READ,
    NAMES_REGISTERED,
    AUTODISCOVER_REGISTERED,
)
