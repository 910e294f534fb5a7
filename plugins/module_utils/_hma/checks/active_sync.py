# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of what keeps Outlook for iOS and Android out of ActiveSync, whatever it signs in with."""

from __future__ import annotations

from typing import Final

from ..base.command import PowerShell
from ..base.comparison import same
from ..exchange.device_access import ALLOW, OUTLOOK, PART
from ..exchange.virtual_directories import Directory
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import LEARN, NOT_STATED, READ_ORGANIZATION_FULL, READ_SERVER_FULL
from .server_state import FULL_READ, why_not_read

_KIND: Final = "activesync"
_REQUIRED: Final = "Required"

LET_IN: Final = Check(
    "HMA-EAS-001", "ActiveSync lets Outlook for iOS and Android in", "medium", "organization", on_bad="warn",
    why="With HMA Outlook for iOS and Android reports itself as another device (OutlookService). Where devices that no "
        "rule is for are blocked or put into quarantine, everybody who signs in anew is.",
    read=f"{READ_ORGANIZATION_FULL}Get-ActiveSyncOrganizationSettings, DefaultAccessLevel, and "
        "Get-ActiveSyncDeviceAccessRule.",
    remedy="New-ActiveSyncDeviceAccessRule -Characteristic DeviceType -QueryString OutlookService -AccessLevel Allow",
    source=f"{LEARN}/exchange/clients/outlook-for-ios-and-android/use-hybrid-modern-auth",
)  # fmt: skip
NO_CERTIFICATE: Final = Check(
    "HMA-EAS-002", "ActiveSync asks for no client certificate", "medium", "server", on_bad="warn",
    why="Outlook for iOS and Android comes from Microsoft's service, which has no certificate of yours: where one is "
        "required it gets no answer, whatever it signs in with.",
    read=f"{READ_SERVER_FULL}Get-ActiveSyncVirtualDirectory, ClientCertAuth.",
    remedy="Set-ActiveSyncVirtualDirectory '<directory>' -ClientCertAuth Ignore, or Accepted where other clients have "
        "one.",
    source=NOT_STATED,
)  # fmt: skip

_LOOK: Final = "Look at the rule with Get-ActiveSyncDeviceAccessRule."
_NEW_RULE: Final = PowerShell(
    "New-ActiveSyncDeviceAccessRule",
    {"Characteristic": OUTLOOK[0][0], "QueryString": OUTLOOK[0][1], "AccessLevel": ALLOW},
)


def device_access(inputs: Inputs) -> list[Finding]:
    check, found = LET_IN, inputs.organization.device_access
    if found is None:
        fix = "audit_hma with hma_audit_read: full reads it, with View-Only Organization Management."
        return [check.unread(inputs.name, inputs.organization.why_unread(PART), fix)]
    own = [rule for rule in found.rules if rule.of_outlook]
    against = [rule for rule in own if not same(rule.level, ALLOW)]
    actual = "; ".join([f"default {found.default_level}", *(f"{rule.name}: {rule.level}" for rule in own)])
    if against:
        message = f"rule {', '.join(repr(rule.name) for rule in against)} does not let it in: {actual}."
        fix = "Change or remove the rule, unless it is meant to keep Outlook out that signs in with Basic."
        return [check.failed(inputs.name, message, fix, expected=ALLOW, actual=actual)]
    right = same(found.default_level, ALLOW) or bool(own)
    unread = next((gap.reason for gap in inputs.organization.unread if gap.what == PART), None)
    if right and unread:
        # It may be the one that keeps Outlook out.
        return [check.unread(inputs.name, f"a rule could not be read: {unread}", _LOOK, actual=actual)]
    message = f"the default for devices is {found.default_level}, and no rule lets Outlook in."
    fix = "Add the rule before people are asked to sign in anew."
    return [check.judge(inputs.name, right, message, fix, expected=ALLOW, actual=actual, commands=(_NEW_RULE,))]


def client_certificates(inputs: Inputs) -> list[Finding]:
    """One finding for each host of the inventory."""
    return [found for server in inputs.servers for found in _server(inputs, server)]


def _server(inputs: Inputs, server: ServerEntry) -> list[Finding]:
    """One finding, or one for each directory where there are several: a second site may ask for what the first does
    not."""
    check, host, name = NO_CERTIFICATE, server.host, inputs.server_name(server)
    if _KIND not in inputs.settings.kinds:
        return [check.not_applicable(host, "this kind of directory is left out (hma_vdir_kinds).", server=name)]
    own = [item for item in server.directories or () if item.kind == _KIND]
    if server.error or not own:
        return [check.unread(host, *why_not_read(server, _KIND), server=name)]
    return [_directory(item, host, name) for item in own]


def _directory(directory: Directory, host: str, name: str) -> Finding:
    check, found = NO_CERTIFICATE, directory.client_certificates
    if found is None:
        return check.unread(host, f"{directory.identity} does not show ClientCertAuth.", FULL_READ, server=name)
    ignore = PowerShell("Set-ActiveSyncVirtualDirectory", {"ClientCertAuth": "Ignore"}, (directory.identity,))
    message = f"{directory.identity} requires a certificate of each client."
    fix = "Ask for none, unless Outlook for iOS and Android is not to be used."
    return check.judge(
        host, not same(found, _REQUIRED), message, fix, expected="Ignore or Accepted", actual=found, server=name,
        commands=(ignore,),
    )  # fmt: skip


CHECKS: Final = (LET_IN, NO_CERTIFICATE)
