# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that counts sign-ins, in the real engine, over log files; the lab's counting in Python says the same."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins import counting
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Progress, Tally
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Window
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.bootstrap import encoded_command, script
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.protocol import parse_envelope, request_for

from tests.lab.engine import find
from tests.lab.sign_in_logs import Count, Request, folder_of, text_of, write_file, write_log

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find() is None, reason="no PowerShell engine: set HMA_PWSH or put pwsh on the path"),
]
NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
WINDOW = Window.of(NOW, 14)
HOSTILE = (
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", 'a "quoted" name', "two\nlines", "tab\tin it", "Count", "Keys",
    "caf\u00e9@contoso.test", "\U0001f600@contoso.test", "comma, and 'quote'", "$(throw 1)",
)  # fmt: skip


class Engine:
    """One server: its folder, and the script run in the engine on it."""

    def __init__(self, disk: Path) -> None:
        self.disk = disk

    def log(self, protocol: str, ago: timedelta, *requests: Request) -> Path:
        return write_log(self.disk, protocol, NOW - ago, requests)

    def call(
        self,
        *,
        rows: int = counting.ROWS_OF_A_CALL,
        seconds: int = 30,
        counted: Mapping[str, Progress] | None = None,
        **environment: str,
    ) -> CmdletResult:
        cmdlet = counting.cmdlet(WINDOW, seconds, counted or {}, None)
        own = type(cmdlet)(cmdlet.name, {**cmdlet.parameters, "Rows": rows}, on_error="continue", pin=False, local=True)
        request = request_for([own], credential=None, domain_controller=None)
        done = subprocess.run(
            [str(find()), *encoded_command().split()[1:]],
            input=f"{request.line}\n{script(logs=True)}".encode("ascii"), capture_output=True, check=False,
            env={**os.environ, "COMPUTERNAME": "EX1", "ExchangeInstallPath": str(self.disk), **environment},
        )  # fmt: skip
        assert done.stderr == b"", done.stderr
        envelope = parse_envelope(done.stdout.decode("ascii"), request)
        assert (envelope.phase, envelope.error) == ("done", None)
        return envelope.results[0]

    def in_python(
        self, *, rows: int = counting.ROWS_OF_A_CALL, counted: Mapping[str, Progress] | None = None
    ) -> CmdletResult:
        given = {**counting.cmdlet(WINDOW, 30, counted or {}, None).parameters, "Rows": rows}
        return CmdletResult(Count(self.disk, given, lambda _path: "", 1 << 30).objects(), [], [])


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "EX1")


def tally(*results: CmdletResult) -> Tally:
    found = Tally(room=1000)
    for result in results:
        assert result.errors == []
        found.take(result)
    return found


def seen(found: Tally) -> dict[str, Any]:
    """Everything but the wording of gaps, which is the system's."""
    return {
        "rows": sorted((row.facts() for row in found.rows.values()), key=str),
        "protocols": {name: (item.first, item.last, item.days) for name, item in found.protocols.items()},
        "gaps": [gap.file for gap in found.gaps],
        "numbers": (found.lines, found.ignored, found.refused, found.odd, found.files_left),
        "mark": found.mark,
        "counted": found.counted,
    }


def everything(engine: Engine) -> None:
    """Files of every kind."""
    hour = timedelta(hours=1)
    engine.log("Mapi", hour, *(Request(name) for name in HOSTILE), Request("alice@contoso.test"))
    engine.log(
        "Ews", 2 * hour,
        Request("CONTOSO\\bob", "Negotiate", "ExchangeServicesClient/15.0"), Request("CONTOSO\\EX1$", "Kerberos"),
        Request("CONTOSO\\HealthMailbox0a", "Basic"), Request("", "", "x"),
        Request("CONTOSO\\bob", "NTLM", status="401"),
        Request("CONTOSO\\bob", "NTLM", agent='Mozilla/5.0 (X11) "odd", like Gecko'),
        Request("old@contoso.test", at=NOW - timedelta(days=15)),
        Request("late@contoso.test", extra={"GenericErrors": "a stack,\r\n  over lines\r\n2026-11-26T19:00:00.000Z,x"}),
    )  # fmt: skip
    bare = text_of(
        "Eas", NOW - 3 * hour, [Request("carol@contoso.test", "Basic", "Apple-iPhone9C1/1705.36")], bare=True
    )
    folder = folder_of(engine.disk)
    write_file(folder / "Eas" / "HttpProxy_1-1.LOG", bare, NOW - 3 * hour)
    cut = text_of("Eas", NOW - 4 * hour, [Request("dave@contoso.test")])
    # The end of its last line is not there yet.
    write_file(folder / "Eas" / "HttpProxy_2-1.LOG", cut + cut.splitlines()[-1][:30], NOW - 4 * hour)
    write_file(folder / "Oab" / "HttpProxy_3-1.LOG", "#Fields: date,cs-username\r\n1,2\r\n", NOW - 5 * hour)
    write_file(folder / "Oab" / "HttpProxy_4-1.txt", "no log", NOW - 5 * hour)
    write_file(folder / "Oab" / "HttpProxy_5-1.LOG", "", NOW - 6 * hour)
    engine.log("Oab", timedelta(days=20), Request("older@contoso.test"))


@pytest.mark.matrix
def test_the_engine_and_the_lab_count_the_same(engine: Engine) -> None:
    everything(engine)
    ours, theirs = tally(engine.in_python()), tally(engine.call())
    assert seen(ours) == seen(theirs)
    people = {row.person for row in theirs.rows.values()}
    assert {*HOSTILE, "alice@contoso.test", "carol@contoso.test", "dave@contoso.test", ""} <= people
    assert not {"old@contoso.test", "older@contoso.test", "x"} & people
    assert (theirs.ignored, theirs.refused, theirs.odd) == (2, 1, 0)
    assert [gap.file for gap in theirs.gaps] == ["Oab/HttpProxy_3-1.LOG"]
    assert "no column DateTime" in theirs.gaps[0].reason
    assert theirs.mark is None


@pytest.mark.matrix
def test_where_there_is_no_room_the_next_call_goes_on_and_nothing_is_counted_twice(engine: Engine) -> None:
    everything(engine)
    whole, parts, calls = tally(engine.call()), Tally(room=1000), 0
    while calls == 0 or parts.mark is not None:
        parts.take(engine.call(rows=6, counted=parts.counted))
        calls += 1
    assert calls > 2
    assert seen(parts) == seen(whole)


@pytest.mark.matrix
def test_a_file_that_cannot_be_opened_and_a_folder_that_is_not_there(engine: Engine) -> None:
    refused = engine.call()
    assert [error.message for error in refused.errors] == [f"There is no folder of logs in {folder_of(engine.disk)}"]
    engine.log("Mapi", timedelta(hours=1), Request("alice@contoso.test"))
    (folder_of(engine.disk) / "Mapi" / "HttpProxy_x.LOG").symlink_to("nowhere")
    found = tally(engine.call())
    assert [row.person for row in found.rows.values()] == ["alice@contoso.test"]


def _many(engine: Engine, files: int, lines: int) -> int:
    """Logs as a busy server writes them; their size."""
    names = [Request(f"user{number:05d}@contoso.test", extra={"UrlQuery": "q" * 400}) for number in range(3000)]
    size = 0
    for file in range(files):
        wanted = [names[(file * 131 + line * 7) % len(names)] for line in range(lines)]
        size += engine.log("Mapi", timedelta(hours=1 + file), *wanted).stat().st_size
    return size


@pytest.mark.matrix
def test_memory_is_bounded_however_much_there_is(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """The runtime ends the script where its objects are more than 48 MB. The engine's own code is beside that."""
    for files in (4, 40):
        size = _many(engine, files, 12000)
        begun = datetime.now(UTC)
        found = tally(engine.call(seconds=600, DOTNET_GCHeapHardLimit="0x3000000", DOTNET_gcServer="0"))
        seconds = (datetime.now(UTC) - begun).total_seconds()
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        assert found.mark is None
        assert found.lines == files * 12000
        with capsys.disabled():
            print(f"\n{size / 1e6:.0f} MB, {found.lines} lines: {seconds:.1f} s, {used:.0f} MB resident at most")


@pytest.mark.matrix
def test_the_time_is_kept_and_the_next_call_goes_on(engine: Engine) -> None:
    _many(engine, 2, 12000)
    first = engine.call(seconds=0)
    parts = tally(first)
    assert parts.mark is not None
    assert parts.lines < 24000
    while parts.mark is not None:
        parts.take(engine.call(counted=parts.counted))
    assert parts.lines == 24000
    assert sum(row.requests for row in parts.rows.values()) + parts.left_out == 24000


@pytest.mark.matrix
def test_whatever_is_written_between_two_calls_is_counted_once(engine: Engine) -> None:
    """A file that was not counted yet moves to the front, one that was counted grows, one is new, and the last line of
    one is half there."""
    hour = timedelta(hours=1)
    late = engine.log("Mapi", 9 * hour, Request("late@contoso.test"))
    grows = engine.log("Mapi", hour, Request("first@contoso.test", extra={"UrlStem": "several\r\nlines"}))
    engine.log("Ews", 2 * hour, Request("ews@contoso.test"))
    parts = tally(engine.call(rows=2))
    assert parts.mark is not None
    assert parts.counted == tally(engine.in_python(rows=2)).counted
    both = [Request("second@contoso.test"), Request("third@contoso.test")]
    line = text_of("Mapi", NOW - timedelta(minutes=1), both).split("\r\n", 5)[5]
    begin, rest = line[:-90], line[-90:]
    with grows.open("ab") as log:
        log.write(begin.encode())
    os.utime(late, (NOW.timestamp(), NOW.timestamp()))
    engine.log("Oab", timedelta(minutes=1), Request("new@contoso.test"))
    while parts.mark is not None:
        parts.take(engine.call(rows=2, counted=parts.counted))
    assert "third@contoso.test" not in {row.person for row in parts.rows.values()}
    with grows.open("ab") as log:
        log.write(rest.encode())
    parts.take(engine.call(counted=parts.counted))
    assert {row.person: row.requests for row in parts.rows.values()} == dict.fromkeys(
        (f"{name}@contoso.test" for name in ("late", "first", "ews", "second", "third", "new")), 1
    )
    assert (parts.mark, parts.odd) == (None, 0)


@pytest.mark.matrix
def test_a_file_that_is_locked_between_two_calls_is_counted_on_where_it_was(engine: Engine) -> None:
    hour = timedelta(hours=1)
    newer = engine.log("Mapi", hour, *(Request(f"{name}@contoso.test") for name in ("a", "b", "c")))
    engine.log("Ews", 2 * hour, *(Request(f"{name}@contoso.test") for name in ("d", "e", "f")))
    parts = tally(engine.call(rows=2))
    assert parts.counted["Mapi/" + newer.name].lines > 0
    with newer.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        parts.take(engine.call(rows=2, counted=parts.counted))
    assert [gap.file for gap in parts.gaps] == ["Mapi/" + newer.name]
    while parts.mark is not None:
        parts.take(engine.call(counted=parts.counted))
    assert {row.person: row.requests for row in parts.rows.values()} == dict.fromkeys(
        (f"{name}@contoso.test" for name in "abcdef"), 1
    )
    assert (parts.gaps, parts.lines) == ([], 6)
