# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory that lets nobody in but by OAuth is said by an audit, which changes nothing (HMA-VDIR-003)."""

from __future__ import annotations

import json

import pytest

from tests.integration.story import Play, last_report
from tests.lab.client import LabClient


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_directory_with_oauth_alone_is_a_warning(lab: LabClient, play: Play) -> None:
    alone = {"internal_methods": ["OAuth"], "external_methods": ["OAuth"]}
    lab.change(["organizations", 0, "servers", 0, "directories", "ews"], alone)
    lab.again()
    run = play("audit_hma", hma_audit_fail_on="never")
    assert run.code == 0, run.output
    found = json.loads((last_report(lab) / "report.json").read_text("utf-8"))["findings"]
    said = [item for item in found if item["id"] == "HMA-VDIR-003" and item["status"] == "warn"]
    assert [item["object"] for item in said] == ["EX1 ews"]
    assert lab.writes() == []
