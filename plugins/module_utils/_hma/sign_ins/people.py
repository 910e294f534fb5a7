# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Who uses modern authentication, who could, and who cannot, as far as logs and mailboxes say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from .clients import family
from .counting import ANONYMOUS, LEGACY, MODERN, Row, in_order
from .mailboxes import Mailboxes
from .measurement import ServerCount

# In the order in which they are shown.
USES: Final = "modern"
BOTH: Final = "both"
COULD: Final = "could"
CANNOT: Final = "cannot"
SERVICE: Final = "service"
NOT_KNOWN: Final = "not_known"
TITLES: Final[Mapping[str, str]] = {
    USES: "with modern authentication alone",
    BOTH: "with modern authentication and legacy",
    COULD: "with legacy alone, though the client can do modern",
    CANNOT: "with a client that cannot do modern",
    SERVICE: "for a service",
    NOT_KNOWN: "with a client that may or may not do modern",
}


@dataclass(frozen=True)
class Person:
    """One person or account, with all names that logs have of it."""

    name: str
    names: Sequence[str]
    kind: str
    reason: str
    protocols: Sequence[str]
    modern_clients: Sequence[str]
    legacy_clients: Sequence[str]
    modern: int
    legacy: int
    first: str
    last: str
    servers: Sequence[str]

    def facts(self) -> dict[str, Any]:
        return {
            "person": self.name,
            "names": list(self.names),
            "kind": self.kind,
            "reason": self.reason,
            "protocols": list(self.protocols),
            "modern_clients": list(self.modern_clients),
            "legacy_clients": list(self.legacy_clients),
            "modern": self.modern,
            "legacy": self.legacy,
            "first": f"{self.first}Z",
            "last": f"{self.last}Z",
            "servers": list(self.servers),
        }


@dataclass(frozen=True)
class _Known:
    """Whom a name means. ``person`` is None where that is not known."""

    name: str
    person: bool | None


def people_of(servers: Iterable[ServerCount], mailboxes: Mailboxes | None) -> list[Person]:
    """Everybody who signed in, the most active of each kind first. Without the mailboxes each name is somebody."""
    met: dict[str, list[tuple[str, Row]]] = {}
    known: dict[str, _Known] = {}
    for server in servers:
        for row in server.rows:
            if row.authentication != ANONYMOUS:
                who = _who(row.person, mailboxes)
                known.setdefault(fold(who.name), who)
                met.setdefault(fold(who.name), []).append((server.server, row))
    found = [_person(known[key], rows) for key, rows in met.items()]
    order = list(TITLES)
    return sorted(found, key=lambda item: (order.index(item.kind), -item.legacy, -item.modern, fold(item.name)))


def _who(name: str, mailboxes: Mailboxes | None) -> _Known:
    if mailboxes is None or mailboxes.ambiguous(name):
        return _Known(name, None)
    mailbox = mailboxes.find(name)
    if mailbox is None:
        return _Known(name, False)
    return _Known(mailbox.sign_in_name or name, mailbox.person)


def _person(who: _Known, met: Sequence[tuple[str, Row]]) -> Person:
    rows = [row for _server, row in met]
    modern = [row for row in rows if row.authentication == MODERN]
    legacy = [row for row in rows if row.authentication != MODERN]
    kind, reason = _kind(who, modern, legacy)
    return Person(
        name=who.name,
        names=_each(row.person for row in rows),
        kind=kind,
        reason=reason,
        protocols=in_order(row.protocol for row in rows),
        modern_clients=_each(row.client for row in modern),
        legacy_clients=_each(row.client for row in legacy),
        modern=sum(row.requests for row in modern),
        legacy=sum(row.requests for row in legacy),
        first=min(row.first for row in rows),
        last=max(row.last for row in rows),
        servers=_each(server for server, _row in met),
    )


def _kind(who: _Known, modern: Sequence[Row], legacy: Sequence[Row]) -> tuple[str, str]:
    """The kind, and why it is this one."""
    if who.person is False:
        return SERVICE, "no mailbox of a person has this name"
    if not legacy:
        return USES, ""
    unable = _each(row.client for row in legacy if family(row.client).modern is False)
    if modern:
        return BOTH, f"legacy with {', '.join(_each(row.client for row in legacy))}"
    if all(family(row.client).program for row in legacy):
        return SERVICE, "only programs sign in with it"
    if unable:
        return CANNOT, f"{', '.join(unable)}"
    return _able(legacy)


def _able(legacy: Sequence[Row]) -> tuple[str, str]:
    doubtful = _each(row.client for row in legacy if family(row.client).modern is None)
    odd = _each(row.type or "none" for row in legacy if row.authentication != LEGACY)
    if odd:
        return NOT_KNOWN, f"authentication type {', '.join(odd)}"
    if doubtful:
        return NOT_KNOWN, f"{', '.join(doubtful)}"
    return COULD, f"{', '.join(_each(row.client for row in legacy))}"


def _each(values: Iterable[str]) -> list[str]:
    """Each once, in the order they were met."""
    return list(dict.fromkeys(values))


@dataclass(frozen=True)
class Share:
    """How many people sign in to a protocol, or with a client, in which ways."""

    name: str
    modern: int
    legacy: int
    both: int


def shares(servers: Iterable[ServerCount], mailboxes: Mailboxes | None, of: Callable[[Row], str]) -> list[Share]:
    """People by protocol or client: those with modern authentication alone, with legacy alone, with both."""
    ways: dict[str, dict[str, set[bool]]] = {}
    for row in (row for server in servers for row in server.rows if row.authentication != ANONYMOUS):
        name = fold(_who(row.person, mailboxes).name)
        ways.setdefault(of(row), {}).setdefault(name, set()).add(row.authentication == MODERN)
    return [
        Share(key, *(sum(way == wanted for way in people.values()) for wanted in ({True}, {False}, {True, False})))
        for key, people in sorted(ways.items())
    ]


def kinds(people: Iterable[Person]) -> dict[str, int]:
    """How many there are of each kind."""
    counted = dict.fromkeys(TITLES, 0)
    for person in people:
        counted[person.kind] += 1
    return counted


def sentence(counts: Mapping[str, int]) -> str:
    """The counts in a sentence; kinds that nobody is of are left out."""
    parts = [f"{count} {TITLES[kind]}" for kind, count in counts.items() if count]
    return f"{sum(counts.values())} people and accounts: {'; '.join(parts)}." if parts else "Nobody signed in."
