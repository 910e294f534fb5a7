# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration, or a group of all hosts, says for everybody: a run ends with its report all the same."""

from __future__ import annotations

import pytest
import yaml

from tests.integration.story import Play, reports
from tests.lab.client import LabClient


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_control_node_that_is_in_the_inventory(lab: LabClient, play: Play) -> None:
    """Ansible took ssh to it, and that was found out in step 6, after the switch."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    content["all"].setdefault("hosts", {})["localhost"] = {}
    path = lab.folder / "all.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play("audit_hma", inventory=path, hma_audit_probe="y")
    (report,) = reports(lab)
    assert report["problems"] == [], run.output
    assert [item["status"] for item in report["findings"] if item["id"].startswith("HMA-PRB")]


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_any_errors_fatal_of_a_configuration(lab: LabClient, play: Play) -> None:
    """A probe that nobody could make was ignored, and the play ended: no report, and 0 for the code of the run."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    # As winrm of a group of all hosts would have it, which an audit warns of.
    content["all"].setdefault("hosts", {})["localhost"] = {"ansible_connection": "winrm"}
    path = lab.folder / "all.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play("audit_hma", inventory=path, env={"ANSIBLE_ANY_ERRORS_FATAL": "true"}, hma_audit_probe="y")
    assert run.code == 2
    assert "ansible_connection of localhost is winrm" in run.text
    assert "ended before its report" not in run.text
    (report,) = reports(lab)
    assert report["run"]["playbook"] == "audit_hma"
