# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the page of a measurement shows: every text made safe to print, in the order of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.days import spans
from ..base.printable import printable
from .coverage import Coverage
from .mailboxes import Mailboxes
from .measurement import Measurement, ServerCount
from .people import TITLES, USES, Person, Share, kinds, people_of, sentence, shares

# So many people are on the page; the table for a spreadsheet has them all.
MOST: Final = 500
WITHOUT_DIRECTORY: Final = (
    "The mailboxes were not read, so each name that a log has is a person of its own: somebody who is "
    "alice@contoso.com in one line and CONTOSO\\alice in another is there twice, and a service account is told by its "
    "programs alone."
)


@dataclass(frozen=True)
class Line:
    """One server of the page."""

    server: str
    status: str
    covered: str
    days: int
    protocols: str
    reason: str
    notes: str


@dataclass(frozen=True)
class Result:
    """A measurement with what follows of it: the people, and how many there are of each kind."""

    measured: Measurement
    people: Sequence[Person]
    protocols: Sequence[Share]
    clients: Sequence[Share]
    # Why the mailboxes were not read; None where they were.
    without_directory: str | None

    @classmethod
    def of(cls, measured: Measurement, mailboxes: Mailboxes | None, reason: str | None) -> Result:
        people = people_of(measured.servers, mailboxes)
        return cls(
            measured,
            people,
            shares(measured.servers, mailboxes, lambda row: row.protocol),
            shares(measured.servers, mailboxes, lambda row: row.client),
            None if mailboxes is not None else reason or "",
        )

    @property
    def kinds(self) -> dict[str, int]:
        return kinds(self.people)

    @property
    def sentence(self) -> str:
        return sentence(self.kinds)

    @property
    def incomplete(self) -> list[str]:
        """Per server what its counts lack."""
        return [
            f"{item.server}: {str(item.incomplete_because).removeprefix(f'{item.server}: ')}"
            for item in self.measured.servers
            if not item.complete
        ]

    def people_json(self) -> dict[str, Any]:
        """What people.json has."""
        return {
            "schema_version": 1,
            "run": self.measured.run,
            "collected": self.measured.collected,
            "masked": self.measured.masked,
            "mailboxes_read": self.without_directory is None,
            "kinds": self.kinds,
            "people": [person.facts() for person in self.people],
        }


def view(found: Result) -> dict[str, Any]:
    """The values of the template."""
    measured, people = found.measured, found.people
    by_use = sorted(people, key=lambda item: item.kind == USES)
    values = {
        "run": measured.run,
        "collected": measured.collected,
        "masked": measured.masked,
        "status": "pass" if measured.complete else "not_checked",
        "headline": headline(measured),
        "sentence": found.sentence,
        "kinds": [(_label(kind), TITLES[kind], count) for kind, count in found.kinds.items()],
        "protocols": [vars(share) for share in found.protocols],
        "clients": [vars(share) for share in found.clients],
        "servers": [vars(_line(server)) for server in measured.servers],
        "people": [_shown(person) for person in by_use[:MOST]],
        "more": max(0, len(people) - MOST),
        "caution": "" if found.without_directory is None else f"{WITHOUT_DIRECTORY} {found.without_directory}".strip(),
    }
    made: dict[str, Any] = printable(values)
    return made


def headline(measured: Measurement) -> str:
    """What was measured, in a few words."""
    count = len(measured.servers)
    servers = "1 server" if count == 1 else f"{count} servers"
    if measured.complete:
        days = "1 day" if measured.days == 1 else f"{measured.days} days"
        return f"The sign-ins of {days} were counted on {servers}"
    lacking = sum(not server.complete for server in measured.servers)
    return f"Not every sign-in was counted on {lacking} of {servers}"


def _line(found: ServerCount) -> Line:
    notes = found.notes
    said = "" if notes is None else (
        f"{notes.lines} lines in {notes.folder}; left out: {notes.ignored} of Exchange itself, {notes.refused} that "
        f"were refused, {notes.odd} that cannot be read"
    )  # fmt: skip
    return Line(
        server=found.server,
        status="pass" if found.complete else "not_checked",
        covered=f"{_minute(found.begin)} to {_minute(found.end or '')}" if found.begin else "nothing",
        days=found.days,
        protocols="; ".join(_days_of(name, found.coverage[name]) for name in found.coverage) or "none",
        reason=(found.incomplete_because or "").removeprefix(f"{found.server}: "),
        notes=said,
    )


def _days_of(name: str, coverage: Coverage) -> str:
    """How long a protocol was measured, and which days it lacks."""
    if coverage.ended:
        return f"{name} (not measured since {coverage.ended})"
    days = "1 day" if coverage.days == 1 else f"{coverage.days} days"
    return f"{name} ({days}{f', none of {spans(coverage.missing)}' if coverage.missing else ''})"


def _shown(person: Person) -> dict[str, str]:
    return {
        "name": person.name,
        "kind": _label(person.kind),
        "status": "pass" if person.kind == USES else "warn",
        "reason": person.reason,
        "protocols": ", ".join(person.protocols),
        "modern": str(person.modern),
        "legacy": str(person.legacy),
        "last": _minute(person.last),
    }


def _label(kind: str) -> str:
    return kind.replace("_", " ")


def _minute(time: str) -> str:
    """A time for people; all of the page are UTC, and it says so once."""
    return time[:16].replace("T", " ")
