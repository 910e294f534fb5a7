# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of another forest have a way out, and an excluded server is a door that is named, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.findings import counted, findings, to_stop
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import SignIn
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import Forest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import LAST, POLICIES, Wave

from tests.unit.support.policies import (
    config,
    exchange,
    known,
    measurement,
    modern,
    person,
    policy,
    server,
    sign_in,
    wanted,
)

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
    assert counted(found.placed(), found.foreign_lines())["out"] == 1
    assert wave("1", *sign_ins, exceptions={STRANGER: REASON}).foreign_lines() == []


def test_a_name_that_not_even_the_logs_have_is_still_nobodys() -> None:
    found = wave(LAST, *modern("CORP\\ann"), exceptions={STRANGER: REASON})
    assert blocking(found) == [("HMA-POL-007", STRANGER)]
    said = next(item for item in judged(found) if item.blocks)
    assert "and the logs do not have it" in said.message
    assert "take it out of hma_block_exceptions" in said.fix


def test_no_name_is_not_what_anonymous_requests_have() -> None:
    found = wave(LAST, *modern("CORP\\ann"), sign_in("", authentication="anonymous"), exceptions={"": REASON})
    assert blocking(found) == [("HMA-POL-007", "")]


def test_somebody_with_the_same_account_name_is_not_held_up_by_it() -> None:
    other = sign_in("DOMAIN2\\ann", authentication="legacy")
    assert [item.place for item in wave("1", *modern("CORP\\ann"), other).placed()] == ["out"]
    named = wave("1", *modern("CORP\\ann"), other, exceptions={"DOMAIN2\\ann": REASON})
    assert [item.place for item in named.placed()] == ["in"]


@pytest.mark.parametrize(
    ("name", "others", "domains", "held"),
    [
        # Nobody of her domain is in the logs as DOMAIN\\account: OLD may be what it is called.
        ("OLD\\ann", ["ann@contoso.test"], {}, True),
        ("OLD\\ann", ["CORP\\ann"], {}, False),
        ("OLD\\ann", ["CORP\\carl"], {}, False),
        ("OLD\\ann", ["ann@contoso.test"], {"OLD": "old.example"}, False),
        ("OLD\\other", ["ann@contoso.test"], {}, False),
        # A domain of another forest that begins as ours does.
        ("corp.fabrikam.test\\ann", ["CORP\\ann"], {}, True),
        # An old sign-in name of hers ends as ours do.
        ("ann@mail.test", ["CORP\\ann"], {}, True),
        ("ann@elsewhere.test", ["CORP\\ann"], {}, False),
        ("ann", ["CORP\\ann"], {}, True),
    ],
)
def test_an_exception_of_the_logs_that_may_be_one_of_ours_lets_nobody_be_cut_off(
    name: str, others: list[str], domains: dict[str, str], held: bool
) -> None:
    carl = person(3, "carl", addresses=frozenset({"carl@mail.test"}))
    forest = Forest.of([ANN, carl], domains)
    seen = [*(item for other in others for item in modern(other)), sign_in(name, authentication="legacy")]
    places = {}
    for number in ("1", LAST):
        found = wave(
            number, *modern("ann@contoso.test"), *seen, exceptions={name: REASON}, forest=forest,
            accounts={"ann@contoso.test": AccountState.SYNCHRONIZED, "carl@contoso.test": AccountState.SYNCHRONIZED},
        )  # fmt: skip
        places[number] = next(item for item in found.placed() if item.person.name == "ann")
        assert [rule for rule, _name in blocking(found)] == (["HMA-POL-008"] if held and number == LAST else [])
    assert [item.place for item in places.values()] == (["out", "stops"] if held else ["in", "in"])
    assert all(("may be" in item.reason and "hma_block_domains" in item.reason) is held for item in places.values())


def test_a_service_account_that_an_exception_of_the_logs_may_mean_is_held_and_named_itself_it_is_let_in() -> None:
    service = person(4, "svc", kind="User")
    seen = [sign_in("OLD\\svc", "ews", "legacy")]
    policies = [policy("HMA only", ["Mapi"]), policy("HMA exceptions")]
    given = {"config": config("HMA only"), "policies": policies}
    for exceptions, place in (
        ({"OLD\\svc": REASON}, "stops"),
        ({"OLD\\svc": REASON, "svc@contoso.test": "x"}, "excepted"),
    ):
        for number, other in ((LAST, {}), (POLICIES, given)):
            found = Wave.of(wanted(number, exceptions=exceptions), known([service], measurement(*seen), **other))
            assert [item.place for item in found.placed()] == [place]


def test_an_exception_whose_policy_somebody_took_away_is_said_how_to_let_in() -> None:
    asked = wanted(POLICIES, exceptions={"ann@contoso.test": REASON})
    seen = measurement(sign_in("CORP\\ann", "ews", "legacy"))
    found = Wave.of(asked, known([replace(ANN, policy="HMA only")], seen, policies=[policy("HMA only", ["Mapi"])]))
    said = next(item for item in judged(found) if item.blocks)
    assert "run New-AuthenticationPolicy -Name 'HMA exceptions' -Confirm:$false first" in said.message


def test_an_excluded_server_that_nobody_measured_is_named_and_stops_nothing() -> None:
    found = wave("1", *modern("CORP\\ann"), excluded=[exchange(name="OLD1")])
    said = [item for item in judged(found) if item.id == "HMA-POL-011"]
    assert [(item.status, item.object) for item in said] == [("warn", "OLD1")]
    assert "who signs in there (it is not in the file: its sign-ins were not measured). Whoever" in said[0].message
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
    assert "people sign in there, last on 2026-11-25: CORP\\bob" in said.message
    # Nobody takes every server for measured beside it.
    assert [item.status for item in judged(found) if item.id == "HMA-POL-006"] == ["fail"]


def test_an_excluded_server_that_people_signed_in_to_long_ago_is_a_dead_one() -> None:
    used = replace(sign_in("CORP\\bob", authentication="legacy", days_ago=15), server="OLD1")
    measured = measurement(*modern("CORP\\ann"), used, servers=[server(), server("OLD1")])
    found = Wave.of(wanted("1", ["ann@contoso.test"]), known([ANN], measured, excluded=[exchange(name="OLD1")]))
    assert [item for item in judged(found) if item.object == "OLD1"] == []


def test_an_excluded_server_that_could_not_be_counted_is_not_called_measured() -> None:
    lost = server("OLD1", until=None, unread="it was not reached", protocols={})
    measured = measurement(*modern("CORP\\ann"), servers=[server(), lost])
    found = Wave.of(wanted("1", ["ann@contoso.test"]), known([ANN], measured, excluded=[exchange(name="OLD1")]))
    said = [item for item in judged(found) if item.id == "HMA-POL-011"]
    assert [(item.status, item.object) for item in said] == [("warn", "OLD1")]
    assert "it was not reached" in said[0].message


def test_an_excluded_server_that_was_measured_and_nobody_signs_in_to_is_no_door() -> None:
    measured = measurement(*modern("CORP\\ann"))
    silent = replace(measured, servers=(*measured.servers, replace(measured.servers[0], server="OLD1")))
    found = Wave.of(wanted("1", ["ann@contoso.test"]), known([ANN], silent, excluded=[exchange(name="OLD1")]))
    assert [item for item in judged(found) if item.object == "OLD1"] == []
