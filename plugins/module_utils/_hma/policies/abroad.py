# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Exceptions by a name that only the logs have: accounts of another forest, or an old name of one of ours.

The NetBIOS name of a domain need not be the first part of its DNS name, and nothing that is read says which it is. So
OLD\\ann may be our ann, who would be cut off while everybody takes her for an exception.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..base.comparison import fold
from .measurement import MODERN, SignIn
from .people import Forest, Person, split_name


@dataclass(frozen=True)
class Abroad:
    """The names by their account, folded, each with the protocols that it did not use modern authentication for.

    ``known``: NetBIOS names of domains that are known to be just that. ``own``: first parts of the DNS names of our
    domains whose NetBIOS name is known. ``suffixes``: what our sign-in names and addresses end with.
    """

    names: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()

    @classmethod
    def read(cls, forest: Forest, sign_ins: Iterable[SignIn], exceptions: Collection[str]) -> Abroad:
        """``exceptions``: the names, folded."""
        if not exceptions:
            return cls()
        names: dict[str, dict[str, frozenset[str]]] = {}
        own = set(forest.domains.values())
        for item in sign_ins:
            name = fold(item.person)
            if name in exceptions and item.authentication != MODERN:
                used = names.setdefault(split_name(name)[1], {})
                used[item.person] = used.get(item.person, frozenset()) | {item.protocol}
            elif split_name(name)[0] and (people := forest.find(name)):
                # The logs name somebody of this domain by it, so that this is its name.
                own |= {fold(person.domain) for person in people}
        suffixes = {address.partition("@")[2] for person in forest.people for address in _addresses(person)}
        return cls(names, frozenset(forest.domains), frozenset(own), frozenset(suffixes))

    def may_be(self, person: Person, protocols: Collection[str]) -> str | None:
        """One of the names that may be this person's after all."""
        accounts = {fold(person.account), *(address.partition("@")[0] for address in _addresses(person))} - {""}
        found = [
            name for account in sorted(accounts) for name, used in self.names.get(account, {}).items()
            if used & set(protocols) and self._may_be_of(name, person)
        ]  # fmt: skip
        return found[0] if found else None

    def _may_be_of(self, name: str, person: Person) -> bool:
        domain = split_name(fold(name))[0]
        if not domain:
            return fold(name).partition("@")[2] in {"", *self.suffixes}
        if "." in domain:
            # A DNS name, which says itself whose it is.
            return domain.split(".")[0] == fold(person.domain)
        return domain not in self.known and fold(person.domain) not in self.own


def _addresses(person: Person) -> frozenset[str]:
    return person.addresses | ({fold(person.sign_in_name)} - {""})
