# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What was measured, as sign_ins.json has it (docs/schemas/sign_ins.schema.json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..base.comparison import fold
from ..base.facts import Facts
from ..base.values import Properties
from .counting import Gap, Mark, Progress, Row, Tally
from .coverage import Coverage, Seen, Window

# 2: what a server measured is said for each protocol, and protocols and days are those up to the end.
VERSION: Final = 2


@dataclass(frozen=True)
class Notes(Facts):
    """What else there is to say of a server's counts: requests of Exchange itself, those that it refused, lines that
    cannot be read, and the folder of the logs."""

    lines: int
    ignored: int
    refused: int
    odd: int
    folder: str


@dataclass(frozen=True)
class ServerCount:
    """The counts of one server. ``begin`` and ``end`` are None where nothing was counted; ``mark`` is where it
    stopped.

    ``unread`` is why not every file was read, ``not_measured`` what the logs themselves lack; the counts are complete
    where there is neither.
    """

    server: str
    begin: str | None
    end: str | None
    days: int
    unread: str | None
    coverage: Mapping[str, Coverage]
    rows: Sequence[Row]
    not_measured: Sequence[str] = ()
    notes: Notes | None = None
    mark: Mark | None = None

    @property
    def incomplete_because(self) -> str | None:
        return " ".join([*filter(None, [self.unread]), *self.not_measured]) or None

    @property
    def complete(self) -> bool:
        return self.incomplete_because is None

    @property
    def protocols(self) -> list[str]:
        """Those that are measured until the end."""
        return [name for name, coverage in self.coverage.items() if coverage.begin]

    @classmethod
    def of(cls, server: str, tally: Tally, window: Window, limit: int) -> ServerCount:
        """What a server counted in this window; ``limit`` is the time that it had."""
        covered = tally.coverage(window)
        reason = tally.incomplete_because(limit)
        if not any(seen.first for seen in tally.protocols.values()) and reason is None:
            reason = f"There is no line of the time since {window.since}Z in the logs in {tally.folder}."
        return cls(
            server=server,
            begin=covered.begin,
            end=window.until if covered.begin else None,
            days=covered.days,
            unread=reason,
            coverage=tally.by_protocol(window),
            rows=list(tally.rows.values()),
            not_measured=tally.not_measured(window),
            notes=Notes(tally.lines, tally.ignored, tally.refused, tally.odd, tally.folder),
            mark=tally.mark,
        )

    @classmethod
    def none(cls, server: str, reason: str) -> ServerCount:
        """Of a server that was not counted at all."""
        return cls(server, None, None, 0, reason, {}, [])

    def as_json(self) -> dict[str, Any]:
        return {
            "server": self.server,
            "from": _zulu(self.begin),
            "to": _zulu(self.end),
            "days": self.days,
            "complete": self.complete,
            "incomplete_because": self.incomplete_because,
            "unread": self.unread,
            "protocols": self.protocols,
            "coverage": {name: coverage.as_json(self.end or "") for name, coverage in self.coverage.items()},
        }


def once(servers: Mapping[str, ServerCount]) -> list[ServerCount]:
    """The counts by hosts of the inventory, each server one time: one that two hosts lead to would be counted twice."""
    found: list[ServerCount] = []
    for host, item in servers.items():
        if any(fold(item.server) == fold(other.server) and other.begin for other in found):
            reason = f"two hosts of the inventory lead to {item.server}; it is counted once. Take one of them out."
            found.append(ServerCount.none(host, reason))
        else:
            found.append(item)
    return found


@dataclass(frozen=True)
class Measurement:
    """The counts of all servers. ``rows`` have pseudonyms where it is ``masked``."""

    run: str
    collected: str
    masked: bool
    servers: Sequence[ServerCount]

    @property
    def complete(self) -> bool:
        return bool(self.servers) and all(server.complete for server in self.servers)

    @property
    def days(self) -> int:
        """The days that every server has."""
        return min((server.days for server in self.servers), default=0)

    def as_json(self) -> dict[str, Any]:
        return {
            "schema_version": VERSION,
            "run": self.run,
            "collected": self.collected,
            "masked": self.masked,
            "servers": [server.as_json() for server in self.servers],
            "sign_ins": [_sign_in(server.server, row) for server in self.servers for row in server.rows],
        }


def _sign_in(server: str, row: Row) -> dict[str, Any]:
    return {
        "server": server,
        "person": row.person,
        "protocol": row.protocol,
        "authentication": row.authentication,
        "type": row.type,
        "client": row.client,
        "requests": row.requests,
        "first": _zulu(row.first),
        "last": _zulu(row.last),
    }


def _zulu(time: str | None) -> str | None:
    return f"{time}Z" if time else None


@dataclass(frozen=True)
class Part:
    """What is kept of one server between counting and writing, and until a later run goes on: window and tally."""

    server: str
    window: Window
    limit: int
    tally: Tally

    def facts(self) -> dict[str, Any]:
        own, tally = self.window, self.tally
        return {
            "server": self.server,
            "since": own.since,
            "until": own.until,
            "limit": self.limit,
            "room": tally.room,
            "rows": [row.facts() for row in tally.rows.values()],
            "protocols": {
                name: {"first": seen.first, "last": seen.last, "days": sorted(seen.days)}
                for name, seen in tally.protocols.items()
            },
            "gaps": [gap.facts() for gap in tally.gaps],
            "mark": tally.mark.facts() if tally.mark else None,
            "counted": {path: progress.facts() for path, progress in tally.counted.items()},
            **{name: getattr(tally, name) for name in _NUMBERS},
            "folder": tally.folder,
        }

    @classmethod
    def from_facts(cls, facts: Properties) -> Part:
        tally = Tally(room=facts.number("room"), folder=facts.any_text("folder"))
        for item in facts.children("rows"):
            tally.add(Row.from_facts(item))
        for name in facts.child("protocols").found:
            seen = facts.child("protocols").child(name)
            tally.protocols[name] = Seen(seen.any_text("first"), seen.any_text("last"), set(seen.texts("days")))
        tally.gaps = [Gap.from_facts(item) for item in facts.children("gaps")]
        tally.mark = None if facts.raw("mark") is None else Mark.from_facts(facts.child("mark"))
        counted = facts.child("counted")
        tally.counted = {path: Progress.from_facts(counted.child(path)) for path in counted.found}
        for name in _NUMBERS:
            setattr(tally, name, facts.number(name))
        window = Window(facts.text("since"), facts.text("until"))
        return cls(facts.text("server"), window, facts.number("limit"), tally)

    @property
    def count(self) -> ServerCount:
        return ServerCount.of(self.server, self.tally, self.window, self.limit)

    def stopped(self, reason: str) -> ServerCount:
        """The counts of a server that failed on the way."""
        found = self.count
        return replace(found, unread=" ".join(filter(None, (reason, found.unread))))


_NUMBERS: Final = ("gap_count", "lines", "ignored", "refused", "odd", "left_out", "files_left")
