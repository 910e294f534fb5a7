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
    assert {item["id"] for item in document["servers"][0]["readings"]} >= {"mapi", "ad_ews", "config", "unknown_cmdlet"}
