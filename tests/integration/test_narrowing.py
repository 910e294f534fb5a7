# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What narrows a playbook is refused by name, or leaves the work and the verdict of what is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.story import Play, Run, in_long_run, reports
from tests.lab.client import LabClient

WHOLE = ("enable_hma", "verify_hma", "audit_hma")
ALL = (*WHOLE, "prepare_vdirs", "register_spns")
LIMITS = ("exchange_servers", "ex2.corp.contoso.test", "entra_tenants")
OMISSIONS = (("--tags", "x"), ("--skip-tags", "always"), ("--start-at-task", "Every step was proven"), ("--step",))


def refused(lab: LabClient, run: Run, message: str) -> None:
    assert run.code != 0, run.output
    assert message in run.text, run.output
    assert "Traceback" not in run.output
    assert lab.journal() == []


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_what_narrows_a_playbook_is_refused_by_name(lab: LabClient, play: Play) -> None:
    """Each of these ended with 0, without a word about the organization."""
    for playbook, limit in zip(WHOLE, LIMITS, strict=False):
        refused(lab, play(playbook, "--limit", limit), f"{playbook} does not run with --limit {limit}")
    refused(lab, play("verify_hma", "--skip-tags", "always"), "verify_hma does not run with --skip-tags always")


@pytest.mark.matrix
@pytest.mark.parametrize("playbook", in_long_run(WHOLE, *WHOLE[1:]))
@pytest.mark.scenario("single")
def test_every_limit_is_refused_by_name(lab: LabClient, play: Play, playbook: str) -> None:
    for limit in LIMITS:
        refused(lab, play(playbook, "--limit", limit), f"{playbook} does not run with --limit {limit}")
    # No host of the inventory has this name: Ansible refuses it before a play begins.
    refused(lab, play(playbook, "--limit", "localhost"), "--limit leaves us with no hosts to target")


@pytest.mark.matrix
@pytest.mark.parametrize("playbook", in_long_run(ALL, *ALL[2:]))
@pytest.mark.scenario("single")
def test_what_leaves_tasks_out_is_refused_by_name(lab: LabClient, play: Play, playbook: str) -> None:
    for arguments in OMISSIONS:
        refused(lab, play(playbook, *arguments), f"{playbook} does not run with {arguments[0]}")


@pytest.mark.long
def test_a_limit_that_names_nobody(lab: LabClient, play: Play) -> None:
    """With an empty inventory Ansible itself skips every play, and ends well."""
    path = lab.folder / "empty.yml"
    path.write_text("all: {}\n", encoding="utf-8")
    for playbook in ALL:
        refused(
            lab, play(playbook, "--limit", "ex2.corp.contoso.test", inventory=path), "--limit ex2.corp.contoso.test"
        )
        refused(lab, play(playbook, "--limit", "nobody"), "--limit")


@pytest.mark.matrix
def test_directories_of_one_server_with_a_report_and_a_verdict(lab: LabClient, play: Play) -> None:
    run = play("prepare_vdirs", "--limit", "ex2.corp.contoso.test")
    assert run.code == 0, run.output
    assert {item["host"] for item in lab.writes()} == {"EX2"}
    assert "1 of 1 server has OAuth on every directory; nothing to fix. This run made 1 change." in " ".join(run.screen)
    assert "With --limit ex2.corp.contoso.test it holds for no other host." in " ".join(run.screen)
    (found,) = reports(lab)
    assert found["summary"]["changes"]["changed"] == len(lab.writes())
    assert found["problems"] == []


@pytest.mark.matrix
@pytest.mark.connection("exchange")
def test_directories_of_one_server_over_the_endpoint_of_exchange(lab: LabClient, play: Play) -> None:
    test_directories_of_one_server_with_a_report_and_a_verdict(lab, play)


def test_names_of_one_tenant_with_a_report_and_a_verdict(lab: LabClient, play: Play) -> None:
    run = play("register_spns", "--limit", "contoso,ex3.corp.contoso.test")
    assert run.code == 0, run.output
    assert {item["tenant"] for item in lab.writes()} == {"11111111-aaaa-4bbb-8ccc-000000000001"}
    assert len(reports(lab)) == 1


@pytest.mark.long
def test_a_limit_that_leaves_too_little(lab: LabClient, play: Play) -> None:
    for playbook, limit, message in (
        ("register_spns", "contoso", "--limit contoso,ex1.corp.contoso.test"),
        ("register_spns", "ex1.corp.contoso.test", "--limit ex1.corp.contoso.test,contoso"),
        ("prepare_vdirs", "entra_tenants", "--limit contoso,fabrikam,ex1.corp.contoso.test"),
        ("prepare_vdirs", "all:&exchange_servers", "leaves the control node out"),
    ):
        refused(lab, play(playbook, "--limit", limit), message)


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_every_strategy(lab: LabClient, play: Play) -> None:
    """The plays say their strategy: what a configuration says of others does not reach them."""
    run = play("enable_hma", env={"ANSIBLE_STRATEGY": "free"})
    assert run.code == 0, run.output
    assert "Hybrid Modern Authentication is on." in run.text


@pytest.mark.long
def test_two_playbooks_in_one_process(lab: LabClient, tmp_path: Path) -> None:
    """The results of the first one are no variables that somebody set, and a limit holds for both."""
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    names = ["hybrid.exchange.prepare_vdirs", "hybrid.exchange.register_spns"]
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "HOME": str(tmp_path)}
    command = [program, *names, "-i", str(lab.inventory), "--limit", "ex2.corp.contoso.test,fabrikam"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is no variable of hybrid.exchange" not in done.stdout + done.stderr
    assert {item.get("host", item.get("tenant")) for item in lab.writes()} == {
        "EX2",
        "22222222-aaaa-4bbb-8ccc-000000000002",
    }
    assert len(reports(lab)) == 2
