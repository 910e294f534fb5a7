# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Giving people a policy: who is to have it and does not, and the write for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..base.comparison import fold, folded, same
from ..base.display import few
from ..base.errors import Refused
from ..exchange.change import Change
from ..exchange.cmdlet import Cmdlet
from .people import Forest, Person
from .policy import Policy, name_of, named

if TYPE_CHECKING:
    from ..exchange.change import Value

USER_TARGET: Final = "user"
POLICY: Final = "AuthenticationPolicy"


def resolved(forest: Forest, names: Sequence[str]) -> list[Person]:
    """Each name is one account; Refused with those that are none, or several."""
    found = {name: forest.find(name) for name in dict.fromkeys(names)}
    unknown = [name for name, people in found.items() if not people]
    several = [
        f"{name} ({' and '.join(item.title for item in people)})" for name, people in found.items() if people[1:]
    ]
    if unknown or several:
        texts = [f"No account has the name {few(unknown)}."] if unknown else []
        texts += [f"More than one account has the name {few(several)}."] if several else []
        raise Refused(f"{' '.join(texts)} Give the sign-in name, DOMAIN\\account or a mail address of each.")
    return list({people[0].guid: people[0] for people in found.values()}.values())


def require(policies: Sequence[Policy], name: str) -> Policy:
    """The policy of this name, spelled as Exchange has it."""
    policy = named(policies, name)
    if policy is None:
        known = ", ".join(sorted(item.name for item in policies)) or "none"
        raise Refused(f"There is no authentication policy '{name}' (there are: {known}). Make it with hma_auth_policy.")
    return policy


def require_replaceable(
    people: Sequence[Person], policies: Sequence[Policy], name: str | None, replaces: Sequence[str]
) -> None:
    """Refused with those who have another policy than one that may be replaced: somebody gave it to them by hand since
    it was judged who gets this one, and may have helped somebody who was locked out."""
    may = folded([*replaces, name or ""])
    found = [
        f"{person.title} ('{now}')"
        for person in people
        if (now := name_of(policies, person.policy)) and fold(now) not in may
    ]
    if found:
        raise Refused(
            f"{few(found)}: a policy that is not among those that may be replaced. Somebody gave it since it was "
            f"judged who gets '{name or 'none'}'. Nothing was written. Find out why; then run this again."
        )


def plan_people(people: Sequence[Person], policies: Sequence[Policy], name: str | None) -> list[Change]:
    """One write for each who does not have the policy; None takes the policy of each away."""
    return [
        assign(person, before, name) for person in people if not same(before := name_of(policies, person.policy), name)
    ]


def assign(person: Person, before: str | None, name: str | None) -> Change:
    """With IgnoreDefaultScope, which people of another domain need, the distinguished name is the only identity, and no
    domain controller is taken. A person who cannot be written stands in nobody's way."""
    given = {"Identity": person.distinguished_name, POLICY: name, "IgnoreDefaultScope": True}
    cmdlet = Cmdlet("Set-User", given, on_error="continue", pin=False)
    owner = {"type": USER_TARGET, "guid": person.guid, "name": person.title}
    return Change(person.title, owner, {POLICY: before}, {POLICY: name}, cmdlet)


def found_of(person: Person | None, policies: Sequence[Policy]) -> dict[str, Value]:
    return {POLICY: name_of(policies, person.policy)} if person else {}


def batches(changes: Sequence[Change], size: int) -> Iterator[tuple[Change, ...]]:
    for start in range(0, len(changes), size):
        yield tuple(changes[start : start + size])
