# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way out server by server: who is asked, who did it, and what is said."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.attempts import switch_attempts


def off(live: bool | None = None, **more: Any) -> dict[str, Any]:
    return {"changed": True, "run_id": "R", **({} if live is None else {"live": live}), **more}


@pytest.mark.parametrize(
    ("first", "others", "off_on"),
    [
        (off(live=False), False, ["ex1"]),
        (off(live=True), True, []),
        (off(failed=True, msg="a policy", everywhere=True), False, []),
        (off(failed=True, msg="no route"), True, []),
        ({}, True, []),
        ({**off(live=False), "run_id": "another"}, True, []),
    ],
)
def test_another_server_is_asked_only_where_it_may_help(first: dict[str, Any], others: bool, off_on: list[str]) -> None:
    hostvars = {
        "localhost": {"hma_started_run": "R", "groups": {"mail": ["ex1", "ex2"]}},
        "ex1": {"hma_disable_result": first},
        "ex2": {},
    }
    found = switch_attempts(hostvars, "mail")
    assert (found["first"], found["ask_others"], found["off_on"]) == ("ex1", others, off_on)


def test_why_nobody_switched_off_is_said_once() -> None:
    dark = {"unreachable": True, "run_id": "R", "msg": "dark"}
    hostvars = {
        "localhost": {"hma_started_run": "R"},
        "ex1": {"hma_off_result": {"failed": True, "run_id": "R", "msg": "refused"}, "hma_host_read": dark},
        "ex2": {"hma_host_read": dark},
        "ex3": {"hma_host_read": {"changed": False, "run_id": "R", "server": "ex3.corp.test"}},
    }
    found = switch_attempts(hostvars, ["ex1", "ex2", "ex3"])
    assert (found["reasons"], found["answered"]) == (["refused", "dark"], ["ex3"])


@pytest.mark.parametrize(
    ("results", "unseen_on"),
    [
        ([off(failed=True, policies_unseen=True), off(failed=True, msg="dark")], "ex1"),
        # The first one is down, and the one that answers is too old to know policies.
        ([off(unreachable=True, msg="dark"), off(failed=True, policies_unseen=True)], "ex2"),
        ([off(failed=True, policies_unseen=True), off(live=False)], ""),
        ([off(failed=True, policies_unseen=True), off(failed=True, msg="a policy", everywhere=True)], ""),
        ([off(failed=True, msg="dark"), off(failed=True, msg="dark")], ""),
    ],
)
def test_a_server_that_shows_no_policies_is_the_last_resort_wherever_it_stands(
    results: list[dict[str, Any]], unseen_on: str
) -> None:
    hosts = {host: {"hma_disable_result": result} for host, result in zip(("ex1", "ex2"), results, strict=True)}
    found = switch_attempts({"localhost": {"hma_started_run": "R"}, **hosts}, ["ex1", "ex2"])
    assert found["unseen_on"] == unseen_on
