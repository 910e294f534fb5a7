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
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..base.comparison import fold
from ..base.days import spans
from ..base.errors import ParseError
from ..base.facts import Facts
from ..base.values import Properties
from ..exchange.cmdlet import Cmdlet, CmdletResult
from .clients import OTHER, PATTERNS
from .coverage import Coverage, Seen, Window, of_server

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
# Of the lines, the share that may be odd (cut by a stop of the server, say) before the counts are said to lack them.
_ODD_SHARE: Final = 100


@dataclass(frozen=True)
class Mark(Facts):
    """Where the script stopped: a file, the last line of it that was counted, and when it was written last. What is
    newer was counted."""

    file: str
    line: int
    time: str


@dataclass(frozen=True)
class Progress(Facts):
    """How many lines of a file were counted; ``size`` is its size where that is all of it, and -1 where it is not."""

    lines: int
    size: int


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
    # By its path below the folder of the logs, how far each file was counted: a later call goes on there.
    counted: dict[str, Progress] = field(default_factory=dict)

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
            elif "file" in item:
                self.counted[item.text("file")] = Progress(item.number("counted"), item.number("size"))
            elif "protocol" in item:
                seen = self.protocols.setdefault(item.text("protocol"), Seen())
                seen.add(item.any_text("first"), item.any_text("last"), item.texts("days"))
            elif "gap" in item and (item.text("gap"), item.any_text("reason")) not in known:
                self.gaps.append(Gap(item.text("gap"), item.any_text("reason")))

    def _take_total(self, total: Properties) -> None:
        self.folder = total.text("folder")
        for name in ("lines", "ignored", "refused", "odd"):
            setattr(self, name, getattr(self, name) + total.number(name))
        self.files_left = total.number("left")
        self.mark, self.gap_count = None, max(self.gap_count, total.number("gaps"))
        if total.any_text("mark_file"):
            self.mark = Mark(total.text("mark_file"), total.number("mark_line"), total.text("mark_time"))
        else:
            # This call met every file: what an earlier one could not open, and this one could, is counted.
            self.gaps, self.gap_count = [], total.number("gaps")

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

    def coverage(self, window: Window) -> Coverage:
        """Which days of this server were measured."""
        return self._since_mark(of_server(self.protocols, window), window)

    def by_protocol(self, window: Window) -> dict[str, Coverage]:
        """The same of each protocol that has logs, in the order of the table."""
        found = {name: Coverage.of(seen, window) for name, seen in self.protocols.items() if seen.first}
        return {name: self._since_mark(found[name], window) for name in PROTOCOLS if name in found}

    def _since_mark(self, found: Coverage, window: Window) -> Coverage:
        if self.mark is None:
            return found
        # Of the days before nobody knows yet whether they have a line.
        read = [day for day in found.missing if day > self.mark.time[:10]]
        return replace(found.since(self.mark.time, window.until), missing=read)

    def not_measured(self, window: Window) -> list[str]:
        """What the logs themselves lack, in sentences: days between others, and protocols that are no longer logged.
        While files are left nobody knows that."""
        if self.mark is not None:
            return []
        found = of_server(self.protocols, window)
        first = min((seen.first for seen in self.protocols.values() if seen.first), default="")
        holes = found.holes(first) if first else []
        texts = [f"Not measured: {spans(holes)}. No log has a line of that time."] if holes else []
        ended = [(name, own.ended) for name, own in self.by_protocol(window).items() if own.ended]
        return texts + [f"{name} was not measured since {day}: its logs end the day before." for name, day in ended]


def cmdlet(window: Window, seconds: int, counted: Mapping[str, Progress], folder: str | None) -> Cmdlet:
    """One call of the script: it counts for so many seconds, and goes on in each file where it is."""
    given: dict[str, Any] = {
        "Since": window.since,
        "Until": window.until,
        "Seconds": seconds,
        "Rows": ROWS_OF_A_CALL,
        "Folder": folder or "",
        "Protocols": [f"{name}={protocol}" for name, protocol in FOLDERS.items()],
        "Clients": list(PATTERNS),
        "Counted": [f"{item.lines}|{item.size}|{path}" for path, item in counted.items()],
    }
    return Cmdlet(NAME, given, on_error="continue", pin=False, local=True)


def in_order(protocols: Iterable[str]) -> list[str]:
    """These, in the order of the table."""
    there = set(protocols)
    return [protocol for protocol in PROTOCOLS if protocol in there]
