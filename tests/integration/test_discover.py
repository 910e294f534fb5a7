# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""discover: one server and one sign-in make a folder that the other playbooks run from, and nothing is overwritten."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Begin, Play, Run, ended
from tests.integration.test_audit_hma import report_of, said
from tests.lab.client import LabClient
from tests.unit.guides import GUIDES, ROOT, blocks

NAMES = Path(__file__).parents[1] / "lab" / "names"
EXAMPLE = ROOT / "docs" / "examples" / "fleet"
# A source that is none: what is typed names its own.
UNUSED = Path("/dev/null")
EX1 = "ex1.corp.contoso.test"


def in_dns(lab: LabClient) -> dict[str, str]:
    """The environment of a control node whose DNS knows the servers of the lab."""
    return {"PYTHONPATH": str(NAMES), "HMA_LAB_NAMES": str(lab.folder / "names.json")}


def sign_in(lab: LabClient) -> dict[str, Any]:
    """How EX1 is signed in to, as the lab's own inventory has it, without what discover finds by itself."""
    own: dict[str, Any] = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"][
        "hosts"
    ][EX1]
    return {name: value for name, value in own.items() if name.startswith("ansible_") and name != "ansible_host"}


def discover(lab: LabClient, play: Play, *arguments: str, **options: Any) -> Run:
    """One server and one sign-in: what an administrator has on the first day."""
    return play("discover", *arguments, inventory=f"{EX1},", env=in_dns(lab), **{**sign_in(lab), **options})


def secrets(lab: LabClient, folder: Path) -> None:
    """What nobody can discover: passwords, the applications, and that Entra is the lab's here."""
    own = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]
    tenants = own["entra_tenants"]["hosts"]
    found = yaml.safe_load((folder / "inventory.yml").read_text("utf-8"))["all"]["children"]["entra_tenants"]["hosts"]
    by_id = {item["hma_tenant_id"]: item for item in tenants.values()}
    values = {"vault_ansible_password": sign_in(lab)["ansible_password"]}
    for host, variables in found.items():
        real = by_id[variables["hma_tenant_id"]]
        values[f"vault_{host}_client_id"] = real["hma_client_id"]
        values[f"vault_{host}_client_secret"] = real.get("hma_client_secret", "s3cond")
        places = {name: real[name] for name in ("hma_authority", "hma_graph_endpoint", "hma_ca_path")}
        path = folder / "host_vars" / host / "lab.yml"
        path.parent.mkdir(parents=True)
        path.write_text(yaml.safe_dump(places), "utf-8")
    (folder / "group_vars" / "all" / "vault.yml").write_text(yaml.safe_dump(values), "utf-8")


@pytest.mark.scenario("six_servers")
def test_one_server_and_one_sign_in_make_a_folder_that_is_audited_as_it_is(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    lab.change(
        ["tenants", 1, "applications", 0],
        {"client_id": "bbbbbbbb-0000-4000-8000-000000000002", "secret": "s3cond", "rights": ["Application.Read.All"]},
    )
    lab.again()
    folder = tmp_path / "fleet"
    run = discover(lab, play, hma_discover_dir=str(folder))
    assert run.code == 0, run.output
    # Where the folder's name is long the verdict goes on in the next line.
    assert " ".join(run.screen).startswith(f"discover: 7 servers and 2 tenants are in {folder}")
    assert f"Reached through {EX1} only: ex5.corp.contoso.test, ex6.corp.contoso.test." in " ".join(run.screen)
    assert "No answer from: ex9.corp.contoso.test." in " ".join(run.screen)
    for secret in (sign_in(lab)["ansible_password"], *lab.secrets()):
        assert secret not in run.output
        assert not any(secret in path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())
    assert lab.writes() == []
    written = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }
    assert sorted(written) == [
        "ansible.cfg", "group_vars/all/hma.yml", "group_vars/all/vault.yml.example",
        "group_vars/entra_tenants/hma.yml", "group_vars/exchange_servers/hma.yml", "inventory.yml",
    ]  # fmt: skip
    groups = yaml.safe_load(written["inventory.yml"])["all"]["children"]
    assert list(groups["exchange_servers"]["hosts"]) == [
        f"ex{number}.corp.contoso.test" for number in (1, 2, 3, 4, 5, 6, 9)
    ]
    assert groups["exchange_servers"]["hosts"]["ex5.corp.contoso.test"] == {
        "ansible_host": EX1, "hma_server": "ex5.corp.contoso.test",
    }  # fmt: skip
    assert list(groups["exchange_silent"]["hosts"]) == ["ex9.corp.contoso.test"]
    assert list(groups["exchange_2016"]["hosts"]) == [EX1]
    assert "edge1" not in json.dumps(groups)

    secrets(lab, folder)
    lab.clear()
    audit = play("audit_hma", inventory=folder / "inventory.yml", env=in_dns(lab), hma_audit_resolve=False)
    document = report_of(tmp_path)
    assert {
        item["object"]
        for item in document["findings"]
        if item["id"] == "HMA-COV-002" and item["status"] == "not_checked"
    } == {"ex9.corp.contoso.test"}
    assert said(document, "pass") >= {"HMA-COV-001"}
    assert "HMA-SPN-001" not in said(document, "not_checked")
    assert "audit_hma" in audit.screen[0]


@pytest.mark.long
@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.connection(way)) for way in ("ntlm", "psrp", "exchange")]
)
def test_a_folder_that_is_there_is_never_overwritten_and_what_changed_is_shown(
    lab: LabClient, play: Play, tmp_path: Path, way: str
) -> None:
    folder = tmp_path / "fleet"
    planned = discover(lab, play, "--check", hma_discover_dir=str(folder))
    assert planned.code == 0, planned.output
    assert "would be written" in planned.screen[0]
    assert not folder.exists()
    first = discover(lab, play, hma_discover_dir=str(folder))
    assert first.code == 0, first.output
    inventory = folder / "inventory.yml"
    text = inventory.read_text("utf-8")

    same = discover(lab, play, hma_discover_dir=str(folder))
    assert (same.code, same.changed) == (0, 0), same.output
    assert f"{folder} is as the organization is" in " ".join(same.screen)

    edited = text.replace("        ex4.corp.contoso.test:", "        ex7.corp.contoso.test:") + "# ours\n"
    inventory.write_text(edited, "utf-8")
    drifted = discover(lab, play, hma_discover_dir=str(folder))
    assert (drifted.code, drifted.changed) == (0, 0), drifted.output
    assert inventory.read_text("utf-8") == edited
    said_last = " ".join(drifted.screen)
    assert "New in the organization: ex4.corp.contoso.test." in said_last
    assert "Not in the organization any more: ex7.corp.contoso.test." in said_last
    assert "+ex4.corp.contoso.test" in drifted.output
    assert "-ex7.corp.contoso.test" in drifted.output
    assert "ex4.corp.contoso.test: # Exchange Server SE" in drifted.text

    inventory.write_text("all: [", "utf-8")
    broken = discover(lab, play, hma_discover_dir=str(folder))
    assert broken.code != 0
    assert f"{inventory} is no inventory that can be read" in " ".join(broken.screen)


@pytest.mark.matrix
def test_nobody_answers(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = discover(lab, play, ansible_password="wr0ng-s3cret")
    assert run.code != 0
    assert "discover: The run ended early." in run.screen[0]
    assert "name, password or ticket was refused" in " ".join(run.screen)
    assert "wr0ng-s3cret" not in run.output
    assert not (tmp_path / "fleet").exists()


def typed() -> list[str]:
    """The lines of the guide from the clone to the first audit."""
    return blocks(GUIDES["day_one"], "console")[0].splitlines()


def test_ten_lines_lead_from_the_clone_to_the_first_audit() -> None:
    lines = typed()
    assert len(lines) <= 10
    assert lines[0].startswith("git clone ")
    assert "hybrid.exchange.audit_hma" in lines[-1]


@pytest.mark.matrix
@pytest.mark.connection("psrp")
def test_the_lines_of_the_guide_are_typed(lab: LabClient, begin: Begin, tmp_path: Path) -> None:
    """From discover on, where the lab's names, port and authority stand for one's own, and files for what is asked."""
    secret, vault = tmp_path / "secret", tmp_path / "vault"
    own = sign_in(lab)
    secret.write_text(own["ansible_password"], "utf-8")
    vault.write_text("the vault's own", "utf-8")
    words = {
        "contoso.com": "contoso.test",
        "CORP\\hma-audit": own["ansible_user"],
        " -k": f" --connection-password-file {secret} -e ansible_port={own['ansible_port']}"
        f" -e ansible_psrp_protocol=https -e ansible_psrp_ca_cert={lab.folder / 'ca.pem'}",
        "--ask-vault-pass": f"--vault-password-file {vault}",
    }
    screens = []
    for line in typed()[4:]:
        for word, real in words.items():
            line = line.replace(word, real)
        if line.startswith("vi "):
            (tmp_path / "fleet" / "group_vars" / "all" / "vault.yml").unlink()
            secrets(lab, tmp_path / "fleet")
            continue
        if line.startswith("ansible-vault"):
            line += f" --vault-password-file {vault}"
        program, *arguments = shlex.split(line)
        if program == "ansible-playbook":
            name = arguments.pop(0).removeprefix("hybrid.exchange.")
            run = ended(begin(name, *arguments, inventory=UNUSED, env=in_dns(lab)))
            assert run.output, line
            screens.append(run.screen[0])
            continue
        done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "4 servers and 2 tenants are in fleet" in screens[0]
    assert [screen.partition(":")[0] for screen in screens] == ["discover", "check_access", "audit_hma"]
    assert "$ANSIBLE_VAULT" in (tmp_path / "fleet" / "group_vars" / "all" / "vault.yml").read_text("utf-8")
    (report,) = tmp_path.glob("hma_reports/*/report.json")
    found = {item["id"] for item in json.loads(report.read_text("utf-8"))["findings"]}
    assert {"HMA-COV-001", "HMA-SPN-001", "HMA-VDIR-001"} <= found


@pytest.mark.long
def test_the_example_folder_runs_as_it_is_copied(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """With the lab's names in the place of contoso.com, its port, and the secrets filled in."""
    folder = tmp_path / "copied"
    shutil.copytree(EXAMPLE, folder)
    inventory = folder / "inventory.yml"
    inventory.write_text(inventory.read_text("utf-8").replace("contoso.com", "contoso.test"), "utf-8")
    secrets(lab, folder)
    run = play("check_access", inventory=inventory, env=in_dns(lab), **sign_in(lab))
    (answers,) = tmp_path.glob("hma_reports/*/access.json")
    rows = {(row["object"], row["question"]): row["answer"] for row in json.loads(answers.read_text("utf-8"))["rows"]}
    assert rows["inventory", "variables"] == "yes", run.output
    assert {rows[f"ex{number}.corp.contoso.test", "Exchange shell"] for number in (1, 2, 3, 4)} == {"yes"}
    assert rows["contoso", "read"] == "yes"
