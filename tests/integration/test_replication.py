# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branch offices: step 5 waits until every site's domain controller sees what was prepared."""

from __future__ import annotations

import time

import pytest

from tests.integration.invariant import holds
from tests.integration.story import Begin, Play, ended, reports, step5
from tests.lab.client import LabClient

DC2 = "dc2.corp.contoso.test"


@pytest.mark.matrix
@pytest.mark.scenario("branch_office")
def test_step_5_waits_for_the_branch_office(lab: LabClient, begin: Begin, play: Play) -> None:
    start = lab.state()
    run = play("enable_hma", hma_replication_deadline=1)
    assert run.code != 0
    assert f"{DC2} (used by EX3) sees otherwise: AuthServer 'EvoSTS'" in run.text, run.output
    assert "raise hma_replication_deadline" in run.text
    assert any(f"{DC2} (used by EX3) sees otherwise" in problem["message"] for problem in reports(lab)[-1]["problems"])
    assert step5(lab) == []
    holds(lab, start)

    # The next run waits; a quarter of an hour later, by the lab's clock, it goes on by itself.
    # Without what the first run sent: the loop is to see the reads of this one.
    lab.clear()
    process = begin("enable_hma", hma_replication_deadline=120)
    deadline = time.monotonic() + 120
    while not any(
        item["host"] == "EX4" and item["parameters"].get("DomainController") == DC2
        for item in lab.journal("cmdlet")[-40:]
    ):
        assert process.poll() is None, "".join(process.communicate())
        assert time.monotonic() < deadline
        time.sleep(0.2)
    lab.advance(900)
    run = ended(process)
    assert run.code == 0, run.output
    # It says what it waits for, and until when, once a minute.
    assert run.text.count("1 of 2 domain controllers do not see the same yet") == 1
    assert f"do not see the same yet ({DC2}); at the latest until" in run.text
    holds(lab, start)


@pytest.mark.long
def test_a_domain_controller_out_of_reach_is_not_checked_and_said(lab: LabClient, play: Play) -> None:
    """Its server's own connection still reads through it; only the writer's view of it is missing."""
    lab.change(["organizations", 0, "controllers_down_for"], {"EX4": [DC2]})
    run = play("enable_hma")
    assert run.code == 0, run.output
    assert f"Replication to {DC2} is not checked" in run.text
