# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last line of a run, and the way out server by server: what is said, and where it comes from."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.filter.run_end import run_end
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.attempts import switch_attempts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.conclusion import (
    Conclusion,
    Ended,
    of_audit,
    of_chain,
    of_disable,
)

SWITCH = "Step 5, default authorization endpoint and modern authentication"
UNKNOWN = "Whether Hybrid Modern Authentication was enabled is not known."
CHECKED = "Check mode: nothing was changed. What is marked changed above is done by the same command without --check."
NOT_ENABLED = "Hybrid Modern Authentication was not enabled by this run."


def ended(
    playbook: str = "enable_hma",
    *,
    problems: int = 0,
    switch: dict[str, Any] | None = None,
    probe: dict[str, Any] | None = None,
    **run: Any,
) -> Ended:
    about = {"id": "R", "mode": "apply", "playbook": playbook, "enabled": False, "stopped": "", **run}
    facts = {
        "run": about,
        "settings": {},
        "probe": probe or {},
        "steps": [{"step": SWITCH, "results": {"ex1": switch or {}}}],
    }
    return Ended(facts, problems, ["my inventory"])


@pytest.mark.parametrize(
    ("found", "complete", "begins", "holds"),
    [
        (ended(enabled=True), True, "Hybrid Modern Authentication is on. Run R.", ""),
        (ended(mode="check"), True, f"{CHECKED} Run R.", ""),
        (
            ended(mode="check", probe={"msg": "3 ready."}),
            True,
            f"{CHECKED} What clients are offered today, before any change: 3 ready. Run R.",
            "",
        ),
        (
            ended("verify_hma", mode="check", probe={"msg": "3 ready."}),
            True,
            "Check mode: nothing was changed. What clients are offered: 3 ready. Run R.",
            "",
        ),
        (ended("register_spns"), True, "Done. Run R.", ""),
        (
            ended(enabled=True, probe={"msg": "3 ready.\nmore"}),
            True,
            "Hybrid Modern Authentication is on. What clients are offered: 3 ready. Run R.",
            "",
        ),
        (ended("prepare_vdirs", problems=1), False, "This run is not complete.", "name the reason"),
        (ended(stopped="Step 1, prerequisites"), False, NOT_ENABLED, "It stopped at: Step 1, prerequisites."),
        (ended(stopped="Step 5, enable", switch={"uncertain": True}), False, UNKNOWN, "Step 5, enable"),
        (
            ended(stopped="Step 6, verify", enabled=True),
            False,
            "Hybrid Modern Authentication was enabled, but not all of it is proven.",
            "The way back: ansible-playbook hybrid.exchange.disable_hma -i 'my inventory'",
        ),
    ],
)
def test_the_end_of_the_chain(found: Ended, complete: bool, begins: str, holds: str) -> None:
    end = of_chain(found)
    assert end.complete is complete
    assert end.message.startswith(begins)
    assert holds in end.message
    assert ("The way back" in end.message) == (not complete and found.run["enabled"])


def test_an_audit_passes_by_its_policy_and_by_what_clients_are_offered() -> None:
    refuted = {"summary": {"refuted": 1}, "msg": "1 not as expected"}
    assert of_audit(ended("audit_hma"), {"stops": False, "msg": "3 checks"}) == Conclusion(True, "3 checks")
    assert of_audit(ended("audit_hma"), {"stops": True, "msg": "3 checks"}) == Conclusion(False, "3 checks")
    assert of_audit(ended("audit_hma"), {"failed": True, "msg": "hma_policy: there is no check"}) == Conclusion(
        False, "hma_policy: there is no check"
    )
    assert of_audit(ended("audit_hma"), {}) == Conclusion(False, "Nothing was judged.")
    asked = ended("audit_hma", probe=refuted)
    assert of_audit(asked, {"stops": False, "msg": "3 checks"}) == Conclusion(False, "3 checks\n1 not as expected")
    asked.facts["settings"]["hma_audit_fail_on"] = "never"
    assert of_audit(asked, {"stops": False, "msg": "3 checks"}).complete


def test_the_way_out_ends_with_what_is_still_open() -> None:
    assert of_disable(ended("disable_hma"), "", "") == Conclusion(True, "Modern authentication is off. Run R.")
    assert of_disable(ended("disable_hma", mode="check"), "", "").message == f"{CHECKED} Run R."
    assert of_disable(ended("disable_hma"), "the endpoint is another's", "") == Conclusion(
        False, "the endpoint is another's"
    )
    later = of_disable(ended("disable_hma", stopped="Step 6, verify", probe={"msg": "ex2 still offers it"}), "", "")
    assert (later.complete, later.message.endswith("ex2 still offers it")) == (False, True)
    unread = of_disable(ended("disable_hma", stopped="Read the organization"), "", "no route to host")
    assert unread.complete
    assert "because the organization was not read: no route to host" in unread.message


def test_the_end_depends_on_the_playbook() -> None:
    facts = ended("audit_hma").facts
    hostvars: dict[str, Any] = {
        "localhost": {"hma_audit_result": {"changed": False, "run_id": "R", "stops": False, "msg": "3 checks"}}
    }
    assert run_end(facts, hostvars) == {"complete": True, "message": "3 checks", "reports": True}
    hostvars["localhost"]["hma_audit_result"]["run_id"] = "another"
    assert not run_end(facts, hostvars)["complete"]
    hostvars["localhost"]["hma_report_result"] = {"changed": False, "run_id": "R", "problems": [{}]}
    assert not run_end(ended("register_spns").facts, hostvars)["complete"]
    hostvars = {
        "localhost": {"hma_off_server": "ex1"},
        "ex1": {"hma_off_result": {"failed": True, "run_id": "R", "msg": "refused"}},
    }
    assert run_end(ended("disable_hma").facts, hostvars) == {"complete": False, "message": "refused", "reports": False}


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
