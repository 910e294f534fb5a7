# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The members of groups, group by group and level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ..base.comparison import fold
from ..exchange.cmdlet import Cmdlet, CmdletResult

_NAME: Final = "Get-DistributionGroupMember"
LEVELS: Final = 10


def members_of(group: str) -> Cmdlet:
    """Direct members of a distribution group or a mail-enabled security group; a default read ends after 1000."""
    given = {"Identity": group, "ResultSize": "Unlimited", "IgnoreDefaultScope": True}
    return Cmdlet(_NAME, given, ("Guid", "Name", "RecipientTypeDetails"), on_error="continue", pin=False)


@dataclass
class Membership:
    """Who is in some groups: ``next_cmdlets`` is what to send, ``take`` what came back.

    ``people`` are the GUIDs of the members with the group that was named, ``unread`` why a group is not known.
    """

    people: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    _bare: set[str] = field(default_factory=set)
    _asked: list[tuple[str, str]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _level: int = 0

    def begin(self, groups: Sequence[str]) -> None:
        self._asked = [(group, group) for group in dict.fromkeys(groups)]
        self._bare = set(groups)

    @property
    def empty(self) -> list[str]:
        """The groups that were named, could be read, and have nobody in them."""
        return sorted(self._bare - set(self.unread))

    def next_cmdlets(self) -> list[Cmdlet]:
        """The reads of one level; none where every member is known."""
        self._asked = [(identity, named) for identity, named in self._asked if fold(identity) not in self._seen]
        self._seen |= {fold(identity) for identity, _named in self._asked}
        self._level += 1
        if self._asked and self._level > LEVELS:
            reason = f"has groups in groups, more than {LEVELS} deep; name the inner groups."
            self.unread |= {named: reason for _identity, named in self._asked}
            return []
        return [members_of(identity) for identity, _named in self._asked]

    def take(self, results: Sequence[CmdletResult]) -> None:
        """What a level came to; groups among the members are the next one."""
        inner: list[tuple[str, str]] = []
        for (_identity, named), result in zip(self._asked, results, strict=True):
            if result.errors:
                self.unread.setdefault(named, f"could not be read: {result.errors[0].message}")
            for item in result.properties(_NAME):
                self._take(item.guid("Guid"), fold(item.text("RecipientTypeDetails")), named, inner)
        self._asked = inner

    def _take(self, guid: str, kind: str, named: str, inner: list[tuple[str, str]]) -> None:
        if kind.startswith("dynamic"):
            self.unread.setdefault(named, "has a dynamic group in it, whose members are not listed.")
        elif kind.endswith("group"):
            inner.append((guid, named))
        else:
            self.people.setdefault(guid, named)
            self._bare.discard(named)
