# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""record_organization: what the lab says of itself agrees with the lab, and nobody's name is in it."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from tests.integration.story import Play
from tests.lab import scenario
from tests.lab.client import LabClient
from tests.lab.originals import found_in, originals


def recording(lab: LabClient) -> tuple[dict[str, Any], str]:
    """The document and the page of the last run; nobody else may read them."""
    folder = max((lab.folder.parent / "hma_recordings").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    files = folder / "recording.json", folder / "recording.md"
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
    return json.loads(files[0].read_text("ascii")), files[1].read_text("utf-8")


def look(lab: LabClient, play: Play, name: str) -> dict[str, Any]:
    """Record the lab as it is: nothing is written to it, no name is shown or kept, and nothing differs."""
    run = play("record_organization", "-vvv", env={"ANSIBLE_LOG_PATH": str(lab.folder.parent / "log")})
    assert run.code == 0, run.output
    assert lab.writes() == []
    document, page = recording(lab)
    text = json.dumps(document)
    assert found_in(f"{text}{page}", originals(lab.state(), scenario.load(name))) == []
    assert " 0 differ" in page, page
    assert any("0 differ" in line for line in run.screen), run.screen
    # What was read stands in no log: not even the most talkative one.
    log = (lab.folder.parent / "log").read_text("utf-8")
    assert "IISAuthenticationMethods" not in log
    return document


@pytest.mark.scenario("everything")
def test_the_lab_agrees_with_itself(lab: LabClient, play: Play) -> None:
    document = look(lab, play, "everything")
    assert len(document["servers"]) == 2
    asked = [{item["id"] for item in server["readings"]} for server in document["servers"]]
    assert all(found >= {"mapi", "ad_ews"} for found in asked)
    assert [found >= {"config", "unknown_cmdlet"} for found in asked].count(True) == 1, asked


@pytest.mark.matrix
@pytest.mark.scenario("default")
@pytest.mark.connection("psrp")
def test_over_psrp_to_windows_powershell(lab: LabClient, play: Play) -> None:
    assert {server["transport"] for server in look(lab, play, "default")["servers"]} == {"psrp"}


@pytest.mark.matrix
@pytest.mark.scenario("default")
@pytest.mark.connection("exchange")
def test_over_exchange_s_own_endpoint(lab: LabClient, play: Play) -> None:
    document = look(lab, play, "default")
    assert {server["transport"] for server in document["servers"]} == {"psrp-exchange"}
    # Nobody rehydrated them on the way.
    types = {name for server in document["servers"] for read in server["readings"] for item in read["objects"]
             for name in item["types"]}  # fmt: skip
    assert [name for name in types if name.startswith("Deserialized")] == []


@pytest.mark.scenario("everything")
def test_check_shows_it_and_writes_nothing(lab: LabClient, play: Play) -> None:
    run = play("record_organization", "--check")
    assert run.code == 0, run.output
    assert not (lab.folder.parent / "hma_recordings").exists()
    assert '"kept"' in run.output
    assert "## This server says the same" in run.output
    assert found_in(run.stdout[run.stdout.index("Show the page") : run.stdout.index("PLAY RECAP")],
                    set(originals(lab.state(), scenario.load("everything"))) - {"localhost"}) == []  # fmt: skip
    assert "To write it" in " ".join(run.screen)


@pytest.mark.long
@pytest.mark.scenario("everything")
def test_a_server_that_is_not_reached_is_named_and_the_others_are_recorded(lab: LabClient, play: Play) -> None:
    lab.fault(at="session", host="EX3", message="No.")
    run = play("record_organization")
    assert run.code == 2, run.output
    document, _page = recording(lab)
    assert len(document["servers"]) == 1
    assert "Recorded, but not everybody" in run.screen[0]
    assert "ex3.corp.contoso.test" in " ".join(run.screen)
