# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the organization's own switches: MAPI over HTTP, modern authentication, EWS."""

from __future__ import annotations

from typing import Final

from ..base.command import PowerShell, look
from ..base.comparison import fold
from . import directories, endpoint, trust
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, CMDLET, NOT_STATED, READ_ORGANIZATION

_UNREAD: Final = "{} could not be read: HMA-READ-002 has the reason."
_CHECK_ROLES: Final = "Check the account's roles; then run this again."


MAPI_HTTP_ON: Final = Check(
    "HMA-MAPI-001", "MAPI over HTTP is on", "high", "organization", gate=True,
    why="Outlook Anywhere, POP and IMAP never do modern authentication; without MAPI over HTTP Outlook stays on NTLM.",
    read=f"{READ_ORGANIZATION}Get-OrganizationConfig, MapiHttpEnabled.",
    remedy="Set-OrganizationConfig -MapiHttpEnabled $true, wait until Outlook has followed (a day), then run this "
        "again.", source=ARTICLE,
)  # fmt: skip


def mapi_http(inputs: Inputs) -> list[Finding]:
    if inputs.organization.config.mapi_http_enabled is None:
        return [MAPI_HTTP_ON.unread(inputs.name, _UNREAD.format("MapiHttpEnabled"), _CHECK_ROLES)]
    return [
        MAPI_HTTP_ON.judge(
            inputs.name, inputs.organization.config.mapi_http_enabled,
            "MapiHttpEnabled is false: Outlook stays on Outlook Anywhere, which never does modern authentication.",
            "Switch it on, wait for Outlook to follow, then run this again.",
            expected="true", actual=str(inputs.organization.config.mapi_http_enabled).lower(),
            commands=(PowerShell("Set-OrganizationConfig", {"MapiHttpEnabled": True}),),
        )
    ]  # fmt: skip


FLAG_ALREADY_ON: Final = Check(
    "HMA-FLAG-001", "Directories are changed while modern authentication is off", "low", "organization", on_bad="warn",
    why="While the organization flag is on, each write to a directory or AuthServer reaches clients at once.",
    read=f"{READ_ORGANIZATION}Get-OrganizationConfig, OAuth2ClientProfileEnabled.",
    remedy="Run in a maintenance window.", source=NOT_STATED,
)  # fmt: skip


def flag_already_on(inputs: Inputs) -> list[Finding]:
    """Said before the first write: what a write does to clients depends on the flag."""
    message = (
        "OAuth2ClientProfileEnabled is already true: every write to a directory or AuthServer is live for "
        "clients at once."
    )
    if inputs.organization.config.oauth2_client_profile_enabled is None:
        return [FLAG_ALREADY_ON.unread(inputs.name, _UNREAD.format("OAuth2ClientProfileEnabled"), _CHECK_ROLES)]
    off = not inputs.organization.config.oauth2_client_profile_enabled
    if not off and not _writes(inputs):
        text = "modern authentication is on, and no directory or AuthServer is to be changed."
        return [FLAG_ALREADY_ON.passed(inputs.name, text, expected="false, or nothing to change", actual="true")]
    return [
        FLAG_ALREADY_ON.judge(
            inputs.name, off, message, "Run in a maintenance window.", expected="false", actual=str(not off).lower()
        )
    ]


def _writes(inputs: Inputs) -> bool:
    """Whether a directory or an AuthServer is to be changed, as far as the organization shows it."""
    found = (
        *directories.as_listed(inputs),
        *trust.authserver_present(inputs),
        *trust.domain_registered(inputs),
        *endpoint.endpoint(inputs),
    )
    return any(item.status not in ("pass", "not_applicable") for item in found)


FLAG_ON: Final = Check(
    "HMA-FLAG-002", "Modern authentication is on for the organization", "high", "organization", gate=True,
    why="Without the flag no server offers Bearer, whatever the directories and tenants say.",
    read=f"{READ_ORGANIZATION}Get-OrganizationConfig, OAuth2ClientProfileEnabled.",
    remedy="ansible-playbook hybrid.exchange.enable_hma", source=ARTICLE,
)  # fmt: skip


def flag(inputs: Inputs) -> list[Finding]:
    on = inputs.organization.config.oauth2_client_profile_enabled
    message, fix = "OAuth2ClientProfileEnabled is false.", "Enable modern authentication."
    commands = (inputs.playbook("enable_hma"),)
    if on is None:
        return [FLAG_ON.unread(inputs.name, _UNREAD.format("OAuth2ClientProfileEnabled"), _CHECK_ROLES)]
    return [FLAG_ON.judge(inputs.name, on, message, fix, expected="true", actual=str(on).lower(), commands=commands)]


EWS_OPEN: Final = Check(
    "HMA-EWS-001", "EWS is open to the clients that sign in with HMA", "medium", "organization", on_bad="warn",
    why="EwsEnabled off, or an allow list, refuses clients although their token is good; it looks like a failure of "
        "HMA.",
    read=f"{READ_ORGANIZATION}Get-OrganizationConfig, EwsEnabled, EwsApplicationAccessPolicy, EwsAllowList.",
    remedy="Check the list against the clients in use: Get-OrganizationConfig | Format-List Ews*",
    source=f"{CMDLET}/set-organizationconfig",
)  # fmt: skip


def ews(inputs: Inputs) -> list[Finding]:
    check, config = EWS_OPEN, inputs.organization.config
    fix, show = "Check it against the clients in use.", (look("Get-OrganizationConfig", "Format-List", "Ews*"),)
    if config.ews_enabled is False:
        return [
            check.failed(
                inputs.name,
                "EwsEnabled is false: no client reaches EWS.",
                fix,
                expected="true or unset",
                actual="false",
                commands=show,
            )
        ]
    policy = config.ews_application_access_policy
    if fold(str(policy)) == "enforceallowlist":
        allowed = ", ".join(config.ews_allow_list) or "nothing"
        actual = f"EnforceAllowList: {allowed}"
        return [
            check.failed(
                inputs.name, f"EWS lets in only {allowed}.", fix, expected="no allow list", actual=actual, commands=show
            )
        ]
    return [check.passed(inputs.name, expected="open", actual=str(policy or "open"))]


CHECKS: Final = (MAPI_HTTP_ON, FLAG_ALREADY_ON, FLAG_ON, EWS_OPEN)
