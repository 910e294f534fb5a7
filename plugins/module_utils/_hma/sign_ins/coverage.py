# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which days were measured: those that have a line in the logs, one after the other up to the end.

Exchange itself asks each protocol every minute, and those requests are in the logs too (INFERRED, from the names of its
probes; they can be switched off). So a day without any line is a day without logs, and nobody knows who signed in then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..base.days import after

# How long a protocol may be without any line before its logs are taken to have ended.
_SILENCE: Final = timedelta(days=2)
# A log begins with its first line, which is not exactly where a day does.
_SLACK: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True)
class Window:
    """From when until when sign-ins are counted, as logs write a time: 2026-11-26T20:00:00, in UTC."""

    since: str
    until: str

    @classmethod
    def of(cls, now: datetime, days: int) -> Window:
        return cls(_written(now - timedelta(days=days)), _written(now))

    @property
    def whole_days(self) -> list[str]:
        """The days between the first and the last one, which are there in part."""
        first, last = _time(self.since).date(), _time(self.until).date()
        return [f"{first + _DAY * number}" for number in range(1, (last - first).days)]


@dataclass
class Seen:
    """What there was of a protocol: the first and the last time of a line, and the days that have lines."""

    first: str = ""
    last: str = ""
    days: set[str] = field(default_factory=set)

    def add(self, first: str, last: str, days: Iterable[str]) -> None:
        self.first = min(filter(None, (self.first, first)), default="")
        self.last = max(self.last, last)
        self.days.update(days)

    @property
    def regular(self) -> bool:
        """Whether it has lines of several days: what was used once says nothing about when its logs begin."""
        return len(self.days) > 1


@dataclass(frozen=True)
class Coverage:
    """The days of a protocol, or of a server. ``begin`` is None where nothing is measured up to the end; ``missing``
    are the days without a line, ``ended`` is the first day after the logs stopped."""

    begin: str | None
    days: int
    missing: Sequence[str]
    ended: str | None = None

    @classmethod
    def of(cls, seen: Seen, window: Window) -> Coverage:
        missing = [day for day in window.whole_days if day not in seen.days]
        if not seen.first:
            return cls(None, 0, missing)
        if _time(window.until) - _time(seen.last) > _SILENCE:
            return cls(None, 0, missing, after(seen.last[:10]))
        begin = max(seen.first, f"{after(missing[-1])}T00:00:00") if missing else seen.first
        return cls(begin, days_between(begin, window.until), missing)

    def since(self, later: str, until: str) -> Coverage:
        """The same, where nothing before this time was counted."""
        if self.begin is None or later <= self.begin:
            return self
        begin = min(later, until)
        return Coverage(begin, days_between(begin, until), self.missing, self.ended)

    def holes(self, first: str) -> list[str]:
        """The days without a line after the first one that has any."""
        return [day for day in self.missing if day > first[:10] and (self.ended is None or day < self.ended)]

    def as_json(self, until: str) -> dict[str, Any]:
        return {
            "from": f"{self.begin}Z" if self.begin else None,
            "to": f"{until}Z" if self.begin else None,
            "days": self.days,
            "missing": list(self.missing),
            "not_measured_since": self.ended,
        }


def of_server(protocols: Mapping[str, Seen], window: Window) -> Coverage:
    """The days of a server: those on which any protocol has a line, and from when on each regular one has."""
    together = Seen()
    for seen in protocols.values():
        together.add(seen.first, seen.last, seen.days)
    found = Coverage.of(together, window)
    each = [(seen, Coverage.of(seen, window)) for seen in protocols.values() if seen.regular]
    # One with holes in its days is used now and then, or was not logged for a time: its own coverage says so.
    for begin in (own.begin for seen, own in each if own.begin and not own.holes(seen.first)):
        found = found.since(begin, window.until)
    return found


def days_between(begin: str, end: str) -> int:
    """Whole days."""
    return max(0, (_time(end) - _time(begin) + _SLACK).days)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORMAT)


def _time(text: str) -> datetime:
    return datetime.strptime(text[:19], _FORMAT).replace(tzinfo=UTC)
