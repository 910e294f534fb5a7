# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A wave: who is in it, who is out and why, and what keeps it from being run at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ..base.comparison import fold, folded, same
from ..entra.accounts import AccountState
from ..exchange.authserver import AuthServer
from ..exchange.cmdlet import Cmdlet
from ..exchange.orgconfig import OrganizationConfig
from ..exchange.versions import Build
from .evidence import Evidence
from .measurement import MeasuredSignIns
from .names import PROTOCOLS
from .people import Forest, Person
from .policy import Policy, name_of, named

POLICIES: Final = "0"
LAST: Final = "last"
IN, HAS_IT, OUT, EXCEPTED, STOPS = "in", "has it", "out", "excepted", "stops"


@dataclass(frozen=True)
class Wanted:
    """What the inventory says. ``exceptions``: name -> reason; ``replaces``: policies that a wave may take away."""

    wave: str
    policy: str
    exceptions_policy: str
    protocols: tuple[str, ...]
    people: tuple[str, ...]
    groups: tuple[str, ...]
    exceptions: Mapping[str, str]
    replaces: tuple[str, ...]
    days: int

    @property
    def blocks(self) -> frozenset[str]:
        """The protocols to be blocked, by the names that the switches of a policy have."""
        return frozenset(PROTOCOLS[name] for name in self.protocols)


@dataclass(frozen=True)
class Server:
    """A server that clients talk to. A build that is None could not be read: ``version`` is what was."""

    name: str
    build: Build | None
    version: str


@dataclass(frozen=True)
class Known:
    """What was read. ``accounts``: sign-in names of the tenants, folded -> what the account is; None: not read.

    ``members`` are the people of the wave's groups by GUID, ``runs_as`` is the account of this run in Exchange.
    """

    config: OrganizationConfig
    policies: Sequence[Policy]
    auth_servers: Sequence[AuthServer]
    servers: Sequence[Server]
    forest: Forest
    members: Mapping[str, str]
    groups_unread: Mapping[str, str]
    accounts: Mapping[str, AccountState] | None
    accounts_unread: str
    measurement: MeasuredSignIns
    now: datetime
    runs_as: str
    # Groups of the wave that nobody is in.
    groups_empty: Sequence[str] = ()
    # Servers that the inventory excludes, and Active Directory has.
    excluded: Sequence[Server] = ()

    @property
    def default(self) -> str | None:
        return name_of(self.policies, self.config.default_authentication_policy)

    def policy_of(self, person: Person) -> str | None:
        return name_of(self.policies, person.policy)


@dataclass(frozen=True)
class Placed:
    """Somebody, and where: in, has it, out, excepted, or stops the wave. ``reason`` says why."""

    person: Person
    place: str
    reason: str

    @property
    def line(self) -> str:
        return f"{self.place}: {self.person.title}{f' ({self.reason})' if self.reason else ''}"


@dataclass(frozen=True)
class Wave:
    """Everybody who is asked about, by name; ``exceptions`` with their reasons, and names that mean nobody or many."""

    wanted: Wanted
    known: Known
    evidence: Evidence
    exceptions: Mapping[str, str] = field(default_factory=dict)
    # Exceptions by a name that only the logs have, an account of a trusted forest: nobody can give it a policy.
    foreign: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, wanted: Wanted, known: Known) -> Wave:
        foreign = {
            name: reason for name, reason in wanted.exceptions.items()
            if not known.forest.find(name) and known.measurement.has_name(name)
        }  # fmt: skip
        named = frozenset(fold(name.strip()) for name in foreign)
        evidence = Evidence.read(known.forest, known.measurement.since(wanted.days), named)
        excepted = {
            person.guid: reason for name, reason in wanted.exceptions.items() for person in known.forest.find(name)
        }
        return cls(wanted, known, evidence, excepted, foreign)

    def placed(self) -> list[Placed]:
        """Each person of the wave, and each exception, by name."""
        if self.wanted.wave == POLICIES:
            found = self._holders()
        elif self.wanted.wave == LAST:
            found = self._everybody()
        else:
            found = [self._of_wave(person) for person in self._named()]
        return sorted(found, key=lambda item: fold(item.person.title))

    def excepted(self, placed: Sequence[Placed]) -> list[Person]:
        """The exceptions that get their policy before anything else is written: whoever was named for a wave, or would
        be cut off by what this one blocks, is let in first."""
        return [item.person for item in placed if item.place == EXCEPTED and self._gets(item.person)]

    def shut_exceptions(self, placed: Sequence[Placed]) -> list[Placed]:
        """The exceptions that keep a policy of their own, where that one blocks what this wave is about."""
        found = []
        for item in placed:
            own = named(self.known.policies, self.known.policy_of(item.person) or "")
            if item.place == EXCEPTED and self._keeps(item.person) and (own is None or own.blocks & self.wanted.blocks):
                reason = f"is an exception, and {self._kept(item.person)}; that policy blocks legacy authentication"
                found.append(Placed(item.person, OUT, reason))
        return found

    def foreign_lines(self) -> list[str]:
        """A line for each exception that is no account of this organization, where the wave is for everybody."""
        if not self.by_default():
            return []
        why = "it is no account of this organization, so that it gets no policy"
        return [f"{OUT}: {name} (an exception of the logs: {reason}; {why})" for name, reason in self.foreign.items()]

    def unsure(self) -> dict[str, tuple[Person, ...]]:
        """Names of the inventory that are nobody's, also in the logs, or more than one account's."""
        names = [*self.wanted.people, *(name for name in self.wanted.exceptions if name not in self.foreign)]
        found = {name: self.known.forest.find(name) for name in names}
        return {name: people for name, people in found.items() if len(people) != 1}

    @property
    def is_default(self) -> bool:
        """Whether the policy is the organization's default already."""
        return same(self.known.default, self.wanted.policy)

    def by_default(self) -> Sequence[str]:
        """The protocols that this wave blocks for everybody without a policy, whom the logs may name or not."""
        if self.wanted.wave == LAST:
            return self.wanted.protocols
        return self.added() if self.wanted.wave == POLICIES and self.is_default else ()

    def added(self) -> list[str]:
        """The protocols that wave 0 would block and the policy does not block yet."""
        policy = named(self.known.policies, self.wanted.policy)
        blocked = policy.blocks if policy else frozenset()
        return [name for name in self.wanted.protocols if PROTOCOLS[name] not in blocked]

    def why_not(self, person: Person, protocols: Sequence[str]) -> str | None:
        """Why legacy authentication cannot be blocked for somebody, or None."""
        return self._not_synchronised(person) or self.evidence.why_not(person, protocols)

    def _named(self) -> list[Person]:
        people = [person for name in self.wanted.people for person in self.known.forest.find(name)]
        guids = {person.guid for person in people} | set(self.known.members) | set(self.exceptions)
        return [person for person in self.known.forest.people if person.guid in guids]

    def _of_wave(self, person: Person) -> Placed:
        policy = self.known.policy_of(person)
        if person.guid in self.exceptions:
            return self._of_exception(person)
        if same(policy, self.wanted.policy):
            return Placed(person, HAS_IT, "")
        if same(policy, self.wanted.exceptions_policy) and fold(policy or "") not in folded(self.wanted.replaces):
            # Somebody who was locked out may have been given it by hand; the logs do not say so.
            return Placed(person, OUT, f"has the policy '{policy}': name the account in hma_block_exceptions, or take "
                          f"that policy away first")  # fmt: skip
        if policy and fold(policy) not in folded(self.wanted.replaces):
            return Placed(person, OUT, f"has the policy '{policy}', which hma_block_replace_policies does not name")
        if nobody := person.why_nobody:
            return Placed(person, OUT, nobody)
        reason = self.why_not(person, self.wanted.protocols)
        return Placed(person, OUT, reason) if reason else Placed(person, IN, "")

    def _of_exception(self, person: Person) -> Placed:
        now, own = self.known.policy_of(person), self.wanted.exceptions_policy
        if self._keeps(person):
            text = self._kept(person)
        elif self._gets(person):
            text = f"gets the policy '{own}' first" + (f", in the place of '{now}'" if now else "")
        else:
            text = f"has the policy '{own}'"
        return Placed(person, EXCEPTED, f"{self.exceptions[person.guid]}; {text}")

    def _gets(self, person: Person) -> bool:
        """Whether an exception is given its policy: it does not have it, and has none that somebody else gave it."""
        return not same(self.known.policy_of(person), self.wanted.exceptions_policy) and not self._keeps(person)

    def _keeps(self, person: Person) -> bool:
        """Whether an exception has another policy that a wave may not take away."""
        policy = self.known.policy_of(person)
        may = folded([*self.wanted.replaces, self.wanted.policy, self.wanted.exceptions_policy])
        return bool(policy) and fold(policy or "") not in may

    def _kept(self, person: Person) -> str:
        return f"keeps the policy '{self.known.policy_of(person)}', which hma_block_replace_policies does not name"

    def _holders(self) -> list[Placed]:
        """Of wave 0: who has the policy already, where it would block more than it does."""
        added = self.added()
        found = []
        for person in self.known.forest.people if added else ():
            policy = self.known.policy_of(person)
            concerned = same(policy, self.wanted.policy) or (self.is_default and not policy)
            if concerned and person.guid in self.exceptions and self._is_excepted_first():
                found.append(self._of_exception(person))
            elif same(policy, self.wanted.policy) or (self.is_default and not policy and person.signs_in):
                reason = self.why_not(person, added)
                found.append(Placed(person, STOPS, self._and_not_yet(person, reason)) if reason
                             else Placed(person, HAS_IT, ""))  # fmt: skip
            elif self.is_default and not policy and (reason := self._used(person, added)):
                # A service account without a mailbox, say: the default is its policy too.
                found.append(Placed(person, STOPS, self._and_not_yet(person, reason)))
        return found

    def _used(self, person: Person, protocols: Sequence[str]) -> str | None:
        """What was seen of somebody, or of a name that may be theirs, that the default would block."""
        legacy = self.evidence.legacy(person, protocols)
        return f"signed in with {legacy.shown}" if legacy else self.evidence.excepted_elsewhere(person, protocols)

    def _and_not_yet(self, person: Person, reason: str) -> str:
        """The reason, where an exception cannot be let in because the policy for that is not there."""
        if person.guid not in self.exceptions:
            return reason
        make = Cmdlet("New-AuthenticationPolicy", {"Name": self.wanted.exceptions_policy}).typed()
        return f"{reason}; it is an exception, and the policy for it is not there: run {make} first"

    def _is_excepted_first(self) -> bool:
        """Whether wave 0 can give exceptions their policy: where it has yet to be made, nobody can have it in check
        mode."""
        return named(self.known.policies, self.wanted.exceptions_policy) is not None

    def _everybody(self) -> list[Placed]:
        """Of the last wave: who gets the policy as the default, and who would be cut off by it."""
        return [place for person in self.known.forest.people if (place := self._by_default(person))]

    def _by_default(self, person: Person) -> Placed | None:
        policy = self.known.policy_of(person)
        if person.guid in self.exceptions:
            return self._of_exception(person)
        if policy:
            return Placed(person, OUT, f"has the policy '{policy}' already")
        if used := self._used(person, self.wanted.protocols):
            return Placed(person, STOPS, used)
        if not person.signs_in:
            # Rooms, shared mailboxes, who left, accounts without a mailbox: nobody signs in, as far as it was seen.
            return None
        reason = self._not_synchronised(person)
        seen = self.evidence.of.get(person.guid)
        if reason or (seen and seen.unclear):
            return Placed(person, STOPS, reason or self.evidence.why_not(person, self.wanted.protocols) or "")
        return Placed(person, IN, "" if seen and seen.modern else "was not seen at all")

    def _not_synchronised(self, person: Person) -> str | None:
        accounts = self.known.accounts
        if accounts is None:
            return f"whether the account is synchronised is not known: {self.known.accounts_unread}"
        names = {fold(person.sign_in_name), *person.addresses} - {""}
        states = {accounts.get(name) for name in names}
        if AccountState.SYNCHRONIZED in states:
            return None
        if AccountState.BLOCKED in states:
            return "the account in Entra is blocked from signing in"
        if fold(person.sign_in_name) in accounts:
            return "the account of that name in Entra was made there: it is not synchronised"
        return "there is no account of that name in Entra: it is not synchronised"
