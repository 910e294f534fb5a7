# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does with this collection: its engine with its artifacts, its credentials, its slices, its execution
environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ansible_runner
import jinja2
import pytest
import yaml

from tests.bench import slices
from tests.integration.story import Play, step5
from tests.lab.client import LabClient

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "docs" / "awx"


def launch(folder: Path, lab: LabClient, name: str, **extra: Any) -> Any:
    """One job as AWX starts it: its runner, the project, an inventory without the credential, what the credential
    injects."""
    job = folder / name
    shutil.copytree(PROJECT, job / "project")
    inventory = yaml.safe_load(lab.inventory.read_text("utf-8"))
    (client,) = {host.pop("hma_client_id") for host in inventory["all"]["children"]["entra_tenants"]["hosts"].values()}
    (path,) = {
        host.pop("hma_certificate_path") for host in inventory["all"]["children"]["entra_tenants"]["hosts"].values()
    }
    credential = injected({"client_id": client, "certificate": Path(path).read_text("utf-8")}, job)
    (job / "inventory").mkdir()
    (job / "inventory" / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    return ansible_runner.run(
        private_data_dir=str(job),
        playbook=f"{name}.yml",
        extravars={**credential, **extra},
        envvars=environment,
        quiet=True,
        ident=name,
        timeout=300,
    )


def injected(fields: dict[str, str], job: Path) -> dict[str, str]:
    """What AWX makes of the credential type of docs/awx: a file of its own for each template, and extra variables."""
    injectors = yaml.safe_load((PROJECT / "credential_type.yml").read_text("utf-8"))["injectors"]
    files = {}
    for name, template in injectors["file"].items():
        target = job / "env-files" / name.removeprefix("template.")
        target.parent.mkdir(exist_ok=True)
        target.touch(mode=0o600)
        target.write_text(jinja2.Template(template, keep_trailing_newline=True).render(fields), encoding="utf-8")
        files[target.name] = str(target)
    return {
        name: jinja2.Template(template).render(**fields, tower={"filename": files})
        for name, template in injectors["extra_vars"].items()
    }


def events(job: Any, task: str) -> list[dict[str, Any]]:
    return [
        item["event_data"]
        for item in job.events
        if item["event"] == "runner_on_ok" and item["event_data"].get("task") == task
    ]


@pytest.mark.matrix
@pytest.mark.scenario("one_application")
def test_a_workflow_with_one_credential_for_all_tenants_and_nothing_live_before_the_approval(
    lab: LabClient, tmp_path: Path
) -> None:
    before = lab.state()["organizations"][0]
    registered = launch(tmp_path, lab, "register_spns")
    assert registered.status == "successful", registered.stdout.read()
    prepared = launch(tmp_path, lab, "prepare_vdirs")
    assert prepared.status == "successful", prepared.stdout.read()
    assert {item["kind"] for item in lab.writes()} == {"graph", "cmdlet"}
    assert step5(lab) == []  # here the workflow waits for its approval

    done = launch(tmp_path, lab, "enable_hma")
    assert done.status == "successful", done.stdout.read()
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True
    # Nothing was left for the second and third step of the whole chain.
    assert len(step5(lab)) == 3

    # The events of the jobs hold what was there before, so that a lost record is not a lost state ...
    (organization,) = [
        event["res"]["organization"]
        for event in events(registered, "Read servers, URLs, AuthServers and configuration")
    ]
    assert (
        organization["config"]["oauth2_client_profile_enabled"]
        is before["config"][0]["OAuth2ClientProfileEnabled"]
        is False
    )
    names = {
        event["host"]: event["res"]["before"] for event in events(registered, "Register the client names in the tenant")
    }
    assert set(names) == {"contoso", "fabrikam"}
    assert done.stats["failures"] == {} == done.stats["dark"]
    # ... and no secret, in any artifact of any job.
    password = before_secret(lab)
    for path in (found for job in tmp_path.glob("*/artifacts") for found in job.rglob("*") if found.is_file()):
        text = path.read_text("utf-8", errors="replace")
        assert json.dumps(password)[1:-1] not in text, path
        assert password not in text, path
        assert "PRIVATE KEY" not in text, path


def before_secret(lab: LabClient) -> str:
    hosts = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"]
    password: str = hosts["ex1.corp.contoso.test"]["ansible_password"]
    return password


def sliced(lab: LabClient, number: int, count: int) -> Path:
    path = lab.folder / f"slice{number}.yml"
    path.write_text(yaml.safe_dump(slices.sliced(lab.inventory, number, count)), encoding="utf-8")
    return path


@pytest.mark.matrix
def test_slices_of_prepare_vdirs_run_together_and_a_slice_of_enable_hma_refuses(lab: LabClient, play: Play) -> None:
    parts = [sliced(lab, number, 2) for number in (1, 2)]
    meta = {
        "awx_job_template_name": "prepare_vdirs",
        "awx_workflow_job_name": "prepare_vdirs",
        "awx_job_launch_type": "workflow",
    }
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda part: play("prepare_vdirs", inventory=part, **meta), parts))
    assert [run.code for run in runs] == [0, 0], [run.output for run in runs]
    whole = play("prepare_vdirs")
    assert whole.code == 0, whole.output
    assert whole.changed == 0

    lab.clear()
    named = play(
        "enable_hma", inventory=parts[0], awx_job_template_name="enable_hma", awx_workflow_job_name="enable_hma"
    )
    assert named.code != 0
    assert "job slicing" in named.text
    # And where the names are not there (another controller), the servers that are missing from its part of the
    # inventory.
    unnamed = play("enable_hma", inventory=parts[0])
    assert unnamed.code != 0
    assert "HMA-COV-001" in unnamed.text
    assert lab.writes() == []


def test_the_execution_environment(tmp_path: Path) -> None:
    """What the collection declares is found by ansible-builder, and the example makes a build context from it."""
    builder = Path(sys.executable).with_name("ansible-builder")
    tree = tmp_path / "ansible_collections" / "hybrid"
    tree.mkdir(parents=True)
    (tree / "exchange").symlink_to(ROOT)
    found = subprocess.run(
        [builder, "introspect", "--sanitize", tmp_path], check=True, capture_output=True, text=True, timeout=60
    )
    wanted = yaml.safe_load(found.stdout)
    declared = [
        line
        for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert declared == [line.partition("#")[0].strip() for line in wanted["python"]]
    assert any(line.startswith("krb5-devel") for line in wanted["system"])
    context = tmp_path / "context"
    subprocess.run(
        [builder, "create", "-f", PROJECT / "execution-environment.yml", "--context", context],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    containerfile = next(path for path in context.iterdir() if path.name in ("Containerfile", "Dockerfile")).read_text(
        "utf-8"
    )
    assert "ansible-galaxy collection install" in containerfile
    assert "gssapi" in (context / "_build" / "requirements.txt").read_text("utf-8")
