# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of another forest have a way out, and an excluded server is a door that is named, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.findings import findings, to_stop
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import SignIn
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import LAST, Wave

from tests.unit.support.policies import exchange, known, measurement, modern, person, sign_in, wanted

ANN = person(1, "ann")
STRANGER = "DOMAIN2\\user"
REASON = "a scanner of the other forest"


def wave(number: str, *sign_ins: SignIn, exceptions: dict[str, str] | None = None, **other: Any) -> Wave:
    asked = wanted(number, ["ann@contoso.test"] if number == "1" else [], exceptions=exceptions or {})
    return Wave.of(asked, known([ANN], measurement(*sign_ins), **other))


def judged(found: Wave) -> list[Finding]:
    return findings(found, found.placed())


def blocking(found: Wave) -> list[tuple[str, str]]:
    return [(item.id, item.object) for item in judged(found) if item.blocks]


def test_an_account_of_another_forest_stops_the_last_wave_and_the_finding_says_the_way_out() -> None:
    found = wave(LAST, *modern("CORP\\ann"), sign_in(STRANGER, authentication="legacy"))
    assert blocking(found) == [("HMA-POL-008", f"{STRANGER} (of the logs)")]
    said = next(item for item in judged(found) if item.blocks)
    assert "name it in hma_block_exceptions as the logs do, with a reason" in said.fix


def test_named_as_the_logs_name_it_with_a_reason_it_stops_nothing_and_is_shown() -> None:
    sign_ins = [*modern("CORP\\ann"), sign_in(STRANGER, authentication="legacy")]
    found = wave(LAST, *sign_ins, exceptions={STRANGER.lower(): REASON})
    assert blocking(found) == []
    assert not to_stop(judged(found))
    assert found.foreign_lines() == [
        f"out: {STRANGER.lower()} (an exception of the logs: {REASON}; it is no account of this organization, so that "
        "it gets no policy)"
    ]
    assert wave("1", *sign_ins, exceptions={STRANGER: REASON}).foreign_lines() == []


def test_a_name_that_not_even_the_logs_have_is_still_nobodys() -> None:
    found = wave(LAST, *modern("CORP\\ann"), exceptions={STRANGER: REASON})
    assert blocking(found) == [("HMA-POL-007", STRANGER)]


def test_somebody_with_the_same_account_name_is_not_held_up_by_it() -> None:
    other = sign_in("DOMAIN2\\ann", authentication="legacy")
    assert [item.place for item in wave("1", *modern("CORP\\ann"), other).placed()] == ["out"]
    named = wave("1", *modern("CORP\\ann"), other, exceptions={"DOMAIN2\\ann": REASON})
    assert [item.place for item in named.placed()] == ["in"]


def test_an_excluded_server_that_nobody_measured_is_named_and_stops_nothing() -> None:
    found = wave("1", *modern("CORP\\ann"), excluded=[exchange(name="OLD1")])
    said = [item for item in judged(found) if item.id == "HMA-POL-011"]
    assert [(item.status, item.object) for item in said] == [("warn", "OLD1")]
    assert "nobody measured who signs in there: whoever uses legacy authentication there is cut off" in said[0].message
    assert blocking(found) == []


def test_an_excluded_server_that_ignores_policies_stays_open() -> None:
    found = wave("1", *modern("CORP\\ann"), excluded=[exchange("Version 15.1 (Build 2507.6)", "OLD1")])
    said = next(item for item in judged(found) if item.id == "HMA-POL-011")
    assert "it may ignore what a policy blocks" in said.message


def test_an_excluded_server_that_people_sign_in_to_stops_the_wave() -> None:
    used = replace(sign_in("CORP\\bob", authentication="legacy"), server="old1.corp.contoso.test")
    found = wave("1", *modern("CORP\\ann"), used, excluded=[exchange(name="OLD1")])
    assert blocking(found) == [("HMA-POL-006", "OLD1")]
    said = next(item for item in judged(found) if item.blocks)
    assert "people sign in there: CORP\\bob" in said.message


def test_an_excluded_server_that_was_measured_and_nobody_signs_in_to_is_no_door() -> None:
    measured = measurement(*modern("CORP\\ann"))
    silent = replace(measured, servers=(*measured.servers, replace(measured.servers[0], server="OLD1")))
    found = Wave.of(wanted("1", ["ann@contoso.test"]), known([ANN], silent, excluded=[exchange(name="OLD1")]))
    assert [item for item in judged(found) if item.object == "OLD1"] == []
