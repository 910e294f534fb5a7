# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Who administers Exchange: the members of Organization Management, those of the groups in it too.

Get-RoleGroupMember shows neither a sign-in name nor a security identifier, so each member is read with Get-User. The
built-in Administrator is told by its identifier: it ends in -500 under every name and in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..base.comparison import fold, has, same
from ..base.errors import ParseError
from ..base.facts import Facts
from ..base.values import Properties
from .cmdlet import Cmdlet, CmdletResult

ORGANIZATION_MANAGEMENT: Final = "Organization Management"
MEMBERS: Final = Cmdlet(
    "Get-RoleGroupMember",
    {"Identity": ORGANIZATION_MANAGEMENT, "ResultSize": "Unlimited"},
    ("Name", "Guid", "RecipientType"),
    on_error="continue",
)
# Deeper than anybody nests groups, and an end for groups that contain each other.
LEVELS: Final = 8
# More members than anybody gives Organization Management; beyond it nothing is said of the rest.
MOST: Final = 200
_BUILT_IN: Final = "-500"
_GROUP: Final = "group"


@dataclass(frozen=True)
class Administrator(Facts):
    """A member, directly or through a group. ``sign_in_name`` is None where the account has none.

    ``mail`` is what the account in Entra is called with alternate login ID.
    """

    name: str
    sign_in_name: str | None
    sid: str
    mail: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the account may be called in Entra, each name once."""
        mail = () if same(self.mail, self.sign_in_name) else (self.mail,)
        return tuple(name for name in (self.sign_in_name, *mail) if name)

    @property
    def built_in(self) -> bool:
        """The domain's own Administrator account, which directory synchronization leaves out for ever."""
        return self.sid.endswith(_BUILT_IN)


@dataclass(frozen=True)
class Administrators(Facts):
    """The members of Organization Management, and what of them could not be read."""

    members: tuple[Administrator, ...]
    unread: tuple[str, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Administrators:
        return cls(tuple(map(Administrator.from_facts, facts.children("members"))), tuple(facts.texts("unread")))


@dataclass
class Membership:
    """The members as they are read, level by level: ``next_cmdlets`` is what to send, ``take`` what came back."""

    members: dict[str, Administrator] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    _level: int = 0
    _seen: set[str] = field(default_factory=set)
    _asked: list[tuple[str, bool]] = field(default_factory=list)

    def begin(self, result: CmdletResult) -> None:
        """The direct members: people and groups."""
        if result.errors:
            self.unread.append(f"{MEMBERS.name}: {result.errors[0].message}")
        self._asked = [
            (item.label("Guid", ""), fold(item.label("RecipientType", "")).endswith(_GROUP))
            for item in result.properties(MEMBERS.name)
        ]

    def next_cmdlets(self) -> list[Cmdlet]:
        """The reads of one level; none where everything is known, or said to be unknown."""
        new = [(identity, group) for identity, group in self._asked if identity and fold(identity) not in self._seen]
        self._seen |= {fold(identity) for identity, _group in new}
        self._level += 1
        if new and (self._level > LEVELS or len(self._seen) > MOST):
            self.unread.append(f"{ORGANIZATION_MANAGEMENT} has more members, or deeper groups, than are read.")
            new = []
        self._asked = new
        return [get_group(identity) if group else get_user(identity) for identity, group in new]

    def take(self, results: Sequence[CmdletResult]) -> None:
        asked, self._asked = self._asked, []
        for (identity, group), result in zip(asked, results, strict=True):
            if result.errors and not group and _not_found(result):
                # A member of a group whose kind nobody said: it may be a group itself.
                self._seen.discard(fold(identity))
                self._asked.append((identity, True))
            elif result.errors:
                self.unread.append(f"{identity}: {result.errors[0].message}")
            else:
                self._parsed(identity, group, result)

    def administrators(self) -> Administrators:
        return Administrators(tuple(self.members.values()), tuple(self.unread))

    def _parsed(self, identity: str, group: bool, result: CmdletResult) -> None:
        try:
            found = result.only("Get-Group" if group else "Get-User")
            if group:
                self._asked += [(member, False) for member in found.texts("Members")]
            else:
                user = found.named("Name")
                sid, mail = user.text("Sid"), user.label("WindowsEmailAddress", "") or None
                name = user.optional_text("UserPrincipalName")
                self.members[sid] = Administrator(user.text("Name"), name, sid, mail)
        except ParseError as exc:
            self.unread.append(f"{identity}: {exc}")


def get_user(identity: str) -> Cmdlet:
    returns = ("Name", "UserPrincipalName", "WindowsEmailAddress", "Sid")
    return Cmdlet("Get-User", {"Identity": identity}, returns, on_error="continue")


def get_group(identity: str) -> Cmdlet:
    return Cmdlet("Get-Group", {"Identity": identity}, ("Name", "Members"), on_error="continue")


def named(administrators: Iterable[Administrator], name: str) -> Administrator | None:
    """The member whom a name means: a sign-in name, or else a mail address."""
    found = [item for item in administrators if has(item.names, name)]
    return next((item for item in found if same(item.sign_in_name, name)), found[0] if found else None)


def names_in_entra(administrators: Iterable[Administrator], given: Iterable[str]) -> list[str]:
    """What accounts to look for in Entra: those of the given people, or of all where nobody is given."""
    members, found = tuple(administrators), dict[str, str]()
    for item in [named(members, name) or name for name in given] or members:
        for name in (item,) if isinstance(item, str) else item.names:
            found.setdefault(fold(name), name)
    return list(found.values())


def _not_found(result: CmdletResult) -> bool:
    return "objectnotfound" in fold(f"{result.errors[0].id} {result.errors[0].reason}")
