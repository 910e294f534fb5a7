# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""enable_owa_hma where what has to be seen cannot be: nothing is changed on a server whose pages nobody can ask."""

from __future__ import annotations

import pytest

from tests.integration.story import Play
from tests.integration.test_verify_hma import inventory
from tests.integration.test_web_sign_in_modules import sent
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("owa_ready")


@pytest.mark.matrix
def test_nothing_is_changed_where_the_host_that_asks_is_not_reached(lab: LabClient, play: Play) -> None:
    start = lab.state()
    outside = {"outside": {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}}
    run = play("enable_owa_hma", inventory=inventory(lab, outside, hma_probe_from="outside"))
    assert run.code != 0
    assert lab.state() == start, run.output
    assert sent(lab) == []


@pytest.mark.matrix
def test_nothing_is_changed_on_a_server_whose_page_does_not_answer_at_all(lab: LabClient, play: Play) -> None:
    lab.fault(at="web", host="EX2", directory="ecp", action="drop")
    for run in (play("enable_owa_hma", "--check"), play("enable_owa_hma", hma_probe_deadline=0)):
        assert run.code != 0
        assert "could not be seen after a change, so that nothing is changed" in run.text, run.output
        assert "Nothing was written on this server by this run" in run.text
    assert sent(lab) == []
