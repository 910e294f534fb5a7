# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A MAPI list that is empty in IIS and full in Active Directory: step 1 stops at it where the shell that asked a server
who it is read it, and step 3 over any other connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, reports
from tests.lab import scenario
from tests.lab.client import LabClient, Labs

pytestmark = pytest.mark.matrix


@pytest.fixture
def lab(tmp_path: Path, labs: Labs) -> Iterator[LabClient]:
    found = scenario.load("default")
    own = {"methods": [], "internal_methods": ["Ntlm", "Negotiate"], "external_methods": []}
    found["organizations"][0]["servers"][0].setdefault("directories", {})["mapi"] = own
    path = tmp_path / "scenario.yml"
    path.write_text(yaml.safe_dump(found, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with labs.running(str(path), tmp_path / "lab", "exchange") as started:
        yield started


def test_over_exchange_s_own_endpoint_it_is_said_before_names_are_registered(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", "--check")
    assert run.code == 2, run.output
    said = [item for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-VDIR-002"]
    assert [(item["status"], item["object"].partition(" ")[2]) for item in said] == [("fail", "mapi")]
    assert "step 3 stops at this server, unless hma_vdir_mapi_empty is default" in said[0]["message"]
    assert said[0]["message"].split(": ", 1)[1] in run.text
    assert play("enable_hma").code == 2
    assert lab.writes() == []
    assert play("enable_hma", "--check", hma_vdir_mapi_empty="default").code == 0
    assert lab.writes() == []


def test_step_1_goes_by_what_a_play_of_ones_own_sets(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """It stopped with the advice to set what was set: the variables of a host do not show what its play has."""
    imported = {"ansible.builtin.import_playbook": "hybrid.exchange.enable_hma"}
    own = [{**imported, "vars": {"hma_vdir_mapi_empty": "default"}}]
    (tmp_path / "own.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    run = play("own.yml", "--check")
    assert run.code == 0, run.output
    assert lab.writes() == []
