# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the organization's own switches, its auth certificate, its clients' doors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from .case import Case
from .checks import CHECKS
from .command import PowerShell, look
from .comparison import fold
from .finding import Finding
from .organization import why_unread

_ROTATE: Final = "Run MonitorExchangeAuthCertificate.ps1 (CSS-Exchange), then the Hybrid Configuration Wizard again."
_UNREAD: Final = "{} could not be read: HMA-READ-002 has the reason."
_CHECK_ROLES: Final = "Check the account's roles; then run this again."
# MonitorExchangeAuthCertificate stages a next certificate from this day on.
_SOON: Final = timedelta(days=60)


def mapi_http(case: Case) -> list[Finding]:
    if case.config["mapi_http_enabled"] is None:
        return [CHECKS["HMA-MAPI-001"].unread(case.name, _UNREAD.format("MapiHttpEnabled"), _CHECK_ROLES)]
    return [
        CHECKS["HMA-MAPI-001"].judge(
            case.name, case.config["mapi_http_enabled"],
            "MapiHttpEnabled is false: Outlook stays on Outlook Anywhere, which never does modern authentication.",
            "Switch it on, wait for Outlook to follow, then run this again.",
            expected="true", actual=str(case.config["mapi_http_enabled"]).lower(),
            commands=(PowerShell("Set-OrganizationConfig", {"MapiHttpEnabled": True}),),
        )
    ]  # fmt: skip


def live(case: Case) -> list[Finding]:
    """Said before the first write: what a write does to clients depends on the flag."""
    message = "OAuth2ClientProfileEnabled is already true: every write to a directory or AuthServer is live for clients at once."
    if case.config["oauth2_client_profile_enabled"] is None:
        return [CHECKS["HMA-FLAG-001"].unread(case.name, _UNREAD.format("OAuth2ClientProfileEnabled"), _CHECK_ROLES)]
    off = not case.config["oauth2_client_profile_enabled"]
    return [CHECKS["HMA-FLAG-001"].judge(case.name, off, message, "Run in a maintenance window.", expected="false", actual=str(not off).lower())]


def flag(case: Case) -> list[Finding]:
    on = case.config["oauth2_client_profile_enabled"]
    message, fix = "OAuth2ClientProfileEnabled is false.", "Enable modern authentication."
    commands = (case.playbook("enable_hma"),)
    if on is None:
        return [CHECKS["HMA-FLAG-002"].unread(case.name, _UNREAD.format("OAuth2ClientProfileEnabled"), _CHECK_ROLES)]
    return [CHECKS["HMA-FLAG-002"].judge(case.name, on, message, fix, expected="true", actual=str(on).lower(), commands=commands)]


def certificate(case: Case) -> list[Finding]:
    """Valid, and for more than 60 days: two checks, so that an expired one is not reported twice."""
    valid, soon = CHECKS["HMA-CERT-001"], CHECKS["HMA-CERT-002"]
    found = case.organization["auth_certificate"]
    if found is None:
        reason = why_unread(case.organization, "auth_certificate")
        return [check.unread(case.name, reason, "Check the account's roles; then run this again.") for check in (valid, soon)]
    trouble = ""
    if not found["thumbprint"]:
        trouble = "Get-AuthConfig names no certificate."
    elif not found["not_after"]:
        trouble = f"certificate {found['thumbprint']} is not on the server that was read."
    else:
        left = datetime.fromisoformat(found["not_after"]) - case.now
        if left > timedelta(0):
            shown = f"{left.days} days left"
            staged = bool(found["next_thumbprint"])
            message = f"certificate {found['thumbprint']}: {shown}, and no next one is staged."
            evidence = "more than 60 days, or a next certificate"
            return [
                valid.ok(case.name, shown, expected="valid", actual=f"until {found['not_after']}"),
                soon.judge(case.name, left > _SOON or staged, message, _ROTATE, expected=evidence, actual=shown),
            ]
        trouble = f"certificate {found['thumbprint']} expired on {found['not_after']}."
    return [
        valid.bad(case.name, trouble, _ROTATE, expected="a valid certificate", actual=trouble.rstrip(".")),
        soon.without_meaning(case.name, "HMA-CERT-001 says it."),
    ]


def ews(case: Case) -> list[Finding]:
    check, config = CHECKS["HMA-EWS-001"], case.config
    fix, show = "Check it against the clients in use.", (look("Get-OrganizationConfig", "Format-List", "Ews*"),)
    if config["ews_enabled"] is False:
        return [check.bad(case.name, "EwsEnabled is false: no client reaches EWS.", fix, expected="true or unset", actual="false", commands=show)]
    policy = config["ews_application_access_policy"]
    if fold(str(policy)) == "enforceallowlist":
        allowed = ", ".join(config["ews_allow_list"]) or "nothing"
        actual = f"EnforceAllowList: {allowed}"
        return [check.bad(case.name, f"EWS lets in only {allowed}.", fix, expected="no allow list", actual=actual, commands=show)]
    return [check.ok(case.name, expected="open", actual=str(policy or "open"))]
