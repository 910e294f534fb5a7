# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role by itself, as its README shows it: it does its whole step from its documented variables, or says by name what
it lacks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play, records, step5
from tests.lab.client import LabClient

ROLES = Path(__file__).parents[2] / "roles"
ONE = pytest.mark.scenario("single")


def example(role: str, folder: Path) -> str:
    """The example of a role's README, as a playbook."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROLES / role / "README.md").read_text("utf-8"), re.DOTALL)
    (folder / f"{role}.yml").write_text(text, encoding="utf-8")
    return f"{role}.yml"


@ONE
def test_names_are_registered_by_the_role_alone(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """As the guide offers it: it was green and did nothing."""
    before = [len(item["names"]) for tenant in lab.state()["tenants"] for item in tenant["service_principals"]]
    run = play(example("hma_spn", tmp_path))
    assert run.code == 0, run.output
    after = [len(item["names"]) for tenant in lab.state()["tenants"] for item in tenant["service_principals"]]
    assert sum(after) > sum(before)
    again = play(example("hma_spn", tmp_path))
    assert (again.code, again.changed) == (0, 0), again.output


@pytest.mark.matrix
@ONE
def test_a_role_without_a_tenant_or_a_server_refuses_by_name(lab: LabClient, play: Play, tmp_path: Path) -> None:
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    groups = content["all"]["children"]
    (tenant,) = groups["entra_tenants"]["hosts"]
    groups["nobody"] = groups.pop("exchange_servers")
    (tmp_path / "no_servers.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play(example("hma_spn", tmp_path), inventory=tmp_path / "no_servers.yml")
    assert run.code != 0
    assert "no Exchange server to read them from" in run.text
    groups["exchange_servers"] = groups.pop("nobody")
    del groups["entra_tenants"]["hosts"][tenant]["hma_tenant_id"]
    (tmp_path / "no_tenant.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play(example("hma_spn", tmp_path), inventory=tmp_path / "no_tenant.yml")
    assert run.code != 0
    assert f"{tenant} has no hma_tenant_id" in run.text
    del groups["entra_tenants"]
    (tmp_path / "no_tenants.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play(example("hma_authserver", tmp_path), inventory=tmp_path / "no_tenants.yml")
    assert run.code != 0
    assert "hma_authserver has no tenant" in run.text
    assert lab.writes() == []


@ONE
@pytest.mark.matrix
def test_every_role_runs_as_its_readme_shows(lab: LabClient, play: Play, tmp_path: Path) -> None:
    for role in ("hma_preflight", "hma_report", "hma_spn", "hma_vdir"):
        run = play(example(role, tmp_path))
        assert run.code == 0, f"{role}: {run.output}"
    record = records(lab)[-1] if (lab.folder / "records").exists() else None
    for role in ("hma_authserver", "hma_enable"):
        run = play(example(role, tmp_path))
        assert run.code == 0, f"{role}: {run.output}"
    assert step5(lab)
    run = play(example("hma_verify", tmp_path))
    assert run.code == 0, run.output
    run = play(example("hma_disable", tmp_path))
    assert run.code == 0, run.output
    assert not lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"]
    if record:
        run = play(example("hma_restore", tmp_path), hma_restore_record=record)
        assert run.code == 0, run.output


@pytest.mark.matrix
@ONE
def test_a_role_that_judges_says_what_was_not_read(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """hma_enable by itself reads the organization and nothing else: every server and tenant is named, and nothing is
    written."""
    (tmp_path / "play.yml").write_text(
        "- hosts: exchange_servers[0]\n  gather_facts: false\n  roles: [hybrid.exchange.hma_enable]\n", encoding="utf-8"
    )
    run = play("play.yml")
    assert run.code != 0
    assert "it was not read in this run." in run.text
    assert "HMA-VDIR-001" in run.text and "HMA-SPN-001" in run.text
    assert lab.writes() == []
    (tmp_path / "play.yml").write_text(
        "- hosts: localhost\n  gather_facts: false\n  roles: [hybrid.exchange.hma_preflight]\n", encoding="utf-8"
    )
    run = play("play.yml")
    assert run.code != 0
    assert "hma_preflight judges what was read and reads nothing" in run.text
