# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of what has to be true before people sign in to Outlook on the web and ECP at Entra alone.

From then on who cannot sign in at Entra does not get in, the administrators of Exchange included. What elsewhere is a
warning stops the run here, and so does what could not be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from ..base.command import PowerShell, Setting
from ..base.comparison import fold, has
from ..base.errors import ParseError
from ..entra.accounts import Account
from ..entra.permissions import READ_USERS
from ..exchange import administrators, versions
from ..exchange.administrators import Administrator
from ..exchange.server_objects import ExchangeServer
from ..exchange.web_directories import NOUNS
from . import hybrid, identity, web_windows
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, NOT_STATED
from .web_readings import TenantReplies
from .web_windows import pages_of

# Exchange 2019 CU14 with the hotfix update of April 2024; CU15 and SE have it from their first build.
FLOOR: Final = (15, 2, 1544, 11)
_CU14: Final = (15, 2, 1544)
_TWO: Final = 2
_AFRF: Final = ("OAuth", "OwaHMAFixForAfRfScenarios")
_AGAIN: Final = "Mend what the reason names; then run this again."


def build(inputs: Inputs) -> list[Finding]:
    """Every server but Edge. The version in Active Directory is enough for all but CU14."""
    return [_build(inputs, server) for server in inputs.judged_servers]


BUILD: Final = Check(
    "HMA-OWA-001", "Every server's build can sign people in to Outlook on the web at Entra", "high", "server",
    gate=True,
    why="The article asks for Exchange 2019 CU14 with the hotfix update of April 2024, or later, on every server. "
        "2016 never can, 2019 CU13 with that update cannot either.",
    read="Get-ExchangeServer, AdminDisplayVersion; for 2019 CU14 the file version of ExSetup.exe, which takes a "
        "connection to the server itself (winrm, or psrp to the default endpoint).",
    remedy="Update the server, or decommission it.", source=ARTICLE,
)  # fmt: skip


def _build(inputs: Inputs, server: ExchangeServer) -> Finding:
    number, label, expected = server.build.number, server.build.label, str(versions.Build(FLOOR))
    if number[:3] != _CU14:
        message = f"{label} cannot."
        fix = "Update it to Exchange 2019 CU15 or SE, or decommission it."
        return BUILD.judge(
            server.name, number >= FLOOR, message, fix, expected=expected, actual=str(server.build), server=server.name
        )
    pages = pages_of(inputs, server)
    if pages is None or pages.version is None:
        reason = f"{label} may: only the version of its files shows the update. {pages.why('version') if pages else ''}"
        fix = "Reach the server itself by winrm, or by psrp to the default endpoint; or update it to CU15 or SE."
        return BUILD.unread(server.name, reason.strip(), fix, expected=expected, server=server.name)
    try:
        found = versions.parse_file_version(pages.version)
    except ParseError as exc:
        return BUILD.unread(server.name, str(exc), _AGAIN, expected=expected, server=server.name)
    message, fix = f"{label} has no hotfix update of April 2024 ({found}).", "Install the newest update."
    return BUILD.judge(
        server.name, found.number >= FLOOR, message, fix, expected=expected, actual=str(found), server=server.name
    )


REPLY_URLS: Final = Check(
    "HMA-OWA-002", "Entra sends people back to Outlook on the web and the admin center", "high", "tenant", gate=True,
    why="Entra sends people back to registered reply URLs only; else they get AADSTS50011 after they signed in. The "
        "path's case counts, an application has at most 256, and whether the slash at the end counts nobody has "
        "recorded: the article registers /owa, Exchange asks with /owa/, so both are registered.",
    read="Get-OwaVirtualDirectory and Get-EcpVirtualDirectory, InternalUrl and ExternalUrl; Graph, replyUrls of the "
        "service principal of Exchange Online in each tenant (Application.Read.All).",
    remedy="ansible-playbook hybrid.exchange.enable_owa_hma registers them.", source=ARTICLE,
)  # fmt: skip


def urls(inputs: Inputs) -> list[Finding]:
    """Before anything is written: each URL is one that can be registered, and each tenant's list can be read."""
    unread = inputs.web.why("urls")
    if unread:
        return [REPLY_URLS.unread(inputs.name, unread, _AGAIN)]
    found = [finding for tenant in inputs.web.tenants for finding in _of_tenant(tenant)]
    there = {(fold(url.server), url.kind) for url in inputs.web.urls if url.url}
    # By directory: the admin center without one is a page that Entra sends nobody back to, and that nobody asks.
    bare = {
        server.name: [kind for kind in NOUNS if (fold(server.name), kind) not in there]
        for server in inputs.judged_clients
    }
    return found + [
        REPLY_URLS.failed(
            name, f"{' and '.join(kinds)} of it without a URL, so that nobody could be sent back there.",
            "Set InternalUrl and ExternalUrl of both directories.", server=name,
        )
        for name, kinds in bare.items() if kinds
    ]  # fmt: skip


def _of_tenant(tenant: TenantReplies) -> list[Finding]:
    check, host = REPLY_URLS, tenant.host
    if tenant.error:
        return [check.unread(host, tenant.error, _AGAIN, tenant=host)]
    wrong = [item for item in tenant.problems if item.get("blocks")]
    if wrong:
        message = " ".join(f"{item['source']} is {item['value']!r}: {item['message']}" for item in wrong)
        return [check.failed(host, message, "Correct the URL of the directory.", tenant=host)]
    names = ", ".join(tenant.missing) or "all are registered"
    return [check.passed(host, f"to register: {names}" if tenant.missing else names, tenant=host)]


ADMINISTRATORS: Final = Check(
    "HMA-OWA-004", "Two administrators can sign in to the admin center at Entra", "high", "organization", gate=True,
    why="The admin center is behind the same sign-in. The built-in Administrator is never synchronized, so that it "
        "cannot sign in any more; whoever is left alone locks everybody out with one lost account.",
    read="hma_owa_admins; Get-RoleGroupMember 'Organization Management' with the groups in it, Get-User; Graph, "
        "GET /users/{name} (User.Read.All): enabled, synchronized, with the same security identifier.",
    remedy="Name two people in hma_owa_admins who are members of Organization Management and synchronized to Entra.",
    source=NOT_STATED,
)  # fmt: skip


def people_in_charge(inputs: Inputs) -> list[Finding]:
    """One finding per named person, and one for their number. Everybody else who administers Exchange is named."""
    web, named = inputs.web, inputs.settings.owa_admins
    if web.administrators is None:
        return [ADMINISTRATORS.unread(inputs.name, web.error or "", _AGAIN)]
    unread = web.why("accounts")
    if unread:
        fix = f"Give the application of each tenant {READ_USERS.least} with admin consent."
        return [ADMINISTRATORS.unread(inputs.name, unread, fix if READ_USERS.least in unread else _AGAIN)]
    reasons = {name: _unproven(inputs, name) for name in dict.fromkeys(map(fold, named))}
    # By person: who is named by sign-in name and by mail address is one.
    proven = list({_sid(inputs, name): name for name, reason in reasons.items() if reason is None}.values())
    needed = 1 if inputs.settings.owa_single_admin else _TWO
    wrong = " ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason)
    message = f"{len(proven)} proven, and {needed} are needed. {wrong} {_gaps(inputs)}".strip()
    fix = (
        "Name people in hma_owa_admins who are members of Organization Management and synchronized to Entra. Remote "
        "PowerShell stays as it is, and is the way back in."
    )
    return [
        ADMINISTRATORS.judge(
            inputs.name, len(proven) >= needed, message, fix, expected=f"at least {needed}",
            actual=", ".join(proven) or "none", commands=(Setting("hma_owa_admins", _candidates(inputs)),),
        )
    ]  # fmt: skip


def _unproven(inputs: Inputs, name: str) -> str | None:
    """Why a person is not proven to get in; None where it is."""
    found, member = inputs.web.administrators, _member(inputs, name)
    if member is None and found and found.unread:
        return "is none of the members of Organization Management that could be read."
    if member is None:
        return "is no member of Organization Management."
    if member.built_in:
        return "is the built-in Administrator, which can never sign in at Entra."
    accounts = [item for item in inputs.web.accounts if has(member.names, item.sign_in_name)]
    if not accounts:
        return "is in no tenant."
    return _wrong_account(member, accounts)


def _member(inputs: Inputs, name: str) -> Administrator | None:
    found = inputs.web.administrators
    return administrators.named(found.members if found else (), name)


def _sid(inputs: Inputs, name: str) -> str:
    member = _member(inputs, name)
    return member.sid if member else ""


def _wrong_account(member: Administrator, accounts: Iterable[Account]) -> str | None:
    own = [item for item in accounts if item.synchronized and fold(item.sid or "") == fold(member.sid)]
    if not own:
        return "has an account in Entra that is not synchronized from this account (another security identifier)."
    return None if any(item.enabled for item in own) else "has an account in Entra that is disabled."


def _gaps(inputs: Inputs) -> str:
    found = inputs.web.administrators
    return f"Not all members could be read: {' '.join(found.unread)}" if found and found.unread else ""


def _candidates(inputs: Inputs) -> list[str]:
    """Who could be named: members with a sign-in name, but the built-in account."""
    found = inputs.web.administrators
    members = found.members if found else ()
    return [item.sign_in_name for item in members if item.sign_in_name and not item.built_in]


AFRF: Final = Check(
    "HMA-OWA-006", "People of linked mailboxes can sign in to Outlook on the web at Entra", "high", "organization",
    gate=True,
    why="In a resource forest Outlook on the web needs the override OwaHMAFixForAfRfScenarios and two keys in its "
        "web.config on each server; else these people do not get in.",
    read="Get-Mailbox -RecipientTypeDetails LinkedMailbox, Get-SettingOverride. The file cannot be read over every "
        "connection, so that somebody has to say it (hma_owa_webconfig_done).",
    remedy="See the article on resource forests; hma_owa_overrides: set makes the override.", source=ARTICLE,
)  # fmt: skip


def linked(inputs: Inputs) -> list[Finding]:
    check, found = AFRF, inputs.identity.linked if inputs.identity else None
    if found is None:
        return [check.unread(inputs.name, "linked mailboxes were not counted.", _AGAIN)]
    if not found.count:
        return [check.not_applicable(inputs.name, "no mailbox is a linked one.")]
    overrides = inputs.organization.setting_overrides
    if overrides is None:
        return [check.unread(inputs.name, inputs.organization.why_unread("setting_overrides"), _AGAIN)]
    there = any(item.is_on(*_AFRF) for item in overrides)
    there = there or inputs.settings.owa_overrides == "set"
    lacks = ["the override OwaHMAFixForAfRfScenarios"] if not there else []
    lacks += [] if inputs.settings.owa_webconfig_done else ["the word of somebody that the keys are in web.config"]
    message = f"{found.count} linked mailboxes, and there is not: {'; '.join(lacks)}."
    fix = "Set the two keys in ClientAccess\\Owa\\web.config on each server, make the override, then say so."
    commands = (NEW_AFRF, Setting("hma_owa_webconfig_done", True))
    return [check.judge(inputs.name, not lacks, message, fix, commands=commands)]


NEW_AFRF: Final = PowerShell(
    "New-SettingOverride",
    {
        "Name": "OWA HMA AFRF Support", "Component": "OAuth", "Section": "OwaHMAFixForAfRfScenarios",
        "Parameters": ("Enabled=true",), "Reason": "HMA for OWA in a resource forest",
    },
)  # fmt: skip


NOBODY_LEFT_OUT: Final = Check(
    "HMA-OWA-007", "No server that is alive is left out", "high", "server", gate=True,
    why="Behind one name a server that signs people in another way makes the sign-in fail at random.",
    read="Get-ExchangeServer -Status, against hma_servers_excluded: who names a domain controller is alive.",
    remedy="Add the server to the inventory, or decommission it.", source=ARTICLE,
)  # fmt: skip


def excluded(inputs: Inputs) -> list[Finding]:
    """An exclusion is for dead objects. One that answers is a server that people reach."""
    left = [item.name for item in inputs.client_access if inputs.reason_to_exclude(item) is not None]
    unread = inputs.web.why("alive")
    if left and unread:
        return [NOBODY_LEFT_OUT.unread(name, unread, _AGAIN, server=name) for name in left]
    alive = {fold(name) for name in inputs.web.alive}
    message = "hma_servers_excluded leaves it out, and it answers."
    fix = "Add it to the inventory, or decommission it."
    return [NOBODY_LEFT_OUT.judge(name, fold(name) not in alive, message, fix, server=name) for name in left]


def everybody(inputs: Inputs) -> list[Finding]:
    """Each account is looked for in Entra: what elsewhere may be left out has to be read here."""
    found = [item for item in identity.sign_in_names(inputs) if item.id != identity.LINKED_MAILBOXES.id]
    text = "the users of the tenants were not read, and from here on who is not in Entra does not get in."
    return [
        identity.PEOPLE_IN_TENANT.unread(item.object, text, "Give each application User.Read.All with admin consent.")
        if item.status == "not_applicable"
        else item
        for item in found
    ]


def download_domains(inputs: Inputs) -> list[Finding]:
    """An override that this run makes, before it changes a server, is as good as one that is there."""
    found = strict(hybrid.download_domains)(inputs)
    if inputs.settings.owa_overrides != "set":
        return found
    check = hybrid.DOWNLOAD_DOMAINS_OVERRIDE
    return [check.passed(item.object, "this run makes it.") if item.status == "fail" else item for item in found]


def strict(judge: Callable[[Inputs], list[Finding]]) -> Callable[[Inputs], list[Finding]]:
    """The same judge as a gate: a warning stops."""

    def judged(inputs: Inputs) -> list[Finding]:
        return [
            replace(item, gate=True, severity="high", status="fail" if item.status == "warn" else item.status)
            for item in judge(inputs)
        ]

    return judged


JUDGES: Final = (
    build, urls, people_in_charge, everybody, linked, excluded, strict(hybrid.partner), download_domains,
    web_windows.windows,
)  # fmt: skip


CHECKS: Final = (BUILD, REPLY_URLS, ADMINISTRATORS, AFRF, NOBODY_LEFT_OUT)
