# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch_hma, day after day: quiet, drift, what could not be read, and the history it keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.integration.story import Play
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("compliant")
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "watch.schema.json").read_text("utf-8"))
)
QUIET, DRIFT, NOT_DONE = 0, 2, 4


def entries(folder: Path) -> list[dict[str, Any]]:
    """The runs of the history, the oldest first, each as the schema says and nobody else's to read."""
    found = []
    for path in sorted((folder / "hma_watch").glob("watch-*.json")):
        assert path.stat().st_mode & 0o777 == 0o600
        found.append(json.loads(path.read_text("utf-8")))
        SCHEMA.validate(found[-1])
    return found


def test_a_directory_loses_oauth_and_the_run_after_it_is_quiet(lab: LabClient, play: Play, tmp_path: Path) -> None:
    first = play("watch_hma")
    assert first.code == QUIET, first.output
    assert "This is the first reading" in first.screen[0]

    lab.write("Set-MapiVirtualDirectory", "EX1", {"IISAuthenticationMethods": ["Ntlm", "Negotiate"]})
    drift = play("watch_hma")
    assert drift.code == DRIFT, drift.output
    screen = "\n".join(drift.screen)
    assert "changed since" in drift.screen[0]
    assert "lost OAuth" in screen
    assert "hardening script" in screen

    quiet = play("watch_hma")
    assert quiet.code == QUIET, quiet.output
    assert quiet.screen[0].startswith("watch_hma: Nothing new since ")
    assert len(quiet.screen) <= 5

    _first, second, third = entries(tmp_path)
    assert [item["kind"] for item in second["drift"]] == ["changed"]
    assert third["drift"] == []
    page = (tmp_path / "hma_watch" / "index.html").read_text("utf-8")
    assert "<polyline points=" in page
    assert lab.writes() == []
