# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 6 as a playbook: what clients are offered is proven, said to be wrong, or said not to be proven."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.release import __version__ as core

from tests.integration.story import Play, step5
from tests.integration.test_modules import GRAPH, call
from tests.lab.client import LabClient


def inventory(lab: LabClient, hosts: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The lab's inventory with variables of all hosts changed (None takes one away), and with hosts added."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    values = {**content["all"]["vars"], **changes}
    content["all"]["vars"] = {name: value for name, value in values.items() if value is not None}
    content["all"]["hosts"] = hosts or {}
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def oldest_python() -> str:
    """The oldest Python that modules of this ansible-core may run on, where it is on this machine."""
    for version in ("3.8", "3.9", "3.10") if core.startswith("2.19") else ("3.9", "3.10"):
        for place in [*Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), Path(f"/usr/bin/python{version}")]:
            if place.exists() and subprocess.run([place, "-c", "import ssl"], check=False).returncode == 0:
                return str(place)
    pytest.skip("no Python older than the control node's is on this machine")


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_server_that_lies_is_named_with_what_it_offered_and_the_next_command(lab: LabClient, play: Play) -> None:
    right = play("verify_hma")
    assert right.code == 0, right.output
    assert "42 checks: 42 as expected (ready), 0 not, 0 not proven." in right.text
    assert right.changed == 0
    lab.fault(at="web", host="EX2", directory="oab", action="lie")
    wrong = play("verify_hma", hma_probe_deadline=1)
    assert wrong.code != 0
    told = "EX2 oab: not_offered at https://oab.corp.contoso.test/OAB/"
    assert told in wrong.text, wrong.output
    assert "401 offers Negotiate, NTLM, and no Bearer" in wrong.text
    assert "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex2.corp.contoso.test" in wrong.text
    whole = play("enable_hma", hma_probe_deadline=1)
    assert whole.code != 0
    assert told in whole.text
    assert "Modern Authentication is on" not in whole.text
    # It only reads: in check mode it comes to the same end.
    look = play("verify_hma", "--check")
    assert look.code == wrong.code, look.output
    assert told in look.text
    assert lab.writes() == []


@pytest.mark.long
@pytest.mark.scenario("compliant")
def test_an_audit_asks_where_it_is_told_to(lab: LabClient, play: Play) -> None:
    lab.fault(at="web", host="EX2", directory="oab", action="lie")
    quiet = play("audit_hma", hma_audit_fail_on="fail")
    assert lab.journal("web") == []
    asked = play(
        "audit_hma", hma_audit_probe=True, hma_report_dir=str(lab.folder / "reports"), hma_report_name="latest"
    )
    assert asked.code != 0
    assert "EX2 oab: not_offered" in asked.text
    assert "EX2 oab: not_offered" not in quiet.text
    report = json.loads((lab.folder / "reports" / "latest" / "report.json").read_text("utf-8"))
    assert {
        item["object"] for item in report["findings"] if item["id"] == "HMA-PRB-001" and item["status"] == "fail"
    } == {"EX2 oab"}
    assert len(report["probes"]) == 82
    assert lab.writes() == []


@pytest.mark.long
@pytest.mark.scenario("compliant")
def test_what_cannot_be_reached_is_not_proven_and_enabling_goes_on(lab: LabClient, play: Play) -> None:
    names = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["vars"]["hma_probe_connect_to"]
    far = inventory(lab, hma_probe_connect_to=dict.fromkeys(names, "127.0.0.1:1"))
    whole = play("enable_hma", inventory=far)
    assert whole.code == 0, whole.output
    assert "not proven: mail.corp.contoso.test" in whole.text
    assert "Open https from where the probe runs" in whole.text
    assert "What clients are offered: 42 checks: 24 as expected (ready), 0 not, 18 not proven." in whole.text
    alone = play("verify_hma", inventory=far)
    assert alone.code != 0
    assert "unreachable at https://mail.corp.contoso.test" in alone.text
    lab.clear()
    off = play("verify_hma", inventory=inventory(lab, hma_probe_enabled=False))
    assert off.code == 0, off.output
    assert lab.journal("web") == []


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_another_host_asks_with_a_python_of_its_own(lab: LabClient, play: Play) -> None:
    outside = {"outside": {"ansible_connection": "local", "ansible_python_interpreter": oldest_python()}}
    run = play("verify_hma", inventory=inventory(lab, outside, hma_probe_from="outside"))
    assert run.code == 0, run.output
    assert "-> outside" in run.text
    assert "42 as expected (ready)" in run.text


@pytest.mark.long
@pytest.mark.scenario("late_effect")
def test_enabling_waits_until_servers_have_taken_it_up(lab: LabClient, play: Play) -> None:
    before = play("verify_hma", hma_probe_expected="not_offered")
    assert before.code == 0, before.output
    assert "as expected (not_offered), 0 not, 0 not proven." in before.text
    lab.clear()
    run = play("enable_hma", hma_probe_deadline=60)
    assert run.code == 0, run.output
    assert "42 as expected (ready)" in run.text
    assert len(step5(lab)) == 3
    assert len(lab.journal("web")) > 84, "it was not asked a second time"
    after = play("verify_hma", hma_probe_expected="not_offered", hma_probe_deadline=0)
    assert after.code != 0
    assert "Set-OrganizationConfig -OAuth2ClientProfileEnabled $false" in after.text


@pytest.mark.scenario("compliant")
def test_a_name_for_which_entra_issues_no_token(lab: LabClient, tmp_path: Path) -> None:
    options = {
        **GRAPH,
        "mode": "verify",
        "names": ["mail.contoso.test", "eas.contoso.test"],
        "prove_tokens": True,
        "verify_seconds": 0,
    }
    right = call(lab, tmp_path, "contoso", "hma_spn", options)
    assert not right["failed"]
    assert [item["status"] for item in right["findings"]] == ["pass", "pass"]
    lab.fault(at="resource", name="https://eas.contoso.test/")
    wrong = call(lab, tmp_path, "contoso", "hma_spn", options)
    assert wrong["failed"]
    assert wrong["msg"].startswith(
        "HMA-PRB-006 11111111-aaaa-4bbb-8ccc-000000000001 https://eas.contoso.test/: no token is issued: AADSTS500011"
    )
    assert "access_token" not in str(right) + str(wrong)
