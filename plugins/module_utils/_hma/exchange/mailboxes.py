# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whose sign-in name cannot work in Entra, or is not there: counts and a few examples, read in pages.

Cost: two cmdlets in one shell, whose answers hold only the mailboxes in question. Only where the first page is full
are they read again, one page per first character of the name: 37 cmdlets in a second shell, at most 37 pages.
To compare with the tenants' users takes every user mailbox: one cmdlet more, and where its page is full 37 more.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.elements import Unread
from ..base.errors import Refused
from ..base.facts import Facts, plain
from ..base.values import Properties, shown
from ..entra.accounts import AccountState
from ..entra.permissions import READ_DOMAINS
from .cmdlet import Cmdlet, CmdletResult

EXAMPLES: Final = 5
# Letters of every language: the domain of a bücherei is one, too.
_DOMAIN: Final = re.compile(r"[^\W_](?:[\w.-]{0,250}[^\W_])?")
_FIRST: Final = string.ascii_lowercase + string.digits
_READ: Final = "Get-Mailbox"
_ACCOUNT: Final = "ExchangeUserAccountControl"
_RETURNS: Final = ("UserPrincipalName", "PrimarySmtpAddress", "RecipientTypeDetails", "Identity", _ACCOUNT)


@dataclass(frozen=True)
class MailboxCount(Facts):
    """How many mailboxes, whether that is all of them, and a few of their sign-in names."""

    count: int
    complete: bool
    examples: list[str]


@dataclass(frozen=True)
class ForeignNames(MailboxCount):
    """How many mailboxes have a sign-in name in none of the domains.

    ``mail_in_domain``: how many of them have a mail address in one. ``by_mail``: how many of them are known in a tenant
    by it, as with alternate login ID; None where the users of the tenants were not read.
    """

    mail_in_domain: int = 0
    by_mail: int | None = None
    # How many more there are whose account is disabled: nobody signs in with those.
    disabled: int = 0

    @classmethod
    def from_facts(cls, facts: Properties) -> ForeignNames:
        by_mail = None if facts.raw("by_mail") is None else facts.number("by_mail")
        count, mail = facts.number("count"), facts.number("mail_in_domain")
        disabled = facts.number("disabled") if "disabled" in facts else 0
        return cls(count, facts.flag("complete"), facts.texts("examples"), mail, by_mail, disabled)


@dataclass(frozen=True)
class MissingAccounts(MailboxCount):
    """How many of the ``compared`` mailboxes have no synchronized account of their name in a tenant.

    ``cloud_only``: how many of them have an account there that was made in the cloud; it is not theirs. ``by_mail``:
    how many of the compared ones are not among them because they are known by their mail address (alternate login ID).
    """

    compared: int
    cloud_only: int
    by_mail: int = 0
    # How many of the compared ones are known in a tenant by a sign-in name that is not their mail address.
    other_address: int = 0
    # How many more there are whose account is disabled.
    disabled: int = 0
    # How many of those who are counted have an account in a tenant that is blocked from signing in.
    blocked: int = 0


@dataclass(frozen=True)
class Identity:
    """Whose sign-in name cannot work in Entra. A count that is None was not made; ``unread`` says why, and what it
    lacks."""

    read: Mapping[str, Any]
    domains: list[str]
    domains_from: str
    foreign: ForeignNames | None
    linked: MailboxCount | None
    missing: MissingAccounts | None
    unread: tuple[Unread, ...] = ()

    @classmethod
    def from_facts(cls, facts: Properties) -> Identity:
        return cls(
            read=facts.child("read").found,
            domains=facts.texts("domains"),
            domains_from=facts.text("domains_from"),
            foreign=None if facts.raw("foreign") is None else ForeignNames.from_facts(facts.child("foreign")),
            linked=None if facts.raw("linked") is None else MailboxCount.from_facts(facts.child("linked")),
            missing=None if facts.raw("missing") is None else MissingAccounts.from_facts(facts.child("missing")),
            unread=tuple(map(Unread.from_facts, facts.children("unread"))),
        )

    def facts(self) -> dict[str, Any]:
        return {
            "read": dict(self.read),
            "domains": list(self.domains),
            "domains_from": self.domains_from,
            "foreign": plain(self.foreign),
            "linked": plain(self.linked),
            "missing": plain(self.missing),
            "unread": [gap.brief_facts() for gap in self.unread],
        }

    def why_unread(self, part: str) -> str | None:
        """Why a count was not made, or which mailboxes are not in it."""
        return next((gap.reason for gap in self.unread if gap.what == part), None)


def count_cmdlets(domains: Sequence[str], page: int) -> tuple[Cmdlet, Cmdlet]:
    """Mailboxes of people whose name ends in none of the domains; linked mailboxes. One more than a page tells that it
    is full."""
    return _mailboxes("UserMailbox", page, _foreign(domains)), _mailboxes("LinkedMailbox", page)


def list_cmdlet(page: int) -> Cmdlet:
    """Mailboxes of people, whatever their name. Linked ones are not among them: their people sign in with another
    account."""
    return _mailboxes("UserMailbox", page)


def pages(domains: Sequence[str], page: int) -> list[Cmdlet]:
    """The first of the two, cut by the first character of the name; the last page holds every other character."""
    foreign = _foreign(domains)
    return [_mailboxes("UserMailbox", page, f"{foreign} -and {part}") for part in first_characters()]


def everyone_in_pages(page: int) -> list[Cmdlet]:
    return [_mailboxes("UserMailbox", page, part) for part in first_characters()]


def page_is_full(result: CmdletResult, page: int) -> bool:
    return len(result.objects) > page


def count_foreign(
    results: Sequence[CmdletResult],
    page: int,
    gaps: list[Unread],
    *,
    domains: Sequence[str],
    users: Mapping[str, AccountState] | None = None,
) -> ForeignNames:
    """The mailboxes whose sign-in name ends in none of the domains. One without a readable name is in ``gaps``, and not
    counted."""
    mailboxes = _shown(results, page)
    people = _people("foreign", mailboxes, gaps)
    ours = {fold(domain) for domain in domains}
    return ForeignNames(
        *_summary([person.name for person in people], results, page),
        mail_in_domain=sum(fold(person.mail).rpartition("@")[2] in ours for person in people),
        by_mail=None if users is None else sum(person.known_by_mail(users) for person in people),
        disabled=sum(map(_is_disabled, mailboxes)),
    )


def count_linked(result: CmdletResult, page: int) -> MailboxCount:
    """The linked mailboxes; what they are called has no bearing on that."""
    names = [
        mailbox.label("UserPrincipalName", mailbox.label("Identity", _NAMELESS))
        for mailbox in _first_page(result, page)
    ]
    return MailboxCount(*_summary(names, [result], page))


def count_missing(
    results: Sequence[CmdletResult], page: int, users: Mapping[str, AccountState], gaps: list[Unread]
) -> MissingAccounts:
    """The mailboxes whose people are not among the tenants' ``users`` (sign-in name, folded -> what the account is), or
    are blocked there."""
    mailboxes = _shown(results, page)
    people = _people("missing", mailboxes, gaps)
    known = [person for person in people if users.get(fold(person.name)) == AccountState.SYNCHRONIZED]
    unknown = [person for person in people if users.get(fold(person.name)) != AccountState.SYNCHRONIZED]
    without = [person for person in unknown if not person.known_by_mail(users)]
    without_account = [person.name for person in without]
    return MissingAccounts(
        *_summary(without_account, results, page),
        compared=len(people),
        cloud_only=sum(users.get(fold(name)) == AccountState.CLOUD for name in without_account),
        blocked=sum(person.is_blocked(users) for person in without),
        by_mail=len(unknown) - len(without),
        other_address=sum(person.has_other_address for person in known),
        disabled=sum(map(_is_disabled, mailboxes)),
    )


_NAMELESS: Final = "a mailbox without a name"


@dataclass(frozen=True)
class _Person:
    """Somebody with a mailbox: the sign-in name of Active Directory, and the primary mail address."""

    name: str
    mail: str

    @property
    def has_other_address(self) -> bool:
        return bool(self.mail) and fold(self.mail) != fold(self.name)

    def known_by_mail(self, users: Mapping[str, AccountState]) -> bool:
        """Whether the mail address, which is not the sign-in name, is that of a synchronized account."""
        return self.has_other_address and users.get(fold(self.mail)) == AccountState.SYNCHRONIZED

    def is_blocked(self, users: Mapping[str, AccountState]) -> bool:
        """By either name: with alternate login ID it is the mail address that is blocked."""
        return AccountState.BLOCKED in (users.get(fold(self.name)), users.get(fold(self.mail)))


def _is_disabled(mailbox: Properties) -> bool:
    """Whether nobody can sign in with its account today, in whatever way: somebody left, and the mailbox was kept."""
    return "accountdisabled" in fold(mailbox.label(_ACCOUNT, ""))


def _shown(results: Sequence[CmdletResult], page: int) -> list[Properties]:
    return [mailbox for result in results for mailbox in _first_page(result, page)]


def _people(part: str, mailboxes: Sequence[Properties], gaps: list[Unread]) -> list[_Person]:
    """Who can sign in, by name. All mailboxes that show none are one entry of ``gaps``."""
    mailboxes = [mailbox for mailbox in mailboxes if not _is_disabled(mailbox)]
    people = [
        _Person(name, mailbox.label("PrimarySmtpAddress", ""))
        for mailbox in mailboxes
        if (name := mailbox.label("UserPrincipalName", ""))
    ]
    odd = [mailbox.label("Identity", _NAMELESS) for mailbox in mailboxes if not mailbox.label("UserPrincipalName", "")]
    if odd:
        some = ", ".join(odd[:EXAMPLES]) + (", ..." if len(odd) > EXAMPLES else "")
        gaps.append(
            Unread(
                part,
                f"{_READ} shows no UserPrincipalName of {len(odd)} mailboxes ({some}), so nobody knows "
                f"whether their people can sign in.",
            )
        )
    return people


def _first_page(result: CmdletResult, page: int) -> list[Properties]:
    return result.properties(_READ)[:page]


def _summary(names: Sequence[str], results: Sequence[CmdletResult], page: int) -> tuple[int, bool, list[str]]:
    """The fields of a MailboxCount."""
    return len(names), not any(page_is_full(result, page) for result in results), sorted(names, key=fold)[:EXAMPLES]


def first_characters() -> list[str]:
    """By the first character, which only the name's text knows; together they are everybody."""
    parts = [f"UserPrincipalName -like '{first}*'" for first in _FIRST]
    return [*parts, " -and ".join(f"UserPrincipalName -notlike '{first}*'" for first in _FIRST)]


def _mailboxes(kind: str, page: int, condition: str | None = None) -> Cmdlet:
    """A read of the entire forest: a shell's own scope is one domain, and so is a domain controller's view; a global
    catalog answers."""
    given: dict[str, Any] = {"RecipientTypeDetails": kind, "IgnoreDefaultScope": True, "ResultSize": page + 1}
    return Cmdlet(
        _READ, {**given, "Filter": condition} if condition else given, _RETURNS, on_error="continue", pin=False
    )


def _foreign(domains: Sequence[str]) -> str:
    """An OPATH filter. The domains go into its text, so nothing but a domain is let in."""
    if not domains:
        raise Refused(
            f"domains is empty: there is nothing to compare sign-in names with. The verified domains of a tenant take "
            f"{READ_DOMAINS.least}; without them the accepted domains of Exchange count, and none is known that Entra "
            f"can verify."
        )
    wrong = [domain for domain in domains if not _DOMAIN.fullmatch(domain)]
    if wrong:
        raise Refused(f"domains: {shown(wrong[0])} is no domain to compare sign-in names with.")
    return " -and ".join(f"UserPrincipalName -notlike '*@{domain}'" for domain in sorted(set(map(fold, domains))))
