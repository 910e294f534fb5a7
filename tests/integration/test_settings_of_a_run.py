# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable is judged before the first task that reads or writes anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play, Run
from tests.lab.client import LabClient

PLAYBOOKS = ("audit_hma", "register_spns", "prepare_vdirs", "enable_hma", "verify_hma", "disable_hma", "restore_hma")


def set_at(lab: LabClient, where: str, **variables: Any) -> Path:
    """The inventory of the lab with more variables of a host, or of a group."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    groups = {"all": content["all"], **content["all"]["children"]}
    if where in groups:
        groups[where].setdefault("vars", {}).update(variables)
    else:
        next(group for group in content["all"]["children"].values() if where in group["hosts"])["hosts"][where].update(
            variables
        )
    path = lab.folder / "set.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def refused_at_once(run: Run, lab: LabClient, *messages: str) -> None:
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    for message in messages:
        assert message in run.text, run.output
    assert lab.journal() == []


@pytest.mark.matrix
def test_a_wrong_type_that_step_6_would_have_met(lab: LabClient, play: Play) -> None:
    """It was noticed after HMA was on: ten writes, and a run that failed. The same message in check mode."""
    for mode in ((), ("--check",)):
        run = play("enable_hma", "-e", "hma_probe_deadline=fifteen", *mode)
        refused_at_once(
            run, lab, "hma_probe_deadline is 'fifteen' (text); expected a whole number from 0 to 86400 (given with -e)."
        )


@pytest.mark.parametrize(
    "playbook", [pytest.param(name, marks=() if name == "verify_hma" else pytest.mark.matrix) for name in PLAYBOOKS]
)
@pytest.mark.scenario("single")
def test_every_playbook_judges_first_and_all_at_once(lab: LabClient, play: Play, playbook: str) -> None:
    """Values, one name, and the variable of a role, which is met as late."""
    extra = {
        "hma_probe_pause": "x",
        "hma_vdir_kinds": ["mapi", "pop"],
        "hma_verify_probe_timeout": "soon",
        "hma_probe_dealdine": 7,
    }
    run = play(playbook, **extra)
    named = ["hma_probe_pause is 'x'", "hma_vdir_kinds, item 2, is 'pop'"]
    if playbook != "disable_hma":
        named += ["hma_verify_probe_timeout is 'soon'", "Did you mean hma_probe_deadline?"]
    refused_at_once(run, lab, f"{playbook} did not begin", *named)


@pytest.mark.long
def test_two_servers_and_one_setting(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", inventory=set_at(lab, "ex3.corp.contoso.test", hma_vdir_kinds=["mapi"]))
    refused_at_once(run, lab, "it is not set at ex1.corp.contoso.test and ['mapi'] at ex3.corp.contoso.test")


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_setting_of_the_group_of_the_servers_holds(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play(
        "audit_hma", inventory=set_at(lab, "exchange_servers", hma_report_name="night", hma_audit_fail_on="never")
    )
    assert run.code == 0, run.output
    assert (tmp_path / "hma_reports" / "night" / "report.json").is_file()


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_variable_of_the_inventory_that_no_head_of_a_play_sees(lab: LabClient, play: Play) -> None:
    refused_at_once(
        play("prepare_vdirs", inventory=set_at(lab, "all", hma_serial=1)),
        lab,
        "hma_serial is set in the inventory",
        "give it with -e",
    )
    assert play("prepare_vdirs", "--check", "-e", "hma_serial=1").code == 0


@pytest.mark.scenario("single")
def test_a_secret_without_a_value_and_a_secret_of_another_type(lab: LabClient, play: Play) -> None:
    inventory = set_at(lab, "contoso", hma_client_secret="{{ vault_of_contoso }}", hma_certificate_password=["s3cret"])
    run = play("enable_hma", "-vvv", inventory=inventory)
    refused_at_once(
        run,
        lab,
        "hma_client_secret cannot be read: 'vault_of_contoso' is undefined",
        "hma_certificate_password is a list (its value is not shown)",
    )
    assert "s3cret" not in run.output


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_file_that_is_not_there(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", hma_probe_ca_path="/nowhere/ca.pem")
    refused_at_once(
        run, lab, "hma_probe_ca_path /nowhere/ca.pem cannot be read: No such file or directory (given with -e)"
    )


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_name_of_somebody_elses_is_a_warning(lab: LabClient, play: Play) -> None:
    run = play("prepare_vdirs", "--check", inventory=set_at(lab, "all", hma_admin_team="exchange"))
    assert run.code == 0, run.output
    assert "hma_admin_team is no variable of hybrid.exchange (" in run.text


@pytest.mark.parametrize(
    ("playbook", "module", "name"),
    [
        ("prepare_vdirs", "winrm", "pywinrm"),
        pytest.param("enable_hma", "msal", "msal", marks=pytest.mark.matrix),
        pytest.param("audit_hma", "requests", "requests", marks=pytest.mark.matrix),
    ],
)
@pytest.mark.scenario("single")
def test_a_library_that_is_missing(
    lab: LabClient, play: Play, tmp_path: Path, playbook: str, module: str, name: str
) -> None:
    run = play(playbook, env={"PYTHONPATH": str(without(tmp_path, module))})
    refused_at_once(run, lab, f"The Python of Ansible has no {name}: ", f"/python -m pip install {name}")


@pytest.mark.long
@pytest.mark.scenario("single")
@pytest.mark.connection("psrp")
def test_a_library_of_the_other_connection(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("prepare_vdirs", env={"PYTHONPATH": str(without(tmp_path, "pypsrp"))})
    refused_at_once(run, lab, "-m pip install pypsrp")


def without(tmp_path: Path, module: str) -> Path:
    """A folder that makes Python start as if a library were not installed."""
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules[{module!r}] = None\n", encoding="ascii")
    return folder


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_what_is_given_as_text_holds_to_the_end(lab: LabClient, play: Play) -> None:
    """-e name=value makes text of everything; what is taken at first is not refused by a later step."""
    given = [
        "hma_probe_enabled=false",
        "hma_probe_deadline=3",
        "hma_vdir_kinds=mapi,ews",
        "hma_report_formats=json",
        "hma_identity_entra=no",
    ]
    run = play("enable_hma", *[part for item in given for part in ("-e", item)])
    assert run.code == 0, run.output
    assert "Hybrid Modern Authentication is on." in run.text


@pytest.mark.long
@pytest.mark.scenario("single")
@pytest.mark.connection("exchange")
def test_what_is_given_as_text_holds_over_the_endpoint_of_exchange(lab: LabClient, play: Play) -> None:
    refused_at_once(
        play("enable_hma", "-e", "hma_probe_deadline=fifteen"), lab, "hma_probe_deadline is 'fifteen' (text)"
    )
    test_what_is_given_as_text_holds_to_the_end(lab, play)


@pytest.mark.matrix
@pytest.mark.parametrize("mode", ["verify", "handoff"])
def test_names_that_others_are_to_register_are_no_success_while_they_are_missing(
    lab: LabClient, play: Play, mode: str
) -> None:
    """The last screen said "Not ready", and the exit code 0."""
    run = play("register_spns", hma_spn_mode=mode)
    assert run.code != 0, run.output
    assert lab.writes() == []
    assert "register_spns: Not ready." in run.text, run.output
    assert play("register_spns").code == 0
    assert play("register_spns", hma_spn_mode=mode).code == 0


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_what_a_play_of_ones_own_sets_is_the_setting_of_the_whole_run(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    """The writes were recorded where the play says, the run where the inventory says, and the way back named that."""
    imported = {"ansible.builtin.import_playbook": "hybrid.exchange.prepare_vdirs"}
    own = [{**imported, "vars": {"hma_record_dir": str(tmp_path / "own")}}]
    (tmp_path / "own.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    run = play("own.yml")
    assert run.code == 0, run.output
    (record,) = (tmp_path / "own").iterdir()
    assert {path.name for path in record.glob("*.jsonl")} == {"localhost.jsonl", "ex2.corp.contoso.test.jsonl"}
    assert f"hma_restore_record={record}" in run.text
    # The command names the playbook, and nothing but -e would set it for that.
    command = run.text.partition("ansible-playbook hybrid.exchange.restore_hma")[2]
    assert f"-e hma_record_dir={tmp_path / 'own'}" in command, run.output
