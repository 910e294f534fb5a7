# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is written to the logs between two calls: no line is counted twice, and none is left out.

The lab counts here; the engine's own test holds the script to the same.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins import counting
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Progress, Tally
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Window

from tests.lab.sign_in_logs import Count, Request, folder_of, text_of, write_log

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
WINDOW = Window.of(NOW, 14)
FOLDERS = ("Mapi", "Ews", "Oab")


class Server:
    """Logs that are written to, and counted a piece at a time."""

    def __init__(self, disk: Path, chance: random.Random) -> None:
        self.disk = disk
        self.chance = chance
        self.clock = NOW
        self.written = 0
        for hour in range(1, 12):
            when = NOW - timedelta(hours=29 * hour)
            for folder in FOLDERS:
                write_log(disk, folder, when, [self.request(when) for _line in range(self.chance.randrange(1, 6))])

    def request(self, when: datetime) -> Request:
        self.written += 1
        several = {"GenericErrors": "a stack,\r\n over lines"} if self.chance.random() < 0.2 else {}
        return Request(f"user{self.chance.randrange(9)}@contoso.test", at=when, extra=several)

    def files(self) -> list[Path]:
        return sorted(folder_of(self.disk).rglob("*.LOG"))

    def write(self) -> None:
        """Something that happens between two calls; the lines are of the time that is counted."""
        self.clock += timedelta(minutes=1)
        when = NOW - timedelta(minutes=self.chance.randrange(1, 9000))
        what = self.chance.random()
        if what < 0.3:
            write_log(self.disk, self.chance.choice(FOLDERS), self.clock, [self.request(when)], number=self.written)
            return
        file = self.chance.choice(self.files())
        if what < 0.5:
            # Somebody looked at it, or a copy was given back: nothing is new but its time.
            os.utime(file, (self.clock.timestamp(), self.clock.timestamp()))
            return
        line = text_of(file.parent.name, when, [self.request(when)]).split("\r\n", 5)[5]
        cut = self.chance.randrange(1, len(line)) if what < 0.75 else len(line)
        self.append(file, line[:cut])
        self.waiting = (file, line[cut:])

    waiting: tuple[Path, str] | None = None

    def end_line(self) -> None:
        if self.waiting is not None:
            self.clock += timedelta(seconds=9)
            self.append(*self.waiting)
            self.waiting = None

    def append(self, file: Path, text: str) -> None:
        with file.open("ab") as log:
            log.write(text.encode("utf-8"))
        os.utime(file, (self.clock.timestamp(), self.clock.timestamp()))

    def call(self, counted: dict[str, Progress], *, files: int = 1 << 30, rows: int = 1000) -> CmdletResult:
        given = {**counting.cmdlet(WINDOW, 30, counted, None).parameters, "Rows": rows}
        return CmdletResult(Count(self.disk, given, lambda _path: "", files).objects(), [], [])


def numbers(found: Tally) -> tuple[object, ...]:
    rows = sorted((row.facts() for row in found.rows.values()), key=str)
    seen = {name: (item.first, item.last, item.days) for name, item in found.protocols.items()}
    return rows, seen, found.lines, found.odd, found.files_left


@pytest.mark.parametrize("seed", range(25))
def test_no_line_is_counted_twice_and_none_is_left_out(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311
    server, found, calls = Server(tmp_path / "EX1", chance), Tally(room=1000), 0
    while calls < 12:
        found.take(server.call(found.counted, files=chance.randrange(1, 9), rows=chance.randrange(2, 9)))
        calls += 1
        for _write in range(chance.randrange(4)):
            server.end_line()
            server.write()
        if chance.random() < 0.5:
            server.end_line()
    server.end_line()
    while calls == 12 or found.mark is not None:
        found.take(server.call(found.counted, files=9, rows=9))
        calls += 1
    at_once = Tally(room=1000)
    at_once.take(server.call({}))
    assert numbers(found) == numbers(at_once)
    assert found.lines == server.written


def test_a_file_that_was_not_counted_yet_is_written_to_between_two_calls(tmp_path: Path) -> None:
    """Its time moves before that of the file where the first call stopped."""
    disk = tmp_path / "EX1"
    old = write_log(disk, "Mapi", NOW - timedelta(hours=5), [Request("old@contoso.test")])
    for hours, name in ((3, "next"), (2, "new")):
        write_log(disk, "Mapi", NOW - timedelta(hours=hours), [Request(f"{name}@contoso.test")])
    server = Server.__new__(Server)
    server.disk = disk
    found = Tally(room=9)
    found.take(server.call({}, files=1))
    assert found.mark is not None
    assert [row.person for row in found.rows.values()] == ["new@contoso.test"]
    os.utime(old, (NOW.timestamp(), NOW.timestamp()))
    found.take(server.call(found.counted))
    people = sorted(row.person for row in found.rows.values())
    assert people == ["new@contoso.test", "next@contoso.test", "old@contoso.test"]
