# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_access: one table of everything that a run needs; it stops at nothing, and writes nothing but its answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play, in_long_run
from tests.integration.test_connections import edited
from tests.lab.client import LabClient

EX1, EX2, EX3, EX4 = (f"ex{number}.corp.contoso.test" for number in "1234")
FOR_ALL = ("audit_hma", "disable_hma", "disable_owa_hma", "enable_hma", "enable_owa_hma", "prepare_vdirs")


def answers(folder: Path) -> tuple[dict[tuple[str, str], str], list[dict[str, Any]]]:
    """What the file says: the answer to each question about each object, and the rows."""
    (path,) = folder.glob("hma_reports/*/access.json")
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["rows"]
    return {(row["object"], row["question"]): row["answer"] for row in rows}, rows


def reason(rows: list[dict[str, Any]], name: str, question: str) -> str:
    (row,) = [row for row in rows if (row["object"], row["question"]) == (name, question)]
    return f"{row['why']} -> {row['fix']}"


def test_each_no_is_a_row_with_its_reason_and_nothing_stops_the_run(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """An unreachable server, a wrong password, an account without a role, one of View-Only, a tenant without a
    permission and one with a wrong secret: all in one run."""
    lab.change(["tenants", 1, "applications", 0, "rights"], ["Application.Read.All", "Domain.Read.All"])
    inventory = edited(
        lab,
        {
            EX1: {"exchange_user": "CONTOSO\\viewer", "exchange_password": "l00k-0nly"},
            EX2: {"ansible_port": 1},
            EX3: {"ansible_password": "wr0ng-s3cret"},
            EX4: {"exchange_user": "CONTOSO\\nobody", "exchange_password": "wr0ng"},
        },
    )
    content = yaml.safe_load(inventory.read_text("utf-8"))
    content["all"]["children"]["entra_tenants"]["hosts"]["contoso"]["hma_client_secret"] = "wr0ng-t00"
    servers = content["all"]["children"]["exchange_servers"]["hosts"]
    servers["ex7"] = {"ansible_connection": "ssh"}
    servers["ex8"] = {**servers[EX2], "ansible_port": 99999}
    servers["ex9"] = {**servers[EX2], "ansible_host": "ex9.corp.contoso.invalid"}
    inventory.write_text(yaml.safe_dump(content), "utf-8")
    run = play("check_access", inventory=inventory, hma_audit_fail_on="nevr")
    assert run.code != 0
    assert [
        secret for secret in ("wr0ng-s3cret", "wr0ng-t00", "l00k-0nly", *lab.secrets()) if secret in run.output
    ] == []
    assert lab.writes() == []

    found, rows = answers(tmp_path)
    assert found["inventory", "variables"] == "no"
    assert "hma_audit_fail_on" in reason(rows, "inventory", "variables")
    assert [found[EX1, item] for item in ("name", "port", "sign-in", "PowerShell", "Exchange shell")] == ["yes"] * 5
    assert [found[EX1, item] for item in ("audit_hma", "verify_hma", "register_spns")] == ["yes"] * 3
    assert [found[EX1, item] for item in ("prepare_vdirs", "enable_hma", "disable_hma")] == ["no"] * 3
    assert "Set-OrganizationConfig" in reason(rows, EX1, "enable_hma")
    assert (found[EX2, "port"], found[EX2, "sign-in"]) == ("no", "not_asked")
    assert (found[EX3, "port"], found[EX3, "sign-in"]) == ("yes", "no")
    assert "name, password or ticket was refused" in reason(rows, EX3, "sign-in")
    assert (found[EX4, "sign-in"], found[EX4, "Exchange shell"]) == ("yes", "no")
    assert "Add it to Organization Management" in reason(rows, EX4, "Exchange shell")
    assert found["ex7", "sign-in"] == "no" and "ssh" in reason(rows, "ex7", "sign-in")
    assert "99999 is no port" in reason(rows, "ex8", "name")
    assert (found["ex9", "sign-in"], found["ex9", "name"] in ("no", "unknown")) == ("not_asked", True)
    assert "This is a bug" not in run.output
    assert (found["contoso", "token"], ("contoso", "write") in found) == ("no", False)
    assert [found["fabrikam", item] for item in ("token", "read", "domains")] == ["yes"] * 3
    assert found["fabrikam", "write"] == "no"
    assert "Application.ReadWrite.All" in reason(rows, "fabrikam", "write")
    assert found["mail.contoso.test", "443"] == "yes"

    assert run.screen[0].startswith("check_access: Not everything can be used. Run ")
    assert "Can be used: 0 of 7 servers, 0 of 2 tenants, " in run.screen[1]
    assert any(line.startswith("1. ") for line in run.screen)
    again = "Once more: ansible-playbook hybrid.exchange.check_access -e hma_audit_fail_on=nevr -i "
    assert run.screen[-1].startswith(again)
    assert len(run.screen) <= 15
    assert max(map(len, run.screen[:-2])) <= 120
    assert f"{EX3}, sign-in: NO." in run.output
    lost = "prepare_vdirs, enable_hma, disable_hma, restore_hma, try_writes_on_one_directory"
    assert f"{EX1}, roles: NO. {lost} cannot be run:" in run.output


@pytest.mark.matrix
@pytest.mark.parametrize(
    "way",
    in_long_run([pytest.param(way, marks=pytest.mark.connection(way)) for way in ("ntlm", "psrp", "exchange")], "psrp"),
)
def test_everything_can_be_used(lab: LabClient, play: Play, tmp_path: Path, way: str) -> None:
    """By each way in, with the rights of Organization Management; then with a role of somebody's own that lacks a
    cmdlet and a parameter."""
    run = play("check_access")
    assert run.code == 0, run.output
    found, rows = answers(tmp_path)
    assert {found[host, question] for host in (EX2, EX3, EX4) for question in FOR_ALL} == {"yes"}
    # Exchange 2016 can do all but Outlook on the web.
    assert {found[EX1, question] for question in FOR_ALL} == {"yes", "not_needed"}
    assert run.screen[0].startswith("check_access: Everything answers, and every account may do its part. Run ")
    assert run.screen[-1].startswith("Next: ansible-playbook hybrid.exchange.audit_hma -i ")
    assert all(row["why"] for row in rows if row["question"] == "Exchange shell")
    assert lab.writes() == []

    lab.change(["organizations", 0, "users", 0, "rights"], "without Set-OabVirtualDirectory, Set-AuthServer DomainName")
    lab.again()
    less = play("check_access", hma_report_dir=str(tmp_path / "less" / "hma_reports"))
    assert less.code != 0
    found, rows = answers(tmp_path / "less")
    assert found[EX4, "audit_hma"] == found[EX4, "disable_hma"] == "yes"
    assert reason(rows, EX4, "prepare_vdirs").startswith("the account does not see Set-OabVirtualDirectory. ->")
    assert "Set-OabVirtualDirectory, Set-AuthServer -DomainName." in reason(rows, EX4, "enable_hma")

    looks = {
        "hma_report_dir": str(tmp_path / "only" / "hma_reports"),
        "hma_access_playbooks": ["audit_hma", "disable_hma"],
    }
    only = play("check_access", **looks)
    assert only.code == 0, only.output


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_settings_count_where_the_inventory_has_them(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """At the group of the servers, as other playbooks read them; and text of the command line is a truth."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]
    ways = content["all"]["vars"].pop("hma_probe_connect_to")
    servers["vars"] = {**servers.get("vars", {}), "hma_probe_connect_to": ways, "hma_access_playbooks": ["audit_hma"]}
    path = lab.folder / "group.yml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    run = play("check_access", "-e", "hma_identity_entra=false", inventory=path)
    found, _rows = answers(tmp_path)
    assert found["mail.contoso.test", "443"] == "yes", run.output
    assert {answer for (_object, question), answer in found.items() if question == "users"} == {"not_needed"}
    assert "Asked for: audit_hma." in " ".join(run.screen)


@pytest.mark.matrix
def test_an_inventory_of_nothing_is_an_answer_too(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("check_access", inventory=Path("nobody,"))
    assert run.code != 0
    _found, rows = answers(tmp_path)
    assert reason(rows, "inventory", "hosts").startswith("it has no server and no tenant.")


@pytest.mark.matrix
def test_a_connection_that_opens_no_shell_is_a_no_with_its_reason(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """Of the account for Exchange only the user is given: nothing is opened, so that no port is looked at."""
    run = play("check_access", inventory=edited(lab, {EX3: {"exchange_user": "CONTOSO\\viewer"}}))
    assert run.code != 0
    found, rows = answers(tmp_path)
    assert found[EX3, "sign-in"] == "no"
    assert "only one is set" in reason(rows, EX3, "sign-in")
    assert run.screen[0].startswith("check_access: Not everything can be used. Run ")


@pytest.mark.scenario("healthy")
def test_a_limit_asks_whom_it_names_and_ends_with_a_screen(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """Ansible leaves the control node out of a limit, where the table and the last screen are made."""
    run = play("check_access", "--limit", EX2)
    assert run.code == 0, run.output
    found, rows = answers(tmp_path)
    assert {row["object"] for row in rows if row["kind"] in ("server", "tenant")} == {EX2}
    assert found["mail.contoso.test", "443"] == "yes"
    assert reason(rows, "inventory", "hosts") == f"--limit {EX2} was given: no other host was asked. -> "
    assert run.screen[0].startswith("check_access: ") and "Can be used: 1 of 1 server, " in run.screen[1]
    assert f"--limit {EX2} was given: no other host was asked. Asked for: " in " ".join(run.screen)
