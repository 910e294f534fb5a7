# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counting call by call, and what is kept between: nothing is lost, nobody else reads it, and no name is printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Row, Tally
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Coverage, Window
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.mailboxes import Mailbox
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import (
    Measurement,
    Part,
    ServerCount,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.contract import Answer, HostIdentity
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import (
    ExchangeError,
    NotLocal,
    Unreachable,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render_sign_ins
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sign_ins.counter import Counter
from ansible_collections.hybrid.exchange.plugins.plugin_utils._sign_ins.parts import Parts

WINDOW = Window("2026-11-12T20:00:00", "2026-11-26T20:00:00")
EX1 = HostIdentity("EX1", "ex1.contoso.test", "5.1", "Desktop")


def counted(person: str, mark: str = "") -> CmdletResult:
    total = {
        "folder": "C:\\logs", "mark_file": mark, "mark_time": "2026-11-20T20:00:00" if mark else "",
        "mark_line": 7 if mark else 0, "left": 1, "lines": 1, "ignored": 0, "refused": 0, "odd": 0, "gaps": 0,
    }  # fmt: skip
    row = "\t".join(["2026-11-20T10:00:00"] * 2 + ["1", "mapi", "Bearer", "Outlook", person])
    progress = [{"file": mark, "counted": 7, "size": -1}] if mark else []
    return CmdletResult([*progress, total, {"row": row}], [], [])


class Shell:
    """Answers as told; an exception is raised. Each call takes ten seconds of the clock."""

    def __init__(self, *answers: CmdletResult | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[Cmdlet] = []
        self.now = 0.0

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        self.asked += cmdlets
        self.now += 10
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Answer(EX1, [answer], None, "winrm")


def count(shell: Shell, tally: Tally, limit: int = 900) -> list[Answer]:
    kept: list[Answer] = []
    Counter("ex1", WINDOW, limit, None, kept.append, lambda: shell.now).count(shell, tally)
    return kept


def test_it_goes_on_at_the_mark_until_there_is_none() -> None:
    shell, tally = Shell(counted("a", "Mapi/1.LOG"), counted("b", "Mapi/2.LOG"), counted("c")), Tally(room=9)
    assert len(count(shell, tally)) == 3
    first, second = "7|-1|Mapi/1.LOG", "7|-1|Mapi/2.LOG"
    assert [item.parameters["Counted"] for item in shell.asked] == [[], [first], [first, second]]
    assert sorted(row.person for row in tally.rows.values()) == ["a", "b", "c"]


def test_the_time_is_that_of_all_calls() -> None:
    shell, tally = Shell(*(counted("a", "Mapi/1.LOG") for _call in range(9))), Tally(room=9)
    count(shell, tally, limit=25)
    assert [item.parameters["Seconds"] for item in shell.asked] == [25, 15, 5]
    assert tally.mark is not None


def test_what_was_counted_before_a_connection_broke_was_kept() -> None:
    shell, tally, kept = Shell(counted("a", "Mapi/1.LOG"), Unreachable("ex1: lost")), Tally(room=9), list[Answer]()
    with pytest.raises(Unreachable):
        Counter("ex1", WINDOW, 900, None, kept.append, lambda: shell.now).count(shell, tally)
    assert len(kept) == 1
    assert [row.person for row in tally.rows.values()] == ["a"]


def test_a_refusal_says_what_to_do() -> None:
    denied = CmdletResult([], [ErrorRecord("x", "x", "x", "x", "Access to the path is denied.")], [])
    with pytest.raises(
        ExchangeError, match=r"ex1: the logs were not read: Access to the path is denied. Next: see that"
    ):
        count(Shell(denied), Tally(room=9))
    with pytest.raises(NotLocal, match=r"has Exchange's cmdlets and no files. Next: reach this server by winrm"):
        count(Shell(NotLocal("Get-HttpProxySignIn")), Tally(room=9))


def part(*people: str) -> Part:
    tally = Tally(room=9)
    for person in people:
        tally.add(Row(person, "mapi", "Bearer", "Outlook", 1, "2026-11-20T10:00:00", "2026-11-20T10:00:00"))
    return Part("EX1", WINDOW, 900, tally)


def test_parts_are_their_owner_s_and_come_back_for_their_run_alone(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "measured")
    path = Path(parts.keep("../ex1/\u00e9", part("alice"), "R1"))
    assert path.parent == tmp_path / "measured" / "parts"
    assert path.stat().st_mode & 0o777 == 0o600
    assert parts.of("../ex1/\u00e9", "R1") == parts.of("../ex1/\u00e9") == part("alice")
    assert parts.of("../ex1/\u00e9", "R2") is None
    parts.keep_mailboxes([Mailbox("a@x", "a", "a@x", person=True)], "R1")
    assert parts.mailboxes("R1") == [Mailbox("a@x", "a", "a@x", person=True)]
    assert parts.mailboxes("R2") is None
    parts.forget(["../ex1/\u00e9", "never"])
    parts.forget_mailboxes()
    assert list((tmp_path / "measured" / "parts").iterdir()) == []


def test_a_part_that_is_broken_is_one_message(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    path = Path(parts.keep("ex1", part(), "R1"))
    path.write_text('{"run"', "utf-8")
    with pytest.raises(ParseError, match=r"server-ex1.json cannot be read: it is no JSON. Take the file away"):
        parts.of("ex1")
    path.write_text("[]", "utf-8")
    with pytest.raises(ParseError, match=r"server-ex1.json cannot be read: it is no object of JSON. Take the file"):
        parts.of("ex1")


@pytest.mark.parametrize("key", ["counted", "folder", "odd", "protocols"])
def test_a_part_of_another_version_is_no_matter_of_roles(tmp_path: Path, key: str) -> None:
    parts = Parts(tmp_path)
    path = Path(parts.keep("ex1", part("alice"), "R1"))
    kept = json.loads(path.read_text("utf-8"))
    del kept[key]
    path.write_text(json.dumps(kept), "utf-8")
    with pytest.raises(ParseError, match=r"another version of the collection kept it. Take the file away") as caught:
        parts.of("ex1")
    assert "roles" not in str(caught.value)


def test_the_key_of_the_pseudonyms_is_made_once_and_is_secret(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    key = parts.key()
    assert parts.key() == key
    assert (tmp_path / "mask.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "mask.key").write_bytes(b"short")
    with pytest.raises(Refused, match="is no key of pseudonyms"):
        parts.key()


def test_a_folder_that_cannot_be_is_said_by_the_name_of_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(Refused, match=r"Set hma_measure_dir to a folder of yours"):
        Parts(tmp_path / "file").keep("ex1", part(), "R1")


def _of(*rows: Row) -> Result:
    server = ServerCount("EX1", WINDOW.since, WINDOW.until, 14, None, {"mapi": Coverage(WINDOW.since, 14, [])}, rows)
    return Result.of(Measurement("R", "2026-11-26T20:00:00Z", False, [server]), None, None)


def test_nothing_of_others_is_markup_on_the_page() -> None:
    hostile: dict[str, Any] = {"person": "<script>alert(1)</script>", "client": "<img src=x>", "type": "Magic\"'>"}
    rows = [Row(protocol="mapi", requests=1, first=WINDOW.since, last=WINDOW.since, **hostile)]
    page = render_sign_ins(_of(*rows)).decode("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "script-src" not in page
    assert json.dumps(_of(*rows).people_json())
