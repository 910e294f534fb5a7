# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of identity: whose sign-in name cannot work in Entra, before they find out on Monday."""

from __future__ import annotations

from typing import Final

from ..base.command import Setting
from ..exchange.mailboxes import MailboxCount
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE

_YARDSTICK: Final = {
    "verified": "the verified domains of the tenants",
    "accepted": "the accepted domains of Exchange (the tenants' verified domains were not read)",
    "given": "the domains that were given",
}
_ACCEPT: Final = "To accept it with open eyes, set the number of people who may be affected."


def sign_in_names(inputs: Inputs) -> list[Finding]:
    """A gate: passed where nobody is affected, or where the number was acknowledged (hma_unsynced_accepted)."""
    return [_foreign(inputs), _linked(inputs), _missing(inputs)]


SIGN_IN_DOMAINS: Final = Check(
    "HMA-ID-001", "Everyone's sign-in name ends in a domain of the tenant", "high", "organization", gate=True,
    why="After HMA people sign in to Entra with their user principal name. With contoso.local they cannot: the "
        "Monday-morning outage.",
    read="Get-Mailbox with a filter (View-Only Recipients, part of View-Only Organization Management); the tenant's "
        "verified domains (Domain.Read.All).",
    remedy="Change the names: Set-ADUser -UserPrincipalName. Accepting a number: hma_unsynced_accepted.",
    source=ARTICLE,
)  # fmt: skip


_NAMELESS: Final = (
    "Give each of these accounts a user principal name (Set-ADUser -UserPrincipalName), or look why this account "
    "cannot read it."
)


def _foreign(inputs: Inputs) -> Finding:
    check, found = SIGN_IN_DOMAINS, inputs.identity.foreign if inputs.identity else None
    if inputs.identity is None or found is None:
        return check.unread(
            inputs.name,
            _why_none(inputs, "foreign"),
            "Give the account View-Only Recipients (part of View-Only Organization Management), or override "
            "the gate by name.",
        )
    domains_from = _YARDSTICK[inputs.identity.domains_from]
    shown, accepted = _shown(found), inputs.settings.unsynced_accepted
    if found.complete and found.count <= accepted and (reason := _reason(inputs, "foreign")):
        return check.unread(inputs.name, reason, _NAMELESS)
    if found.complete and found.count <= accepted:
        return check.passed(
            inputs.name,
            f"{shown}, of {accepted} accepted" if found.count else "",
            expected=f"at most {accepted}",
            actual=shown,
        )
    message = (
        f"{shown} whose user principal name ends in none of {domains_from}; after step 5 these people cannot sign in."
    )
    fix = (
        "Set-ADUser -UserPrincipalName with a verified domain, let directory synchronization run, then this again. "
        + _ACCEPT
    )
    return check.failed(
        inputs.name,
        message,
        fix,
        expected=f"at most {accepted}",
        actual=shown,
        commands=(Setting("hma_unsynced_accepted", found.count),),
    )


LINKED_MAILBOXES: Final = Check(
    "HMA-ID-002", "No mailbox is a linked mailbox", "medium", "organization", on_bad="warn",
    why="People of linked mailboxes sign in with an account of another forest; HMA needs that account in the tenant, "
        "and an override on the servers.",
    read="Get-Mailbox -RecipientTypeDetails LinkedMailbox (View-Only Recipients).",
    remedy="See the article on resource forests: override OwaHMAFixForAfRfScenarios and two keys in web.config.",
    source=ARTICLE,
)  # fmt: skip


def _linked(inputs: Inputs) -> Finding:
    check, found = LINKED_MAILBOXES, inputs.identity.linked if inputs.identity else None
    if found is None:
        return check.unread(inputs.name, _why_none(inputs, "linked"), "Give the account View-Only Recipients.")
    message = f"{_shown(found)} linked to an account of another forest."
    fix = (
        "Make sure those accounts are synchronized to the tenant; OWA needs the override "
        "OwaHMAFixForAfRfScenarios and two keys in web.config."
    )
    return check.judge(inputs.name, not found.count, message, fix, expected="0 mailboxes", actual=_shown(found))


PEOPLE_IN_TENANT: Final = Check(
    "HMA-ID-003", "Everyone with a mailbox is in the directory of a tenant", "high", "organization", gate=True,
    why="A right sign-in name does not help who is not synchronized: Entra does not know the account, and after HMA "
        "nobody gets into its mailbox.",
    read="With hma_identity_entra only (it reads all users): Graph, GET /users (User.Read.All), compared with "
        "Get-Mailbox (View-Only Recipients).",
    remedy="Bring the accounts into the scope of directory synchronization. Accepting a number: "
        "hma_unsynced_accepted, which counts them with HMA-ID-001's.",
    source="https://learn.microsoft.com/graph/api/user-list",
)  # fmt: skip


def _missing(inputs: Inputs) -> Finding:
    """Off unless asked for. It counts the people of HMA-ID-001 too, so that one accepted number is a number of
    people."""
    check, found = PEOPLE_IN_TENANT, inputs.identity.missing if inputs.identity else None
    if not _compared(inputs):
        return check.not_applicable(inputs.name, "the users of the tenants were not read (hma_identity_entra).")
    if found is None:
        fix = (
            "Give the application of each tenant User.Read.All with admin consent, the account View-Only "
            "Recipients; or leave hma_identity_entra off."
        )
        return check.unread(inputs.name, _why_none(inputs, "missing"), fix)
    shown, accepted = _shown(found), inputs.settings.unsynced_accepted
    if found.count <= accepted and not found.complete:
        reason = (
            f"only {found.compared} mailboxes were compared; there are more than hma_identity_page whose "
            f"names begin alike."
        )
        return check.unread(inputs.name, reason, "Raise hma_identity_page.")
    if found.count <= accepted and (nameless := _reason(inputs, "missing")):
        return check.unread(inputs.name, nameless, _NAMELESS)
    if found.count <= accepted:
        message = f"{shown}, of {accepted} accepted" if found.count else f"{found.compared} mailboxes compared"
        return check.passed(inputs.name, message, expected=f"at most {accepted}", actual=shown)
    twins = (
        f" {found.cloud_only} of them have an account of that name that was made in the cloud and is not theirs."
        if found.cloud_only
        else ""
    )
    message = (
        f"{shown} whose account is in none of the tenants' directories; after step 5 these people cannot sign "
        f"in.{twins}"
    )
    fix = "Bring the accounts into the scope of directory synchronization and let it run. " + _ACCEPT
    return check.failed(
        inputs.name,
        message,
        fix,
        expected=f"at most {accepted}",
        actual=shown,
        commands=(Setting("hma_unsynced_accepted", found.count),),
    )


def _compared(inputs: Inputs) -> bool:
    """Whether the users of the tenants were asked for: there is a count, or a reason why there is none."""
    found = inputs.identity
    return found is not None and (found.missing is not None or found.why_unread("missing") is not None)


VERIFIED_DOMAINS_READ: Final = Check(
    "HMA-ID-004", "The verified domains of every tenant were read", "medium", "tenant", on_bad="warn",
    why="Without them sign-in names are compared with the accepted domains of Exchange, which need not be verified in "
        "the tenant.",
    read="Graph, GET /domains (Domain.Read.All).", remedy="Give the application Domain.Read.All.",
    source="https://learn.microsoft.com/graph/api/domain-list",
)  # fmt: skip


def verified_domains(inputs: Inputs) -> list[Finding]:
    findings = []
    for tenant in inputs.tenants:
        check, host = VERIFIED_DOMAINS_READ, tenant.host
        domains = tenant.verified_domains
        if tenant.error:
            findings.append(check.not_applicable(host, "HMA-TEN-003 says why the tenant was not read.", tenant=host))
        elif domains is None:
            reason = tenant.why_unread("verified_domains") or "they were not asked for."
            findings.append(check.unread(host, reason, "Give the application Domain.Read.All.", tenant=host))
        else:
            findings.append(check.passed(host, actual=f"{len(domains)} domains", tenant=host))
    return findings


def _why_none(inputs: Inputs, part: str) -> str:
    return _reason(inputs, part) or "the mailboxes were not looked at."


def _reason(inputs: Inputs, part: str) -> str | None:
    """Why there is no count, or which mailboxes are not in it."""
    return inputs.identity.why_unread(part) if inputs.identity else None


def _shown(found: MailboxCount) -> str:
    some = (
        f" ({', '.join(found.examples)}{', ...' if found.count > len(found.examples) else ''})"
        if found.examples
        else ""
    )
    return f"{'' if found.complete else 'at least '}{found.count} mailboxes{some}"


CHECKS: Final = (SIGN_IN_DOMAINS, LINKED_MAILBOXES, PEOPLE_IN_TENANT, VERIFIED_DOMAINS_READ)
