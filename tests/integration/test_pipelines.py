# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as a part of somebody else's playbooks: the examples of the guide, run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.integration.story import Run, step5
from tests.lab.client import LabClient

GUIDE = Path(__file__).parents[2] / "docs" / "examples"


def run(lab: LabClient, tmp_path: Path, name: str, *arguments: str, inventory: Path | None = None) -> Run:
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        str(GUIDE / f"{name}.yml"),
        "-i",
        str(inventory or lab.inventory),
        *arguments,
    ]
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "HOME": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180, check=False
    )
    return Run(done.returncode, done.stdout + done.stderr)


def directories(lab: LabClient) -> set[tuple[str, str]]:
    return {(item["host"], item["name"]) for item in lab.writes() if item["kind"] == "cmdlet"}


@pytest.mark.matrix
def test_single_roles_with_module_defaults_tags_and_a_limit(lab: LabClient, tmp_path: Path) -> None:
    """A patch night's play: serial, the role included after somebody else's tasks, defaults of the module group."""
    limited = run(lab, tmp_path, "patch_night", "--limit", "ex2*", "--tags", "hma")
    assert limited.code == 0, limited.output
    assert "Drain the server" not in limited.output  # not tagged
    assert directories(lab) == {("EX2", "Set-WebServicesVirtualDirectory")}
    assert (tmp_path / "night" / "records").is_dir()  # from module_defaults
    lab.clear()

    whole = run(lab, tmp_path, "patch_night")
    assert whole.code == 0, whole.output
    assert {host for host, _name in directories(lab)} == {"EX1", "EX3"}
    # serial: one server is through, also with the tasks that follow, before the next begins.
    order = [whole.output.index(f"back in service: ex{number}.corp") for number in (1, 2, 3, 4)]
    assert order == sorted(order)
    assert step5(lab) == []

    lab.clear()
    again = run(lab, tmp_path, "patch_night")
    assert again.changed == 0, again.output
    assert lab.writes() == []


@pytest.mark.matrix
def test_strategy_free_goes_through_all_servers(lab: LabClient, tmp_path: Path) -> None:
    free = run(lab, tmp_path, "all_at_once", "--check", "--diff")
    assert free.code == 0, free.output
    assert lab.writes() == []
    assert {f"EX{number}" for number in (1, 2, 3)} == {
        name for name in ("EX1", "EX2", "EX3", "EX4") if f"before: {name}\\" in free.output
    }


@pytest.mark.scenario("single")
def test_graph_from_another_host_and_vaulted_secrets(lab: LabClient, tmp_path: Path) -> None:
    """Servers and tenants are one play: the directories over winrm, the names by the control node, the secrets from a
    vault."""
    secret = "v4ult pass"
    vault = VaultLib([("default", VaultSecret(secret.encode()))])
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    hosts = content["all"]["children"]
    password = next(iter(hosts["exchange_servers"]["hosts"].values()))
    tenant = next(iter(hosts["entra_tenants"]["hosts"].values()))
    plain = [password["ansible_password"], tenant["hma_client_secret"]]
    vaulted = {"vault_server": vault.encrypt(plain[0]).decode(), "vault_tenant": vault.encrypt(plain[1]).decode()}
    password["ansible_password"], tenant["hma_client_secret"] = "{{ vault_server }}", "{{ vault_tenant }}"

    class Vaulted(str):
        pass

    yaml.SafeDumper.add_representer(Vaulted, lambda dumper, value: dumper.represent_scalar("!vault", value, style="|"))
    content["all"]["vars"] |= {name: Vaulted(value) for name, value in vaulted.items()}
    inventory = tmp_path / "inventory.yml"
    inventory.write_text(yaml.safe_dump(content), encoding="utf-8")
    (tmp_path / "vault-password").write_text(secret, encoding="utf-8")

    done = run(
        lab,
        tmp_path,
        "one_play",
        "--vault-password-file",
        str(tmp_path / "vault-password"),
        "-vvv",
        inventory=inventory,
    )
    assert done.code == 0, done.output
    assert {item["kind"] for item in lab.writes()} == {"cmdlet", "graph"}
    assert all(value not in done.output for value in plain)
