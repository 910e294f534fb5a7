# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""register_spns registers what can be registered, and does not call every name registered where a URL gives none."""

from __future__ import annotations

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient


@pytest.mark.matrix
@pytest.mark.scenario("single_label")
def test_a_url_that_gives_no_name_is_no_name_registered(lab: LabClient, play: Play) -> None:
    foreseen = play("register_spns", "--check")
    assert foreseen.code == 2, foreseen.output
    assert lab.writes() == []
    done = play("register_spns")
    assert done.code == 2, done.output
    assert done.changed == foreseen.changed > 0
    for run in (foreseen, done):
        assert "register_spns: Not ready." in run.text, run.output
        assert "HMA-NAME-001" in " ".join(run.screen), run.output
    assert {item["status"] for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-SPN-001"} == {"pass"}
