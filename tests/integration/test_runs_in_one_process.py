# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several playbooks in one process share their variables; each tells only its own, and no gate takes a reading of
another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient

SITE = """
- name: The whole chain
  ansible.builtin.import_playbook: hybrid.exchange.enable_hma
- name: And a part of it once more
  ansible.builtin.import_playbook: hybrid.exchange.prepare_vdirs
- name: A gate of a later run
  hosts: localhost
  gather_facts: false
  vars:
    servers: "{{ groups['exchange_servers'] }}"
  tasks:
    - name: Another run begins
      ansible.builtin.set_fact:
        hma_started_run: later
    - name: Judge by what the variables still hold
      hybrid.exchange.hma_assess:
        gate: enable
        facts:
          organization: "{{ hostvars[groups['hma_writer'][0]].hma_enable_organization.organization }}"
          servers: >-
            {{ given if item == 'given' else (hostvars | hybrid.exchange.run_facts('exchange_servers', [])).servers }}
      vars:
        given: "{{ {servers[0]: {'read': hostvars[servers[0]].hma_gate_server}} }}"
      loop: [given, filtered]
      register: judged
      ignore_errors: true
    - name: Neither way is a reading of the earlier run one of this
      ansible.builtin.assert:
        that:
          - judged.results | selectattr('stops') | length == 2
          - >-
            judged.results | map(attribute='findings') | flatten | selectattr('id', 'equalto', 'HMA-VDIR-001')
            | map(attribute='message') | unique == ['it was not read in this run.']
        success_msg: NOT A READING OF THIS RUN
"""


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_each_report_tells_its_own_run(lab: LabClient, play: Play, tmp_path: Path) -> None:
    (tmp_path / "site.yml").write_text(SITE, encoding="utf-8")
    run = play("site.yml")
    assert run.code == 0, run.output
    first, second = reports(lab)
    assert first["run"]["id"] != second["run"]["id"]
    assert first["summary"]["changes"]["changed"] > 0
    assert first["findings"] and first["probes"]
    assert second["summary"]["changes"]["changed"] == 0
    # The second one is judged by what it read back itself.
    assert {item["id"] for item in second["findings"]} == {"HMA-VDIR-001"}
    assert (second["probes"], second["problems"]) == ([], [])
    assert second["tenants"] == [] or not any(item["ready"] for item in second["tenants"])
    assert [row["ready"] for row in second["servers"]] == [True]
    assert "NOT A READING OF THIS RUN" in run.output
