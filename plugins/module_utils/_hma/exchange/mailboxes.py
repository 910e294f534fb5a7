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
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import Refused
from ..base.values import shown
from .cmdlet import Cmdlet, CmdletResult

EXAMPLES: Final = 5
_DOMAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,250}[A-Za-z0-9])?", re.ASCII)
_FIRST: Final = string.ascii_lowercase + string.digits
_RETURNS: Final = ("UserPrincipalName", "RecipientTypeDetails")


def count_cmdlets(domains: Sequence[str], page: int) -> tuple[Cmdlet, Cmdlet]:
    """Mailboxes of people whose name ends in none of the domains; linked mailboxes. One more than a page tells that it is full."""
    return _mailboxes("UserMailbox", page, _foreign(domains)), _mailboxes("LinkedMailbox", page)


def list_cmdlet(page: int) -> Cmdlet:
    """Mailboxes of people, whatever their name. Linked ones are not among them: their people sign in with another account."""
    return _mailboxes("UserMailbox", page)


def pages(domains: Sequence[str], page: int) -> list[Cmdlet]:
    """The first of the two, cut by the first character of the name; the last page holds every other character."""
    foreign = _foreign(domains)
    return [_mailboxes("UserMailbox", page, f"{foreign} -and {part}") for part in _cut()]


def everyone_in_pages(page: int) -> list[Cmdlet]:
    return [_mailboxes("UserMailbox", page, part) for part in _cut()]


def page_is_full(result: CmdletResult, page: int) -> bool:
    return len(result.objects) > page


def count_mailboxes(results: Sequence[CmdletResult], page: int) -> dict[str, Any]:
    """How many, whether that is all of them, and a few names."""
    return _summary(_names(results, page), results, page)


def missing(results: Sequence[CmdletResult], page: int, directory: Mapping[str, bool]) -> dict[str, Any]:
    """How many have no synchronized account of their name among the tenants' users (case-folded), of how many.

    ``cloud_only``: how many of them have an account there that was made in the cloud; it is not theirs.
    """
    names = _names(results, page)
    lost = [name for name in names if not directory.get(fold(name))]
    cloud_only = sum(fold(name) in directory for name in lost)
    return {**_summary(lost, results, page), "compared": len(names), "cloud_only": cloud_only}


def _names(results: Sequence[CmdletResult], page: int) -> list[str]:
    return [str(item.get("UserPrincipalName")) for result in results for item in result.objects[:page]]


def _summary(names: Sequence[str], results: Sequence[CmdletResult], page: int) -> dict[str, Any]:
    return {"count": len(names), "complete": not any(page_is_full(result, page) for result in results), "examples": sorted(names, key=fold)[:EXAMPLES]}


def _cut() -> list[str]:
    """By the first character, which only the name's text knows; together they are everybody."""
    parts = [f"UserPrincipalName -like '{first}*'" for first in _FIRST]
    return [*parts, " -and ".join(f"UserPrincipalName -notlike '{first}*'" for first in _FIRST)]


def _mailboxes(kind: str, page: int, condition: str | None = None) -> Cmdlet:
    """Of the whole forest: a shell's own scope is one domain, and so is a domain controller's view; a global catalog answers."""
    given: dict[str, Any] = {"RecipientTypeDetails": kind, "IgnoreDefaultScope": True, "ResultSize": page + 1}
    return Cmdlet("Get-Mailbox", {**given, "Filter": condition} if condition else given, _RETURNS, on_error="continue", pin=False)


def _foreign(domains: Sequence[str]) -> str:
    """An OPATH filter. The domains go into its text, so nothing but a domain is let in."""
    wrong = [domain for domain in domains if not _DOMAIN.fullmatch(domain)]
    if wrong or not domains:
        raise Refused(f"domains: {shown(wrong[0]) if wrong else 'nothing'} is no domain to compare sign-in names with.")
    return " -and ".join(f"UserPrincipalName -notlike '*@{domain}'" for domain in sorted(set(map(fold, domains))))
