# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back with a record that is another organization's, with a folder that keeps none, beside hybrid free/busy,
and where only a part of it can be done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Play, records, sets
from tests.lab.client import LabClient

HOSTS = {"https://mail.contoso.test/", "https://mail.corp.contoso.test/", "https://autodiscover.contoso.test/"}


def names(lab: LabClient) -> list[set[str]]:
    return [set(tenant["service_principals"][0]["names"]) for tenant in lab.state()["tenants"]]


@pytest.mark.matrix
def test_names_stay_for_free_busy_and_a_foreign_record_takes_nothing(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    """The names of a tenant that two organizations use are needed by the other one."""
    start = sets(lab.state())
    before = names(lab)
    lab.change(["organizations", 0, "connectors"], [{"name": "HybridIOC"}])
    assert play("register_spns").code == 0
    registered = sets(lab.state())
    lab.clear()

    foreign = tmp_path / "foreign"
    foreign.mkdir(mode=0o700)
    for file in Path(records(lab)[0]).glob("*.jsonl"):
        (foreign / file.name).write_text(file.read_text("utf-8") + of_fabrikam(file.stem), encoding="utf-8")
    for check in ([], ["--check"]):
        run = play("restore_hma", *check, hma_restore_record=str(foreign))
        assert run.code != 0
        assert "The record is of the organization 'Fabrikam', and 'Contoso' answers." in run.text, run.output
    assert lab.writes() == []
    assert sets(lab.state()) == registered

    look = play("restore_hma", "--check", hma_restore_record=records(lab)[0])
    run = play("restore_hma", hma_restore_record=records(lab)[0])
    for done in (look, run):
        assert done.code == 0, done.output
        assert "IntraOrganizationConnector HybridIOC is enabled" in " ".join(done.screen), done.screen
    kept = {name for was, now in zip(before, names(lab), strict=True) for name in now - was}
    assert kept
    assert kept <= HOSTS
    run = play("restore_hma", hma_restore_record=records(lab)[0], hma_restore_despite_connector=True)
    assert run.code == 0, run.output
    assert sets(lab.state()["tenants"]) == start["tenants"]


def of_fabrikam(host: str) -> str:
    """A write to the switch of another organization, in the record of the host that stands for a server."""
    guid = "0f0f0f0f-0000-4000-8000-000000000001"
    line: dict[str, Any] = {
        "schema": 1, "time": "2026-11-26T10:00:00+00:00", "run": "x", "pid": 1, "host": host, "module": "hma_orgconfig",
        "event": "intent", "id": f"{abs(hash(host)) % 16**16:016x}", "object": "Organization 'Fabrikam'",
        "target": {"type": "organization", "guid": guid, "name": "Fabrikam"}, "command": "Set-OrganizationConfig",
        "before": {"OAuth2ClientProfileEnabled": False}, "after": {"OAuth2ClientProfileEnabled": True},
    }  # fmt: skip
    return json.dumps(line) + "\n"


@pytest.mark.scenario("healthy")
def test_off_is_off_whatever_becomes_of_the_endpoint(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """A record that cannot be read stands in nobody's way at night, and an account may have the role for the one cmdlet
    and not for the other. What is off is called off."""
    start = lab.state()["organizations"][0]
    run = play("disable_hma", hma_restore_record=str(tmp_path / "nowhere"))
    now = lab.state()["organizations"][0]
    assert (run.code != 0, now["config"][0]["OAuth2ClientProfileEnabled"]) == (True, False)
    assert now["authserver"] == start["authserver"]
    said = " ".join(run.screen)
    assert run.screen[0].startswith("disable_hma: Modern authentication is off, and not everything is taken back")
    assert "nowhere cannot be read (No such file or directory)" in said
    assert "hma_restore_record" not in said.partition("or without one")[2]

    lab.fault(at="cmdlet", action="error", name="Set-AuthServer", message="not today")
    run = play("disable_hma")
    assert run.code != 0
    assert run.screen[0].startswith("disable_hma: Modern authentication is off, and not everything is taken back")
    assert "not today" in " ".join(run.screen)


def test_check_mode_refuses_a_folder_that_cannot_keep_the_record(lab: LabClient, play: Play, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    run = play("enable_hma", "--check", hma_record_dir=str(tmp_path / "file"))
    assert run.code != 0
    assert "Without it nothing is changed" in run.text, run.output
    assert lab.journal() == []
