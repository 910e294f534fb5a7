# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way that clients take, asked before the switch: only what can be true then."""

from __future__ import annotations

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient


@pytest.mark.matrix
def test_a_check_before_the_switch_asks_only_whether_exchange_answers(lab: LabClient, play: Play) -> None:
    """It printed "42 checks: 2 as expected, 40 not", each with the advice to recycle application pools."""
    run = play("enable_hma", "--check")
    assert run.code == 0, run.output
    assert "40 checks: 40 as expected (reachable), 0 not, 0 not proven." in run.text
    assert "application pools" not in run.text
    probed = {item["status"] for item in reports(lab)[0]["findings"] if item["id"].startswith("HMA-PRB-00")}
    assert probed == {"not_applicable"}


@pytest.mark.matrix
def test_a_device_that_signs_people_in_is_met_before_the_switch(lab: LabClient, play: Play) -> None:
    """Step 6 would meet it after the switch, so a check that says nothing of it would not keep its word."""
    lab.fault(at="balancer", action="redirect", to="https://portal.contoso.test/my.policy")
    run = play("enable_hma", "--check")
    assert run.code != 0
    assert "Take pre-authentication off the path to" in run.text
    assert "recycle" not in run.text
    assert lab.writes() == []


@pytest.mark.matrix
def test_the_way_out_in_check_mode_is_not_stopped_by_what_is_still_on(lab: LabClient, play: Play) -> None:
    assert play("enable_hma").code == 0
    run = play("disable_hma", "--check", "-v")
    assert run.code == 0, run.output
    assert '"expected": "reachable"' in run.text
    assert "Switch modern authentication off" not in run.text
