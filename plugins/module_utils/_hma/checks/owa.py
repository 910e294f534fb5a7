# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of Outlook on the web and the Exchange admin center: whether all servers sign people in alike.

An organization in which nobody set OAuth there is none of their concern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..base.command import PowerShell, Setting
from ..base.comparison import fold
from ..entra.reply_urls import is_registered
from ..exchange.web_directories import NOUNS
from ..exchange.web_listing import ListedWebDirectory
from . import web_gate
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, READ_ORGANIZATION, READ_ORGANIZATION_FULL
from .web_readings import PageLook, TenantReplies

NOT_USED: Final = "no server signs people in to Outlook on the web or the admin center with OAuth."
_ROLES: Final = "Check the account's roles; then run this again."
_EXPECTED: Final = "owa: OAuth; ecp: OAuth"
_SECTION: Final = ("oauth", "owahmafixforafrfscenarios")


def used(inputs: Inputs) -> bool | None:
    """Whether a server signs people in there with OAuth, beside other methods or not; None where nobody knows."""
    found = inputs.organization.web_directories
    return None if found is None else any(directory.oauth for directory in _judged(inputs, found))


ALIKE: Final = Check(
    "HMA-OWA-003", "Outlook on the web and the admin center sign people in alike on every server", "high", "server",
    why="With forms on one server and OAuth on another, behind a balancer some people are sent to Entra and others to "
        "a form. Hardening guides put forms back, which win over OAuth; a directory without a method lets nobody in.",
    read=f"{READ_ORGANIZATION}Get-OwaVirtualDirectory and Get-EcpVirtualDirectory -ADPropertiesOnly, "
        f"InternalAuthenticationMethods. ExternalAuthenticationMethods says nothing: it keeps Fba.",
    remedy="ansible-playbook hybrid.exchange.enable_owa_hma for all servers, or disable_owa_hma.", source=ARTICLE,
)  # fmt: skip


def alike(inputs: Inputs) -> list[Finding]:
    """Both directories of every server, where one of all servers has OAuth: both with it and nothing else."""
    check, found, is_used = ALIKE, inputs.organization.web_directories, used(inputs)
    if found is None:
        return [check.unread(inputs.name, inputs.organization.why_unread("web_directories"), _ROLES)]
    if not is_used:
        return [check.not_applicable(inputs.name, NOT_USED)]
    return [
        _of_server(inputs, server.name, [item for item in found if fold(item.server) == fold(server.name)])
        for server in inputs.judged_clients
    ]


def _of_server(inputs: Inputs, server: str, directories: Sequence[ListedWebDirectory]) -> Finding:
    check, actual = ALIKE, "; ".join(f"{item.kind}: {', '.join(item.methods) or 'none'}" for item in directories)
    missing = [kind for kind in NOUNS if kind not in {item.kind for item in directories}]
    if missing:
        text = f"Active Directory shows no front-end directory {' and '.join(missing)} of this server, or it is odd."
        return check.unread(server, text, "Look at it with Get-OwaVirtualDirectory and Get-EcpVirtualDirectory.",
                            server=server)  # fmt: skip
    return check.judge(
        server, all(item.oauth_only for item in directories), " ".join(filter(None, map(_wrong, directories))),
        "Finish the change on every server, or take it back on every server.",
        expected=_EXPECTED, actual=actual, server=server,
        commands=(inputs.playbook("enable_owa_hma"), inputs.playbook("disable_owa_hma")),
    )  # fmt: skip


def _wrong(directory: ListedWebDirectory) -> str:
    """What a directory does that the others do not; nothing where it is right."""
    if not directory.methods:
        return f"{directory.identity} has no method, so that nobody gets in."
    if not directory.oauth:
        return f"{directory.identity} signs people in with {', '.join(directory.methods)}, others with OAuth."
    if directory.others:
        methods = ", ".join(directory.others)
        return f"{directory.identity} has {methods} beside OAuth, so that people are not sent to Entra."
    return ""


def builds(inputs: Inputs) -> list[Finding]:
    """As the gate of enable_owa_hma has it, where OAuth is used already: a server may have been added since."""
    return web_gate.build(inputs) if used(inputs) else [web_gate.BUILD.not_applicable(inputs.name, NOT_USED)]


def replies(inputs: Inputs) -> list[Finding]:
    """In each tenant: Entra may drop reply URLs of a service principal by itself."""
    check = web_gate.REPLY_URLS
    if not used(inputs):
        return [check.not_applicable(inputs.name, NOT_USED)]
    unread = inputs.web.why("urls")
    if unread:
        return [check.unread(inputs.name, unread, _ROLES)]
    return [_replies_of(inputs, tenant) for tenant in inputs.web.tenants]


def _replies_of(inputs: Inputs, tenant: TenantReplies) -> Finding:
    check, host = web_gate.REPLY_URLS, tenant.host
    if tenant.reply_urls is None:
        fix = "Mend what the reason names; then run this again."
        return check.unread(host, tenant.error or "they were not read.", fix, tenant=host)
    there = tenant.reply_urls
    missing = ", ".join(url for url in tenant.missing if not is_registered(there, url))
    if tenant.missing and not missing:
        return _one_end(inputs, tenant)
    message = f"{missing}: no reply URL, so that people who come by it get AADSTS50011 after they signed in."
    return check.judge(
        host, not missing, message, "Register them: enable_owa_hma adds what is missing, and takes nothing away.",
        expected=", ".join(tenant.wanted), actual=f"missing: {missing}" if missing else "all registered",
        tenant=host, commands=(inputs.playbook("enable_owa_hma"),),
    )  # fmt: skip


def _one_end(inputs: Inputs, tenant: TenantReplies) -> Finding:
    """Each page is registered, as the article says, and one of its two spellings is missing."""
    other = ", ".join(tenant.missing)
    found = web_gate.REPLY_URLS.failed(
        tenant.host,
        f"{other}: registered with the other form of its end (the slash) only. Whether Entra takes both for one nobody "
        f"has recorded; if it does not, people get AADSTS50011 after they signed in.",
        "Register both: enable_owa_hma adds what is missing, and takes nothing away.",
        expected=", ".join(tenant.wanted), actual=f"missing: {other}", tenant=tenant.host,
        commands=(inputs.playbook("enable_owa_hma"),),
    )  # fmt: skip
    return replace(found, status="warn")


SENT: Final = Check(
    "HMA-OWA-005", "Outlook on the web and the admin center send people to Entra, and Entra sends them back", "high",
    "server",
    why="After an upgrade in place all settings can be right and without effect: the page answers 401 and nobody gets "
        "in. Only asking the page shows it.",
    read="With hma_audit_probe: GET of both pages of each server without credentials; where the redirect points, and "
        "its client_id and redirect_uri.",
    remedy="Where what is set has no effect: hma_owa_reapply: true and hma_owa_restart_iis: true, then enable_owa_hma.",
    source=ARTICLE,
)  # fmt: skip
_PROVEN, _UNPROVEN = "proven", "unproven"
_REACH: Final = "Mend what the reason names: the pages are asked from hma_probe_from."


def pages(inputs: Inputs) -> list[Finding]:
    """Each page of each server, where the audit asks what clients are offered."""
    check = SENT
    if not used(inputs):
        return [check.not_applicable(inputs.name, NOT_USED)]
    lost = [check.unread(host, why, _REACH, server=host) for host, why in inputs.web.unasked.items()]
    if not inputs.web.looks and not lost:
        return [check.not_applicable(inputs.name, "the pages were not asked (hma_audit_probe).")]
    return [*lost, *(_page(inputs, look) for look in inputs.web.looks)]


def _page(inputs: Inputs, look: PageLook) -> Finding:
    check, where, server = SENT, f"{look.url} at {look.server}", look.server.partition(".")[0].upper()
    if look.state == _UNPROVEN:
        return check.unread(where, look.reason, "Make the page reachable from where the probe runs.", server=server)
    fix = "Mend what the reason names. Where the settings are right without effect, let enable_owa_hma set them again."
    once_more = (Setting("hma_owa_reapply", True), Setting("hma_owa_restart_iis", True))
    return check.judge(
        where, look.state == _PROVEN, look.reason, fix, expected="a redirect to Entra", actual=look.reason,
        server=server, commands=(*once_more, inputs.playbook("enable_owa_hma")),
    )  # fmt: skip


OVERRIDE: Final = Check(
    "HMA-OVR-002", "The override for linked mailboxes is set where Outlook on the web uses OAuth", "medium",
    "organization", on_bad="warn",
    why="The token names the account of the other forest; without the override, and two keys in web.config, people of "
        "linked mailboxes do not get into Outlook on the web.",
    read=f"{READ_ORGANIZATION_FULL}Get-SettingOverride; the number of linked mailboxes is HMA-ID-002's. The keys in "
        f"web.config of each server are not read.",
    remedy="New-SettingOverride -Component OAuth -Section OwaHMAFixForAfRfScenarios -Parameters @('Enabled=true'), "
        "refresh, restart IIS; OAuthHttpModule.ConvertToSidBasedIdentity and OAuthHttpModule.UseMasterAccountSid in "
        "ClientAccess\\Owa\\web.config.",
    source=ARTICLE,
)  # fmt: skip
_NEW: Final = PowerShell(
    "New-SettingOverride",
    {
        "Name": "OWA HMA AFRF Support", "Component": "OAuth", "Section": "OwaHMAFixForAfRfScenarios",
        "Parameters": ["Enabled=true"], "Reason": "HMA",
    },
)  # fmt: skip


def override(inputs: Inputs) -> list[Finding]:
    """Only where both are so: people of linked mailboxes, and Outlook on the web that they get into with OAuth."""
    check, overrides = OVERRIDE, inputs.organization.setting_overrides
    linked = inputs.identity.linked if inputs.identity else None
    if not used(inputs):
        return [check.not_applicable(inputs.name, NOT_USED)]
    if not linked or not linked.count:
        reason = "there is no linked mailbox." if linked else "whether there are linked mailboxes was not read."
        return [check.not_applicable(inputs.name, reason)]
    if overrides is None:
        fix = "hma_audit_read: full, and the roles to read it."
        return [check.unread(inputs.name, inputs.organization.why_unread("setting_overrides"), fix)]
    there = any(item.is_on(*_SECTION) for item in overrides)
    message = "There are linked mailboxes, and the override OwaHMAFixForAfRfScenarios is not in force."
    fix = "Make the override, refresh the configuration, set the two keys in web.config, restart W3SVC and WAS."
    actual = "Enabled=true" if there else "no override in force"
    return [check.judge(inputs.name, there, message, fix, expected="Enabled=true", actual=actual, commands=(_NEW,))]


def _judged(inputs: Inputs, directories: Sequence[ListedWebDirectory]) -> list[ListedWebDirectory]:
    """Those of servers that are judged: an excluded one counts for nothing."""
    names = {fold(server.name) for server in inputs.judged_clients}
    return [directory for directory in directories if fold(directory.server) in names]


CHECKS: Final = (ALIKE, SENT, OVERRIDE)
