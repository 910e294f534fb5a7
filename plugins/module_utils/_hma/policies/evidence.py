# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How people signed in, person by person: what a measurement says of each account of the forest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..base.comparison import fold
from .abroad import Abroad
from .measurement import MODERN, SignIn
from .people import Forest, Person, is_system, split_name


@dataclass
class Seen:
    """What was seen of one account; ``unclear``: names of the log that mean this account or another one."""

    modern: set[str] = field(default_factory=set)
    others: list[SignIn] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Evidence:
    """By GUID what was seen of each account, and the sign-ins whose names mean no account, or more than one."""

    of: Mapping[str, Seen]
    strangers: tuple[SignIn, ...]
    # The short names of those, folded, by the protocol that they did not use modern authentication for.
    _short: Mapping[str, frozenset[str]] = field(default_factory=dict)
    abroad: Abroad = field(default_factory=Abroad)

    @classmethod
    def read(cls, forest: Forest, sign_ins: Iterable[SignIn], foreign: Collection[str] = frozenset()) -> Evidence:
        """``foreign``: names of the logs, folded, that are said to be no account of this organization."""
        of: dict[str, Seen] = {}
        sign_ins = tuple(sign_ins)
        strangers: list[SignIn] = []
        for item in sign_ins:
            if is_system(item.person) or fold(item.person) in foreign:
                continue
            people = forest.find(item.person)
            if len(people) == 1:
                _add(of.setdefault(people[0].guid, Seen()), item)
                continue
            strangers.append(item)
            for person in people:
                of.setdefault(person.guid, Seen()).unclear.add(item.person)
        short: dict[str, set[str]] = {}
        for item in strangers:
            if item.authentication != MODERN:
                short.setdefault(split_name(fold(item.person))[1], set()).add(item.protocol)
        names = {name: frozenset(used) for name, used in short.items()}
        return cls(of, tuple(strangers), names, Abroad.read(forest, sign_ins, foreign))

    def why_not(self, person: Person, protocols: Collection[str]) -> str | None:
        """Why legacy authentication cannot be blocked for somebody by what was seen, or None."""
        seen = self.of.get(person.guid, Seen())
        if seen.unclear:
            return f"the logs have the name {', '.join(sorted(seen.unclear))}, which is more than one account's"
        used = [item for item in seen.others if item.protocol in protocols]
        if used:
            latest = max(used, key=lambda item: item.last)
            more = len({(item.protocol, item.type) for item in used}) - 1
            return f"signed in with {latest.shown}{f', and {more} more ways' if more else ''}"
        stranger = self._may_be(person, protocols)
        if stranger:
            return f"the logs have the name {stranger}, which is no account's and may be theirs"
        if doubt := self.excepted_elsewhere(person, protocols):
            return doubt
        missing = [name for name in protocols if name not in seen.modern]
        return f"was not seen with modern authentication on {', '.join(missing)}" if missing else None

    def legacy(self, person: Person, protocols: Collection[str]) -> SignIn | None:
        """The last sign-in without modern authentication to one of the protocols."""
        seen = self.of.get(person.guid, Seen())
        used = [item for item in seen.others if item.protocol in protocols]
        return max(used, key=lambda item: item.last, default=None)

    def excepted_elsewhere(self, person: Person, protocols: Collection[str]) -> str | None:
        """Why somebody may be who an exception of the logs means, or None."""
        name = self.abroad.may_be(person, protocols)
        if name is None:
            return None
        return (
            f"may be '{name}' of the logs, an exception: name this account in hma_block_exceptions too, or say in "
            f"hma_block_domains what that domain is"
        )

    def unexplained(self, protocols: Collection[str]) -> list[SignIn]:
        """Sign-ins without modern authentication whose names mean no one account; each name once."""
        own = [item for item in self.strangers if item.protocol in protocols and item.authentication != MODERN]
        return list({fold(item.person): item for item in sorted(own, key=lambda item: item.last)}.values())

    def _may_be(self, person: Person, protocols: Collection[str]) -> str | None:
        """A name of nobody that is, but for its domain, one of this person's."""
        own = {fold(person.account), fold(person.sign_in_name).partition("@")[0]}
        own |= {address.partition("@")[0] for address in person.addresses}
        return next((name for name in sorted(own - {""}) if self._short.get(name, frozenset()) & set(protocols)), None)


def _add(seen: Seen, item: SignIn) -> None:
    if item.authentication == MODERN:
        seen.modern.add(item.protocol)
    else:
        seen.others.append(item)
