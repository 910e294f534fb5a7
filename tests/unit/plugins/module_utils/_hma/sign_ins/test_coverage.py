# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A day without a log was not measured, of a server as of one protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Mark, Tally
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import (
    Coverage,
    Seen,
    Window,
    days_between,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import Measurement, ServerCount
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result, headline, view

WINDOW = Window.of(datetime(2026, 11, 26, 20, 0, tzinfo=UTC), 14)
DAYS = [f"2026-11-{day:02d}" for day in range(12, 27)]


def of(days: list[str], first: str = "", last: str = "") -> Seen:
    return Seen(first or f"{days[0]}T20:00:03", last or f"{days[-1]}T19:59:00", set(days))


MAPI = of(DAYS)


def counted(**protocols: Seen) -> ServerCount:
    return ServerCount.of("EX1", Tally(room=9, protocols=protocols), WINDOW, 900)


@pytest.mark.parametrize(
    ("protocols", "begin", "days"),
    [
        ({"mapi": MAPI}, "2026-11-12T20:00:03", 14),
        # Logs of EWS were deleted earlier, as their folder has its own size.
        ({"mapi": MAPI, "ews": of(DAYS[8:], "2026-11-20T00:00:00")}, "2026-11-20T00:00:00", 6),
        # Somebody used RPC once, early or late: that says nothing about when its logs begin.
        ({"mapi": MAPI, "rpc": of(["2026-11-20"])}, "2026-11-12T20:00:03", 14),
        ({"mapi": MAPI, "rpc": of(["2026-11-26"])}, "2026-11-12T20:00:03", 14),
        # Two days, 14 apart, and nothing between them.
        ({"mapi": of(["2026-11-12", "2026-11-26"])}, "2026-11-26T00:00:00", 0),
        ({"mapi": of([*DAYS[:5], *DAYS[9:]])}, "2026-11-21T00:00:00", 5),
        # What one protocol lacks another one has: the server was there, and the protocol has its own coverage.
        ({"mapi": of([*DAYS[:5], *DAYS[9:]]), "ews": MAPI}, "2026-11-12T20:00:03", 14),
    ],
)
def test_a_server_is_measured_from_the_last_day_without_a_log_on(
    protocols: dict[str, Seen], begin: str, days: int
) -> None:
    found = counted(**protocols)
    assert (found.begin, found.days) == (begin, days)


def test_the_days_that_no_log_has_are_said() -> None:
    found = counted(mapi=of(["2026-11-12", "2026-11-26"]))
    assert found.incomplete_because == ("Not measured: 2026-11-13 to 2026-11-25. No log has a line of that time.")
    assert (found.unread, found.coverage["mapi"].days) == (None, 0)
    assert found.as_json()["coverage"]["mapi"]["missing"] == DAYS[1:-1]


def test_logs_that_begin_later_than_was_asked_for_are_no_hole() -> None:
    found = counted(mapi=of(DAYS[8:]))
    assert (found.complete, found.days) == (True, 6)
    assert found.coverage["mapi"].missing == DAYS[1:8]


def test_each_protocol_has_its_own_days() -> None:
    found = counted(mapi=MAPI, ews=of([*DAYS[:5], *DAYS[9:]]))
    assert {name: own.days for name, own in found.coverage.items()} == {"mapi": 14, "ews": 5}
    assert found.complete


def test_a_protocol_whose_logs_ended_is_not_measured_and_the_page_says_since_when() -> None:
    found = counted(mapi=MAPI, ews=of(DAYS[:6], last="2026-11-17T20:00:00"))
    assert (found.complete, found.protocols, found.unread) == (False, ["mapi"], None)
    assert found.incomplete_because == "ews was not measured since 2026-11-18: its logs end the day before."
    assert found.coverage["ews"] == Coverage(None, 0, DAYS[6:-1], "2026-11-18")
    assert found.as_json()["coverage"]["ews"]["not_measured_since"] == "2026-11-18"
    measured = Measurement("r", "2026-11-26T20:00:00Z", False, [found])
    assert headline(measured) == "Not every sign-in was counted on 1 of 1 server"
    shown: dict[str, Any] = view(Result.of(measured, None, None))
    assert shown["status"] == "not_checked"
    assert shown["servers"][0]["protocols"] == "mapi (14 days); ews (not measured since 2026-11-18)"


def test_while_files_are_left_nobody_knows_what_the_logs_lack() -> None:
    tally = Tally(room=9, protocols={"mapi": of(["2026-11-12", "2026-11-26"])})
    assert tally.not_measured(WINDOW)
    assert tally.by_protocol(WINDOW)["mapi"].missing == DAYS[1:-1]
    tally.mark = Mark("Mapi/x.LOG", 12, "2026-11-20T20:00:00")
    assert tally.not_measured(WINDOW) == []
    # Logs of later days were read, and have none.
    assert tally.by_protocol(WINDOW)["mapi"].missing == tally.coverage(WINDOW).missing == DAYS[9:-1]


def test_days_are_whole_and_a_first_line_a_little_later_costs_none() -> None:
    assert days_between("2026-11-12T20:00:03", WINDOW.until) == 14
    assert days_between("2026-11-12T22:00:03", WINDOW.until) == 13
    assert days_between(WINDOW.until, WINDOW.since) == 0
