# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of identity: whose sign-in name cannot work in Entra."""

from __future__ import annotations

from typing import Final

from ..base.command import Setting
from ..entra.permissions import READ_DOMAINS, READ_USERS
from ..exchange.mailboxes import ForeignNames, MailboxCount, MissingAccounts
from .check import Check, Finding
from .inputs import Inputs
from .references import ARTICLE, LEARN, NOT_STATED

_YARDSTICK: Final = {
    "verified": "the verified domains of the tenants",
    "accepted": "the accepted domains of Exchange that Entra can verify (the tenants' verified domains were not read)",
    "given": "the domains that were given",
}
_LOOK_UP: Final = (Setting("hma_identity_entra", True),)
_USERS: Final = READ_USERS.least
_ACCEPT: Final = "To accept it with open eyes, set the number of people who may be affected."


def sign_in_names(inputs: Inputs) -> list[Finding]:
    """A gate: passed where nobody is affected, or where the number was acknowledged (hma_unsynced_accepted)."""
    return [_foreign(inputs), _linked(inputs), _missing(inputs), _alternate(inputs), _addresses(inputs)]


SIGN_IN_DOMAINS: Final = Check(
    "HMA-ID-001", "Everyone's sign-in name ends in a domain of the tenant", "high", "organization", gate=True,
    why="After HMA people sign in to Entra with their user principal name, or their mail address with alternate login "
        "ID. With contoso.local they cannot: the Monday-morning outage.",
    read="Get-Mailbox with a filter (View-Only Recipients, part of View-Only Organization Management); the tenant's "
        "verified domains (Domain.Read.All).",
    remedy="Find out which name these people sign in to Microsoft 365 with. Where it is their mail address (alternate "
        "login ID), hma_identity_entra looks their accounts up by it; else give them a user principal name with a "
        "verified domain. Accepting a number: hma_unsynced_accepted.",
    source=ARTICLE,
)  # fmt: skip


_NAMELESS: Final = (
    "Give each of these accounts a user principal name (Set-ADUser -UserPrincipalName), or look why this account "
    "cannot read it."
)


def _foreign(inputs: Inputs) -> Finding:
    check, found = SIGN_IN_DOMAINS, inputs.identity.foreign if inputs.identity else None
    if inputs.identity is None or found is None:
        why = _why_none(inputs, "foreign")
        return check.unread(inputs.name, why, f"{_ways_to_count(why)} Else override the gate by name (hma_policy).")
    affected, accepted = found.count - (found.by_mail or 0), inputs.settings.unsynced_accepted
    if found.complete and affected <= accepted and (nameless := _reason(inputs, "foreign")):
        return check.unread(inputs.name, nameless, _NAMELESS)
    if found.complete and affected <= accepted:
        return check.passed(
            inputs.name, _why_enough(found, accepted), expected=f"at most {accepted}", actual=_shown(found)
        )
    message = f"{_shown(found)} whose user principal name ends in none of {_YARDSTICK[inputs.identity.domains_from]}. "
    return check.failed(
        inputs.name,
        message + _what_is_known(found) + _disabled(found),
        f"{_ways_out(found)} {_ACCEPT}",
        expected=f"at most {accepted}",
        actual=_shown(found),
        commands=(*_LOOK_UP[: 1 if _may_be_alternate(found) else 0], Setting("hma_unsynced_accepted", affected)),
    )


def _why_enough(found: ForeignNames, accepted: int) -> str:
    if not found.count:
        return _disabled(found).strip()
    known = f"{found.by_mail} of them are known in a tenant by their mail address (alternate login ID)"
    said = f"{_shown(found)}; {known}" if found.by_mail else f"{_shown(found)}, of {accepted} accepted"
    return f"{said}.{_disabled(found)}" if found.disabled else said


def _disabled(found: ForeignNames | MissingAccounts) -> str:
    """Who is not counted."""
    if not found.disabled:
        return ""
    return f" {found.disabled} more have a disabled account: nobody signs in with it, and they are not counted."


def _may_be_alternate(found: ForeignNames) -> bool:
    """Whether people may sign in with their mail address, and nobody has looked."""
    return found.by_mail is None and found.mail_in_domain > 0


def _what_is_known(found: ForeignNames) -> str:
    if _may_be_alternate(found):
        return (
            f"The mail address of {found.mail_in_domain} of them does: where they sign in to Microsoft 365 with it "
            f"(alternate login ID), they can go on to. The users of the tenants were not read, so nobody knows; "
            f"whoever has no account of that name cannot sign in after step 5."
        )
    known = f"{found.by_mail} of them are known in a tenant by their mail address; " if found.by_mail else ""
    return f"{known}after step 5 the others cannot sign in." if known else "After step 5 these people cannot sign in."


def _ways_out(found: ForeignNames) -> str:
    if _may_be_alternate(found):
        return (
            "Find out which name these people sign in to Microsoft 365 with. Where it is their mail address, change "
            "nothing: let their accounts be looked up by it (User.Read.All)."
        )
    return (
        "Give the people who have no other sign-in name in Entra a user principal name with a verified domain "
        "(Set-ADUser -UserPrincipalName), a few of them first because it changes how they sign in elsewhere too; let "
        "directory synchronization run, then this again."
    )


ALTERNATE_LOGIN: Final = Check(
    "HMA-ID-005", "People sign in to Entra with the name that Active Directory has", "low", "organization",
    on_bad="warn",
    why="With alternate login ID the sign-in name in Entra is the mail address. It works with HMA, and clients ask for "
        "it once more unless they are prepared for it.",
    read="With hma_identity_entra only (it reads all users): Graph, GET /users (User.Read.All), compared with the mail "
        "addresses of Get-Mailbox (View-Only Recipients).",
    remedy="Leave the names as they are. Prepare the clients as Microsoft's page on alternate login ID says.",
    source=f"{LEARN}/windows-server/identity/ad-fs/operations/configuring-alternate-login-id",
)  # fmt: skip


def _not_compared(inputs: Inputs, check: Check) -> Finding:
    if not _compared(inputs):
        return check.not_applicable(inputs.name, "the users of the tenants were not read (hma_identity_entra).")
    if inputs.identity and (found := inputs.identity.missing):
        reason = f"only {found.compared} mailboxes were compared; more than hma_identity_page names begin alike."
        return check.unread(inputs.name, reason, "Raise hma_identity_page.")
    reason = _why_none(inputs, "missing")
    return check.unread(inputs.name, reason, _ways_to_compare(reason))


def _alternate(inputs: Inputs) -> Finding:
    check, found = ALTERNATE_LOGIN, inputs.identity.missing if inputs.identity else None
    if found is None or not (found.by_mail or found.complete):
        return _not_compared(inputs, check)
    message = (
        f"{found.by_mail} of {found.compared} mailboxes belong to people who are known in a tenant by their mail "
        f"address, not by their user principal name: alternate login ID."
    )
    fix = (
        "Nobody's name has to be changed. Prepare the clients as Microsoft's page on alternate login ID says under "
        "hybrid modern authentication, and try it with a few people before step 5."
    )
    actual = f"{found.by_mail} by mail address"
    return check.judge(inputs.name, not found.by_mail, message, fix, expected="0 by mail address", actual=actual)


SAME_ADDRESS: Final = Check(
    "HMA-ID-006", "People sign in with their mail address", "low", "organization", on_bad="warn",
    why="Outlook asks for the mail address and signs in with it; where the sign-in name is another one, Entra does not "
        "know it and people have to type the right one.",
    read="With hma_identity_entra only (it reads all mailboxes): Get-Mailbox, UserPrincipalName against "
        "PrimarySmtpAddress, of those whose sign-in name is in a tenant.",
    remedy="Tell people which name to type, or give them one for both (Set-ADUser -UserPrincipalName), a few first.",
    source=NOT_STATED,
)  # fmt: skip


def _addresses(inputs: Inputs) -> Finding:
    check, found = SAME_ADDRESS, inputs.identity.missing if inputs.identity else None
    if found is None or not (found.other_address or found.complete):
        return _not_compared(inputs, check)
    count = found.other_address
    message = (
        f"{count} of {found.compared} mailboxes belong to people who sign in to Entra with a name that is not their "
        f"mail address."
    )
    fix = "Tell these people which name to type where Outlook asks, or bring both names together before step 5."
    actual = f"{count} with another name"
    return check.judge(inputs.name, not count, message, fix, expected="0 with another name", actual=actual)


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
        reason = _why_none(inputs, "linked")
        return check.unread(inputs.name, reason, _ways_to_count(reason))
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
    if found is None:
        return _not_compared(inputs, check)
    shown, accepted = _shown(found), inputs.settings.unsynced_accepted
    if found.count <= accepted and not found.complete:
        return _not_compared(inputs, check)
    if found.count <= accepted and (nameless := _reason(inputs, "missing")):
        return check.unread(inputs.name, nameless, _NAMELESS)
    if found.count <= accepted:
        message = f"{shown}, of {accepted} accepted" if found.count else f"{found.compared} mailboxes compared"
        beside = f"{_disabled(found)}{_linked_beside(inputs)}"
        message += f".{beside}" if beside else ""
        return check.passed(inputs.name, message, expected=f"at most {accepted}", actual=shown)
    twins = (
        f" {found.cloud_only} of them have an account of that name that was made in the cloud and is not theirs."
        if found.cloud_only
        else ""
    )
    blocked = f" The account of {found.blocked} of them is there and blocked from signing in." if found.blocked else ""
    message = (
        f"{shown} whose account is in none of the tenants' directories{', or blocked there' if blocked else ''}; after "
        f"step 5 these people cannot sign in.{twins}{blocked}{_disabled(found)}"
    )
    unblock = "Let those who are blocked sign in again (accountEnabled), or disable them here too. " if blocked else ""
    fix = f"Bring the accounts into the scope of directory synchronization and let it run. {unblock}{_ACCEPT}"
    return check.failed(
        inputs.name,
        message,
        fix,
        expected=f"at most {accepted}",
        actual=shown,
        commands=(Setting("hma_unsynced_accepted", found.count),),
    )


def _linked_beside(inputs: Inputs) -> str:
    """In a resource forest they are everybody, and the comparison is of nobody."""
    linked = inputs.identity.linked if inputs.identity else None
    return f" {linked.count} linked mailboxes are not among them: see HMA-ID-002." if linked and linked.count else ""


def _ways_to_compare(reason: str) -> str:
    if _USERS in reason:
        return f"Give the application of each tenant {_USERS} with admin consent; or leave hma_identity_entra off."
    return f"{_ways_to_count(reason)} Or leave hma_identity_entra off."


def _ways_to_count(reason: str) -> str:
    """A permission is advised where its lack is the reason, and nowhere else."""
    if READ_DOMAINS.least in reason:
        return f"Give the application of each tenant {READ_DOMAINS.least} with admin consent."
    if "Get-Mailbox is not there" in reason:
        return "Give the account View-Only Recipients (part of View-Only Organization Management)."
    return "Mend what the message says, then run this again."


def _compared(inputs: Inputs) -> bool:
    """Whether the users of the tenants were asked for: there is a count, or a reason why there is none."""
    found = inputs.identity
    return found is not None and (found.missing is not None or found.why_unread("missing") is not None)


def _why_none(inputs: Inputs, part: str) -> str:
    reason = _reason(inputs, part) or inputs.errors.get("identity")
    return reason or "the mailboxes were not looked at."


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


CHECKS: Final = (
    SIGN_IN_DOMAINS,
    LINKED_MAILBOXES,
    PEOPLE_IN_TENANT,
    ALTERNATE_LOGIN,
    SAME_ADDRESS,
)
