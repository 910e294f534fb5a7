# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/awx/configure.yml against a stand-in of AWX's API, and what a job leaves to AWX."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.awx_api import Controller, serving
from tests.integration.story import Play, in_long_run, reports
from tests.integration.test_awx import PROJECT, before_secret, launch, sliced
from tests.lab.client import LabClient

ROOT = Path(__file__).parents[2]
# A folder with ansible_collections/awx/awx, as the PyPI package ansible has it.
AWX = os.environ.get("HMA_AWX_COLLECTION", "")
CONFIGURE = yaml.safe_load((PROJECT / "configure.yml").read_text("utf-8"))[0]
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


def configured(controller: Controller, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """One run of the playbook, as its head says it is typed."""
    certificate = tmp_path / "hma.pem"
    certificate.write_text("a certificate of the story\n", encoding="utf-8")
    given = {
        "awx_organization": "Contoso", "awx_project": "hma", "awx_inventory": "fleet",
        "awx_machine_credential": "servers", "awx_tenant_credential": "tenants", "hma_client_id": "c",
        "hma_certificate_path": str(certificate),
    }  # fmt: skip
    with serving(controller) as address:
        return subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"), PROJECT / "configure.yml", "-i", "localhost,",
                "-c", "local", *(word for name, value in given.items() for word in ("-e", f"{name}={value}")),
            ],
            capture_output=True, text=True, timeout=500, check=False,
            env={
                **os.environ, "CONTROLLER_HOST": address, "CONTROLLER_OAUTH_TOKEN": "t", "NO_PROXY": "127.0.0.1",
                "ANSIBLE_COLLECTIONS_PATH": AWX, "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            },
        )  # fmt: skip


def installed() -> Controller:
    """A controller with what the head of the playbook takes for granted."""
    controller = Controller()
    organization = controller.add("organizations", {"name": "Contoso"})["id"]
    for kind, name in (("projects", "hma"), ("inventories", "fleet"), ("execution_environments", "hma-ee")):
        controller.add(kind, {"name": name, "organization": organization})
    machine = controller.add("credential_types", {"name": "Machine"})["id"]
    controller.add("credentials", {"name": "servers", "organization": organization, "credential_type": machine})
    return controller


def test_each_playbook_has_a_file_in_the_project_and_a_template() -> None:
    """restore_hma had none. What a playbook of the collection is called is what its template is called."""
    templates = [*CONFIGURE["vars"]["hma_looks"], *CONFIGURE["vars"]["hma_writes"]]
    assert sorted(templates) == PLAYBOOKS
    for name in PLAYBOOKS:
        (play,) = yaml.safe_load((PROJECT / f"{name}.yml").read_text("utf-8"))
        assert play["ansible.builtin.import_playbook"] == f"hybrid.exchange.{name}"


def test_what_a_template_gets_is_attached_to_it_and_not_asked_for() -> None:
    """A workflow asks for no credential. Held where awx.awx is not here, too."""
    (task,) = [task for task in CONFIGURE["tasks"] if "awx.awx.job_template" in task]
    options = task["awx.awx.job_template"]
    assert options["credentials"] == "{{ hma_credentials }}"
    assert not any("credential" in name for name in options if name.startswith("ask_"))
    assert CONFIGURE["vars"]["hma_credentials"] == ["{{ awx_machine_credential }}", "{{ awx_tenant_credential }}"]
    (workflow,) = [task for task in CONFIGURE["tasks"] if "awx.awx.workflow_job_template" in task]
    nodes = {node["identifier"]: node for node in workflow["awx.awx.workflow_job_template"]["workflow_nodes"]}
    follow = {name: [after["identifier"] for kind in (node.get("related") or {}).values() for after in kind]
              for name, node in nodes.items()}  # fmt: skip
    # One after the other: who may do what, before anything; nothing that clients notice before the approval.
    order = ["discover", "access", "audit", "look", "spns", "vdirs", "approval", "enable", "verify", "watch"]
    assert follow == dict(zip(order, [*([name] for name in order[1:]), []], strict=True))
    writing = {name for name, node in nodes.items() if node["unified_job_template"]["name"] in
               CONFIGURE["vars"]["hma_writes"]}  # fmt: skip
    assert writing == {"spns", "vdirs", "enable"}
    on_failure = {name for name, node in nodes.items() if set(node.get("related") or {}) - {"success_nodes"}}
    assert on_failure == {"discover", "audit"}, "Only what looks may fail without an end of the workflow."


@pytest.mark.matrix
@pytest.mark.skipif(
    not AWX,
    reason="NOT TESTED: awx.awx is not here (the PyPI package ansible has it; name the folder above its "
    "ansible_collections in HMA_AWX_COLLECTION); configure.yml was not run against the stand-in of AWX",
)
def test_configure_attaches_both_credentials_to_every_template(tmp_path: Path) -> None:
    controller = installed()
    run = configured(controller, tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "a certificate of the story" not in run.stdout + run.stderr
    templates = controller.objects["job_templates"]
    assert len(templates) == len(CONFIGURE["vars"]["hma_looks"]) + 2 * len(CONFIGURE["vars"]["hma_writes"])
    for number, template in templates.items():
        attached = {item["name"] for item in controller.of("job_templates", number, "credentials")}
        assert attached == {"servers", "tenants"}, template["name"]
    assert {item["playbook"] for item in templates.values()} == {f"{name}.yml" for name in PLAYBOOKS}
    assert controller.named("job_templates", "restore_hma")["ask_variables_on_launch"] is True
    assert controller.named("job_templates", "enable_hma")["ask_job_slice_count_on_launch"] is False
    tenants = controller.named("credentials", "tenants")
    assert tenants["credential_type"] == controller.named("credential_types", "HMA tenants")["id"]
    for playbook in ("audit_hma", "watch_hma"):
        schedule = controller.named("schedules", f"{playbook} on a schedule")
        assert schedule["unified_job_template"] == controller.named("job_templates", playbook)["id"]
    asked = json.loads(controller.named("job_templates", "check_access")["extra_vars"])["hma_access_playbooks"]
    assert set(asked) >= {"register_spns", "prepare_vdirs", "enable_hma", "verify_hma"}
    assert "hma_access_playbooks" not in controller.named("job_templates", "enable_hma")["extra_vars"]

    nodes = {item["identifier"]: item for item in controller.objects["workflow_job_template_nodes"].values()}
    look = controller.found("unified_job_templates", nodes["look"]["unified_job_template"])
    assert look is not None and look["name"] == "enable_hma (check)"
    for before, kind, after in (
        ("discover", "always_nodes", "access"), ("access", "success_nodes", "audit"), ("audit", "always_nodes", "look"),
        ("vdirs", "success_nodes", "approval"), ("approval", "success_nodes", "enable"),
        ("verify", "success_nodes", "watch"),
    ):  # fmt: skip
        follows = controller.of("workflow_job_template_nodes", nodes[before]["id"], kind)
        assert [item["identifier"] for item in follows] == [after]
    assert not controller.of("workflow_job_template_nodes", nodes["access"]["id"], "always_nodes")

    controller.writes.clear()
    again = configured(controller, tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    ours = ("job_templates", "credentials", "credential_types", "job_templates/credentials", "schedules")
    assert [write for write in controller.writes if write[1] in ours] == []


@pytest.mark.matrix
def test_a_slice_with_tenants_only_ends_well(lab: LabClient, play: Play) -> None:
    """AWX cuts an inventory by the names of its hosts, whatever they are: a slice may get no server."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    hosts = [name for group in content["all"]["children"].values() for name in group["hosts"]]
    part = sliced(lab, 1, len(hosts))
    assert "exchange_servers" not in str({
        name: group["hosts"] for name, group in yaml.safe_load(part.read_text("utf-8"))["all"]["children"].items()
        if group["hosts"]
    })  # fmt: skip
    meta = {"awx_job_template_name": "prepare_vdirs", "awx_workflow_job_name": "prepare_vdirs"}
    run = play("prepare_vdirs", inventory=part, **meta)
    assert run.code == 0, run.output
    assert "prepare_vdirs: Nothing to do in this slice." in run.text
    assert lab.writes() == []
    # The same inventory where nothing was sliced is a slip, as before.
    assert play("prepare_vdirs", inventory=part).code != 0


@pytest.mark.matrix
@pytest.mark.scenario("one_application")
@pytest.mark.parametrize(
    "name", in_long_run(PLAYBOOKS, *(set(PLAYBOOKS) - {"audit_hma", "disable_hma", "enable_hma", "restore_hma"}))
)
def test_each_playbook_ends_with_its_screen_in_the_engine_of_awx(lab: LabClient, tmp_path: Path, name: str) -> None:
    """Whatever it came to: it begins, and its last words are its own."""
    given: dict[str, Any] = {"hma_restore_record": str(tmp_path / "none")} if name == "restore_hma" else {}
    # What the node before it left: AWX hands it over as a variable.
    job = launch(tmp_path, lab, name, **given, hybrid_exchange_report={"run": {"playbook": "audit_hma"}})
    said = job.stdout.read()
    assert f"\n{name}: " in said, said
    assert job.status in ("successful", "failed") and "Traceback" not in said
    assert before_secret(lab) not in said


@pytest.mark.matrix
@pytest.mark.scenario("one_application")
def test_a_job_leaves_the_head_of_its_report_as_its_artifacts(lab: LabClient, tmp_path: Path) -> None:
    job = launch(tmp_path, lab, "prepare_vdirs")
    (stats,) = [item["event_data"] for item in job.events if item["event"] == "playbook_on_stats"]
    left = stats["artifact_data"]["hybrid_exchange_report"]
    (written,) = (tmp_path / "prepare_vdirs").rglob("report.json")
    assert left["run"]["playbook"] == "prepare_vdirs"
    assert left["run"]["id"] == written.parent.name
    assert left["summary"]["verdict"] == "ready"
    assert sorted(left["files"]) == ["html", "json", "junit"]
    assert reports(lab) == []
