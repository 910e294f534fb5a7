# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of identity: whose sign-in name cannot work in Entra, before they find out on Monday."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .case import Case
from .checks import CHECKS
from .command import Setting
from .finding import Finding

_YARDSTICK: Final = {
    "verified": "the verified domains of the tenants",
    "accepted": "the accepted domains of Exchange (the tenants' verified domains were not read)",
    "given": "the domains that were given",
}
_ACCEPT: Final = "To accept it with open eyes, set the number of people who may be affected."


def sign_in_names(case: Case) -> list[Finding]:
    """A gate: passed where nobody is affected, or where the number was acknowledged (hma_unsynced_accepted)."""
    return [_foreign(case), _linked(case), _missing(case)]


def _foreign(case: Case) -> Finding:
    check, found = CHECKS["HMA-ID-001"], _counted(case, "foreign")
    if isinstance(found, str):
        return check.unread(
            case.name, found, "Give the account View-Only Recipients (part of View-Only Organization Management), or override the gate by name."
        )
    yardstick = _YARDSTICK[str((case.identity or {})["yardstick"])]
    shown, accepted = _shown(found), case.unsynced_accepted
    if found["complete"] and found["count"] <= accepted:
        return check.ok(case.name, f"{shown}, of {accepted} accepted" if found["count"] else "", expected=f"at most {accepted}", actual=shown)
    message = f"{shown} whose user principal name ends in none of {yardstick}; after step 5 these people cannot sign in."
    fix = "Set-ADUser -UserPrincipalName with a verified domain, let directory synchronization run, then this again. " + _ACCEPT
    return check.bad(case.name, message, fix, expected=f"at most {accepted}", actual=shown, commands=(Setting("hma_unsynced_accepted", found["count"]),))


def _linked(case: Case) -> Finding:
    check, found = CHECKS["HMA-ID-002"], _counted(case, "linked")
    if isinstance(found, str):
        return check.unread(case.name, found, "Give the account View-Only Recipients.")
    message = f"{_shown(found)} linked to an account of another forest."
    fix = "Make sure those accounts are synchronized to the tenant; OWA needs the override OwaHMAFixForAfRfScenarios and two keys in web.config."
    return check.judge(case.name, not found["count"], message, fix, expected="0 mailboxes", actual=_shown(found))


def _missing(case: Case) -> Finding:
    """Off unless asked for. It counts the people of HMA-ID-001 too, so that one accepted number is a number of people."""
    check, found = CHECKS["HMA-ID-003"], _counted(case, "missing")
    if not _compared(case):
        return check.without_meaning(case.name, "the users of the tenants were not read (hma_identity_entra).")
    if isinstance(found, str):
        fix = "Give the application of each tenant User.Read.All with admin consent, the account View-Only Recipients; or leave hma_identity_entra off."
        return check.unread(case.name, found, fix)
    shown, accepted = _shown(found), case.unsynced_accepted
    if found["count"] <= accepted and not found["complete"]:
        reason = f"only {found['compared']} mailboxes were compared; there are more than hma_identity_page whose names begin alike."
        return check.unread(case.name, reason, "Raise hma_identity_page.")
    if found["count"] <= accepted:
        message = f"{shown}, of {accepted} accepted" if found["count"] else f"{found['compared']} mailboxes compared"
        return check.ok(case.name, message, expected=f"at most {accepted}", actual=shown)
    twins = f" {found['cloud_only']} of them have an account of that name that was made in the cloud and is not theirs." if found["cloud_only"] else ""
    message = f"{shown} whose account is in none of the tenants' directories; after step 5 these people cannot sign in.{twins}"
    fix = "Bring the accounts into the scope of directory synchronization and let it run. " + _ACCEPT
    return check.bad(case.name, message, fix, expected=f"at most {accepted}", actual=shown, commands=(Setting("hma_unsynced_accepted", found["count"]),))


def _compared(case: Case) -> bool:
    """Whether the users of the tenants were asked for: there is a count, or a reason why there is none."""
    found = case.identity or {}
    return found.get("missing") is not None or any(item["what"] == "missing" for item in found.get("unread") or [])


def verified_domains(case: Case) -> list[Finding]:
    findings = []
    for tenant in case.tenants:
        check, host = CHECKS["HMA-ID-004"], str(tenant["host"])
        domains = tenant.get("verified_domains")
        if tenant.get("error"):
            findings.append(check.without_meaning(host, "HMA-TEN-003 says why the tenant was not read.", tenant=host))
        elif domains is None:
            reason = next((item["reason"] for item in tenant.get("unread") or [] if item["what"] == "verified_domains"), None)
            findings.append(check.unread(host, str(reason or "they were not asked for."), "Give the application Domain.Read.All.", tenant=host))
        else:
            findings.append(check.ok(host, actual=f"{len(domains)} domains", tenant=host))
    return findings


def _counted(case: Case, what: str) -> Mapping[str, Any] | str:
    """The count, or why there is none."""
    if case.identity is None:
        return "the mailboxes were not looked at."
    found = case.identity.get(what)
    if isinstance(found, Mapping):
        return found
    return next((str(item["reason"]) for item in case.identity.get("unread") or [] if item["what"] == what), "the mailboxes were not looked at.")


def _shown(found: Mapping[str, Any]) -> str:
    some = f" ({', '.join(found['examples'])}{', ...' if found['count'] > len(found['examples']) else ''})" if found["examples"] else ""
    return f"{'' if found['complete'] else 'at least '}{found['count']} mailboxes{some}"
