# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The mailboxes of the organization, by every name that a log may have of their people.

Only what the result needs is read: names, and whether a person or something else has the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.comparison import fold
from ..base.facts import Facts
from ..exchange.cmdlet import Cmdlet, CmdletResult
from ..exchange.mailboxes import first_characters

_READ: Final = "Get-Mailbox"
_RETURNS: Final = ("UserPrincipalName", "SamAccountName", "PrimarySmtpAddress", "RecipientTypeDetails")
_PEOPLE: Final = ("usermailbox", "linkedmailbox")


@dataclass(frozen=True)
class Mailbox(Facts):
    """One mailbox and its names; ``person``: it is somebody's, not a room, a shared one or the like."""

    sign_in_name: str
    account: str
    mail: str
    person: bool


def first_page(page: int) -> Cmdlet:
    return _cmdlet(page, None)


def every_page(page: int) -> list[Cmdlet]:
    """Where the first page is full: one page per first character of the sign-in name."""
    return [_cmdlet(page, part) for part in first_characters()]


def is_full(result: CmdletResult, page: int) -> bool:
    return len(result.objects) > page


def parse(results: Iterable[CmdletResult]) -> list[Mailbox]:
    """The mailboxes that show a name; one that shows none is nobody whom a log could mean."""
    found = []
    for item in (item for result in results for item in result.properties(_READ)):
        name, account, mail, kind = (item.label(field, "") for field in _RETURNS)
        if name or account or mail:
            found.append(Mailbox(name, account, mail, fold(kind) in _PEOPLE))
    return found


class Mailboxes:
    """Who is meant by a name of a log. An account name that two domains have means nobody."""

    def __init__(self, mailboxes: Sequence[Mailbox]) -> None:
        self._by_name: dict[str, Mailbox] = {}
        self._by_account: dict[str, list[Mailbox]] = {}
        for item in mailboxes:
            for name in filter(None, (item.mail, item.sign_in_name)):
                self._by_name[fold(name)] = item
            self._by_account.setdefault(fold(item.account), []).append(item)

    def find(self, name: str) -> Mailbox | None:
        """The mailbox that a name of a log means: a mail address, a sign-in name, or DOMAIN\\account."""
        domain, separator, account = name.rpartition("\\")
        if not (separator and domain):
            return self._by_name.get(fold(name))
        found = self._by_account.get(fold(account), [])
        return found[0] if len(found) == 1 else None

    def ambiguous(self, name: str) -> bool:
        """Whether several mailboxes have this account name."""
        return len(self._by_account.get(fold(name.rpartition("\\")[2]), [])) > 1 and "\\" in name


def _cmdlet(page: int, condition: str | None) -> Cmdlet:
    """A read of the entire forest, as that of people for the identity checks."""
    given = {"IgnoreDefaultScope": True, "ResultSize": page + 1}
    return Cmdlet(
        _READ, {**given, "Filter": condition} if condition else given, _RETURNS, on_error="continue", pin=False
    )
