# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate that stops a run says what stops it, once, and not in the line of a failed task; the report has the rest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient

PLAY = """
- name: A play of one's own
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Judge
      hybrid.exchange.hma_assess:
        gate: enable
        facts:
          organization: "{{ lookup('ansible.builtin.file', organization) | from_json }}"
          servers: "{{ {'ex1.corp.contoso.test': {}} }}"
          tenants:
            contoso:
              tenant_id: 11111111-aaaa-4bbb-8ccc-000000000001
              tenant_domain: contoso.test
"""


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_gate_that_stops_prints_what_stops_and_the_report_has_all(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("enable_hma", "--check", hma_servers_excluded=[], hma_default_tenant="nobody")
    assert run.code != 0
    fatal = [line for line in re.split(r"(?m)^(?=fatal: |TASK |PLAY )", run.stdout) if line.startswith("fatal: ")]
    # One had 33,000 characters; then the table stood there twice, with \n in it.
    assert max(map(len, fatal)) < 1000
    assert not any("HMA-TEN-002" in line for line in fatal)
    assert [line[:14] for line in run.screen if "HMA-TEN-002" in line] == ["1. HMA-TEN-002"]
    assert len(re.findall(r"STATUS +CHECK", run.output)) == 1
    assert '"findings"' not in run.output
    found = reports(lab)[-1]
    assert found["run"]["stopped"] == "Step 1, prerequisites"
    assert {item["status"] for item in found["findings"]} >= {"pass", "fail"}, "the report has what passed, too"
    (tmp_path / "facts.json").write_text(json.dumps(found["facts"]["organization"]), encoding="utf-8")
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    alone = play("play.yml", organization=str(tmp_path / "facts.json"))
    assert alone.code != 0
    assert "it was not read in this run." in alone.text
    assert '"why"' not in alone.output, "the task by itself fails with what stops, in short"
