# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counting: rows of several calls are one, coverage is honest, and what the counts lack is said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import (
    Mark,
    Progress,
    Row,
    Tally,
    cmdlet,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Window
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import Part, ServerCount, once

WINDOW = Window.of(datetime(2026, 11, 26, 20, 0, tzinfo=UTC), 14)
TOTAL = {
    "folder": "C:\\logs", "mark_file": "", "mark_time": "", "mark_line": 0, "left": 0, "lines": 10, "ignored": 1,
    "refused": 2, "odd": 0, "gaps": 0,
}  # fmt: skip
ALL_DAYS = [f"2026-11-{day:02d}" for day in range(12, 27)]
MAPI = {"protocol": "mapi", "first": "2026-11-12T20:00:03", "last": "2026-11-26T19:59:00", "days": ALL_DAYS}


def row(
    person: str, requests: int = 1, protocol: str = "mapi", kind: str = "Bearer", client: str = "Outlook"
) -> dict[str, Any]:
    text = "\t".join(["2026-11-20T10:00:00", "2026-11-21T10:00:00", str(requests), protocol, kind, client, person])
    return {"row": text}


def answer(*objects: dict[str, Any], **total: Any) -> CmdletResult:
    return CmdletResult([{**TOTAL, **total}, *objects], [], [])


def tally(*results: CmdletResult, room: int = 100) -> Tally:
    found = Tally(room=room)
    for result in results:
        found.take(result)
    return found


def test_rows_of_several_calls_are_one_and_names_differ_in_ascii_case_alone() -> None:
    found = tally(answer(row("Alice@x", 2)), answer(row("alice@X", 3), row("Stra\u00dfe@x"), row("strasse@x")))
    assert sorted((item.person, item.requests) for item in found.rows.values()) == [
        ("Alice@x", 5), ("Stra\u00dfe@x", 1), ("strasse@x", 1),
    ]  # fmt: skip
    assert (found.lines, found.ignored, found.refused) == (20, 2, 4)


def test_a_name_may_have_tabs_and_lines() -> None:
    assert [item.person for item in tally(answer(row("a\tb\nc"))).rows.values()] == ["a\tb\nc"]


@pytest.mark.parametrize(
    ("person", "kind", "authentication"),
    [
        ("a", "Bearer", "modern"), ("a", "OAuth", "modern"), ("a", "Negotiate", "legacy"), ("a", "NTLM", "legacy"),
        ("a", "Kerberos", "legacy"), ("a", "basic", "legacy"), ("a", "", "unknown"), ("a", "Magic", "unknown"),
        ("", "Bearer", "anonymous"),
    ],
)  # fmt: skip
def test_authentication(person: str, kind: str, authentication: str) -> None:
    assert Row(person, "mapi", kind, "", 1, "", "").authentication == authentication


def test_what_has_no_room_is_counted_and_said() -> None:
    found = tally(answer(row("a"), row("b", 7), row("a", 2)), room=1)
    assert [item.requests for item in found.rows.values()] == [3]
    assert "more than 1 combinations of person, protocol and client: 7 requests" in str(found.incomplete_because(9))


def test_a_mark_says_until_where_it_was_counted() -> None:
    marked = answer(
        {"file": "Mapi/x.LOG", "counted": 12, "size": -1},
        MAPI,
        row("a"),
        mark_file="Mapi/x.LOG",
        mark_time="2026-11-20T20:00:00",
        mark_line=12,
        left=30,
    )
    found = ServerCount.of("EX1", tally(marked), WINDOW, 900)
    assert (found.begin, found.days, found.complete) == ("2026-11-20T20:00:00", 6, False)
    assert found.incomplete_because == (
        "The time limit of 900 seconds was reached at Mapi/x.LOG, line 12; 30 files were not counted in full. Run it "
        "again with -e hma_measure_continue=true to go on there."
    )
    again = cmdlet(WINDOW, 45, tally(marked).counted, None).parameters
    assert again["Counted"] == ["12|-1|Mapi/x.LOG"]


def test_each_file_that_was_not_read_is_said_once_however_many_calls_met_it() -> None:
    gap = {"gap": "Ews/a.LOG", "reason": "It is locked."}
    found = tally(answer(MAPI, gap, gaps=3), answer(gap, gaps=3))
    assert found.incomplete_because(9) == "Not checked: Ews/a.LOG (It is locked), and 2 more."


def test_a_few_odd_lines_are_no_gap_and_many_are() -> None:
    assert tally(answer(MAPI, lines=1000, odd=10)).incomplete_because(9) is None
    assert tally(answer(MAPI, lines=1000, odd=90)).incomplete_because(9) == "90 of 1090 lines cannot be read."


def test_no_line_at_all_is_not_complete() -> None:
    found = ServerCount.of("EX1", tally(answer()), WINDOW, 9)
    assert (found.complete, found.begin, found.days) == (False, None, 0)
    assert (
        found.incomplete_because == "There is no line of the time since 2026-11-12T20:00:00Z in the logs in C:\\logs."
    )


def test_an_answer_without_totals_is_none() -> None:
    with pytest.raises(ParseError, match="no totals"):
        tally(CmdletResult([row("a")], [], []))


def test_a_time_that_is_none_is_an_odd_line() -> None:
    found = tally(answer({"row": "2026-13-20T10:00:00\t2026-11-21T10:00:00\t4\tmapi\tBearer\tOutlook\ta"}))
    assert (found.rows, found.odd) == ({}, 4)


def test_a_part_comes_back_as_it_was_kept() -> None:
    found = tally(
        answer(
            MAPI,
            row("a"),
            {"gap": "x", "reason": "y"},
            {"file": "f", "counted": 1, "size": -1},
            {"file": "e", "counted": 12, "size": 4000},
            mark_file="f",
            mark_time="2026-11-20T20:00:00",
            mark_line=1,
            gaps=1,
        )
    )
    part = Part("EX1", WINDOW, 900, found)
    back = Part.from_facts(Properties(part.facts(), "a part"))
    assert back == part
    assert back.tally.mark == Mark("f", 1, "2026-11-20T20:00:00")
    assert back.tally.counted["e"] == Progress(12, 4000)
    assert back.stopped("it was lost.").incomplete_because == f"it was lost. {part.count.incomplete_because}"


def test_a_server_that_two_hosts_lead_to_is_counted_once() -> None:
    one = ServerCount.of("EX1", tally(answer(MAPI, row("a"))), WINDOW, 9)
    found = once({"ex1": one, "ex1b": one, "ex2": ServerCount.none("ex2", "lost")})
    assert [item.server for item in found] == ["EX1", "ex1b", "ex2"]
    assert [len(item.rows) for item in found] == [1, 0, 0]
    assert "two hosts of the inventory lead to EX1" in str(found[1].incomplete_because)


def test_a_file_that_was_locked_and_was_counted_later_is_no_gap() -> None:
    gap = {"gap": "Ews/a.LOG", "reason": "It is locked."}
    first = answer(MAPI, gap, gaps=1, mark_file="Ews/b.LOG", mark_time="2026-11-20T20:00:00", mark_line=1, left=1)
    found = tally(first, answer({"file": "Ews/a.LOG", "counted": 9, "size": 100}))
    assert (found.gaps, found.incomplete_because(9)) == ([], None)
