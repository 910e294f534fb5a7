# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Counting on a server: what is asked for, and what came back of it.

The logs are those of HttpProxy, one folder for each protocol. Sign-ins with a bearer token are modern (the text is that
of Exchange's own code, as published decompiled; it was not seen in a log of a real server); everything else that names
a person is legacy as an authentication policy means it, Windows' own ways too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.facts import Facts
from ..base.values import Properties
from ..exchange.cmdlet import Cmdlet, CmdletResult
from .clients import OTHER, PATTERNS

FOLDERS: Final[Mapping[str, str]] = {
    "Mapi": "mapi", "Ews": "ews", "Eas": "eas", "Autodiscover": "autodiscover", "Oab": "oab", "RpcHttp": "rpc",
}  # fmt: skip
PROTOCOLS: Final = tuple(FOLDERS.values())
MODERN: Final = "modern"
LEGACY: Final = "legacy"
ANONYMOUS: Final = "anonymous"
UNKNOWN: Final = "unknown"
_MODERN: Final = ("bearer", "oauth")
_LEGACY: Final = ("basic", "negotiate", "ntlm", "kerberos", "digest", "windows", "logon", "ntauth")
# The local command of the script on the server (plugin_utils/_exchange/sign_in_logs.ps1).
NAME: Final = "Get-HttpProxySignIn"
# Rows that one call of the script holds in the memory of the server, and brings back.
ROWS_OF_A_CALL: Final = 20000
_TIME: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)
# Windows counts the time of a file in 100 nanoseconds from the year 1; the order of the files is the rest to its end.
_LAST_TICK: Final = 3155378975999999999
_TICKS: Final = 10_000_000
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
# Of the lines, the share that may be odd (cut by a stop of the server, say) before the counts are said to lack them.
_ODD_SHARE: Final = 100
# How long a protocol may be without any line before its logs are taken to have ended.
_SILENCE: Final = timedelta(days=2)


@dataclass(frozen=True)
class Window:
    """From when until when sign-ins are counted, as logs write a time: 2026-11-26T20:00:00, in UTC."""

    since: str
    until: str

    @classmethod
    def of(cls, now: datetime, days: int) -> Window:
        return cls(_written(now - timedelta(days=days)), _written(now))


@dataclass(frozen=True)
class Mark(Facts):
    """Where the script stopped: a file, its place in the order of the files, and the last line that was counted."""

    file: str
    order: str
    line: int

    @property
    def time(self) -> str:
        """When the file was written last: what is newer was counted."""
        ticks = _LAST_TICK - int(self.order[:20])
        return _written(_BEGINNING + timedelta(seconds=ticks // _TICKS))


@dataclass(frozen=True)
class Gap(Facts):
    """A file or folder that is not in the counts, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Row(Facts):
    """How often one person signed in to one protocol in one way with one family of clients."""

    person: str
    protocol: str
    type: str
    client: str
    requests: int
    first: str
    last: str

    @property
    def authentication(self) -> str:
        if not self.person:
            return ANONYMOUS
        kind = fold(self.type)
        if kind.startswith(_MODERN):
            return MODERN
        return LEGACY if kind.startswith(_LEGACY) else UNKNOWN

    def plus(self, other: Row) -> Row:
        """The two as one; the name stays as it was met first."""
        return Row(
            self.person, self.protocol, self.type, self.client, self.requests + other.requests,
            min(self.first, other.first), max(self.last, other.last),
        )  # fmt: skip


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
    def steady(self) -> bool:
        """Whether there is a line of every day since the first: Exchange itself asks each protocol every minute."""
        return bool(self.first) and len(self.days) > (_time(self.last) - _time(self.first)).days

    def ended(self, until: str) -> bool:
        """Whether its lines stopped days before: it is no longer logged, and who signed in since then is not known."""
        return bool(self.last) and _time(until) - _time(self.last) > _SILENCE


@dataclass
class Tally:
    """What one server counted so far, call by call. ``room`` is how many rows are kept; what has none is counted."""

    room: int
    rows: dict[tuple[str, str, str, str], Row] = field(default_factory=dict)
    protocols: dict[str, Seen] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    gap_count: int = 0
    lines: int = 0
    ignored: int = 0
    refused: int = 0
    odd: int = 0
    left_out: int = 0
    files_left: int = 0
    folder: str = ""
    mark: Mark | None = None

    def take(self, result: CmdletResult) -> None:
        """The answer of one call."""
        objects = result.properties(NAME)
        total = next((item for item in objects if "mark_file" in item), None)
        if total is None:
            raise ParseError("The script gave no totals of what it counted.")
        self._take_total(total)
        known = {(gap.file, gap.reason) for gap in self.gaps}
        for item in objects:
            if "row" in item:
                self._take_row(item.text("row"))
            elif "protocol" in item:
                seen = self.protocols.setdefault(item.text("protocol"), Seen())
                seen.add(item.any_text("first"), item.any_text("last"), item.texts("days"))
            elif "gap" in item and (item.text("gap"), item.any_text("reason")) not in known:
                self.gaps.append(Gap(item.text("gap"), item.any_text("reason")))

    def _take_total(self, total: Properties) -> None:
        self.folder = total.text("folder")
        for name in ("lines", "ignored", "refused", "odd"):
            setattr(self, name, getattr(self, name) + total.number(name))
        self.gap_count = max(self.gap_count, total.number("gaps"))
        self.files_left = total.number("left")
        self.mark = None
        if total.any_text("mark_file"):
            self.mark = Mark(total.text("mark_file"), total.text("mark_order"), total.number("mark_line"))

    def _take_row(self, text: str) -> None:
        first, last, requests, protocol, kind, client, person = text.split("\t", 6)
        if not (_TIME.fullmatch(first) and _TIME.fullmatch(last)):
            self.odd += int(requests)
            return
        row = Row(person, protocol, kind, client or OTHER, int(requests), first, last)
        self.add(row)

    def add(self, row: Row) -> None:
        key = (fold(row.person), row.protocol, fold(row.type), row.client)
        if key in self.rows:
            self.rows[key] = self.rows[key].plus(row)
        elif len(self.rows) < self.room:
            self.rows[key] = row
        else:
            self.left_out += row.requests

    def incomplete_because(self, limit: int) -> str | None:
        """What the counts lack, in one text. ``limit`` is the time that counting was given, in seconds."""
        reasons = [*self._time_over(limit), *self._unread(), *self._too_many(), *self._odd()]
        return " ".join(reasons) or None

    def _time_over(self, limit: int) -> list[str]:
        if self.mark is None:
            return []
        files = "1 file was" if self.files_left == 1 else f"{self.files_left} files were"
        return [
            f"The time limit of {limit} seconds was reached at {self.mark.file}, line {self.mark.line}; {files} not "
            "counted in full. Run it again with -e hma_measure_continue=true to go on there."
        ]

    def _unread(self) -> list[str]:
        if not self.gaps:
            return []
        first, count = self.gaps[0], max(self.gap_count, len(self.gaps))
        more = f", and {count - 1} more" if count > 1 else ""
        return [f"Not checked: {first.file} ({first.reason.rstrip('.')}){more}."]

    def _too_many(self) -> list[str]:
        if not self.left_out:
            return []
        return [
            f"There are more than {self.room} combinations of person, protocol and client: {self.left_out} requests "
            "of further ones are not in the counts."
        ]

    def _odd(self) -> list[str]:
        if self.odd * _ODD_SHARE <= self.lines + self.odd:
            return []
        return [f"{self.odd} of {self.lines + self.odd} lines cannot be read."]

    def covered(self, window: Window) -> tuple[str, str] | None:
        """From when until when there are logs, and they were counted; None where there is no line.

        A protocol that has lines of every day begins where its first one does; one that is used now and then says
        nothing about when its logs begin.
        """
        seen = [item for item in self.protocols.values() if item.first]
        if not seen:
            return None
        steady = [item.first for item in seen if item.steady]
        begins = [max(steady) if steady else min(item.first for item in seen)]
        if self.mark is not None:
            begins.append(self.mark.time)
        return min(max(*begins, window.since), window.until), window.until


def days_between(begin: str, end: str) -> int:
    """Whole days. A log of a server begins with its first line, which is not exactly where a day does."""
    return max(0, (_time(end) - _time(begin) + _SLACK).days)


_SLACK: Final = timedelta(hours=1)


def cmdlet(window: Window, seconds: int, mark: Mark | None, folder: str | None) -> Cmdlet:
    """One call of the script: it counts for so many seconds, and goes on at the mark."""
    given: dict[str, Any] = {
        "Since": window.since,
        "Until": window.until,
        "Seconds": seconds,
        "Rows": ROWS_OF_A_CALL,
        "Folder": folder or "",
        "Protocols": [f"{name}={protocol}" for name, protocol in FOLDERS.items()],
        "Clients": list(PATTERNS),
        "MarkFile": mark.file if mark else "",
        "MarkOrder": mark.order if mark else "",
        "MarkLine": mark.line if mark else 0,
    }
    return Cmdlet(NAME, given, on_error="continue", pin=False, local=True)


def in_order(protocols: Iterable[str]) -> list[str]:
    """These, in the order of the table."""
    there = set(protocols)
    return [protocol for protocol in PROTOCOLS if protocol in there]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _time(text: str) -> datetime:
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
