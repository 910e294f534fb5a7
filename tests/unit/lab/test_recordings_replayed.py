# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each recording in tests/recordings becomes a scenario in which the lab says what the recording says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab.importing import imported
from tests.unit.support.memory_shell import organization_of, recorded, rows_of

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "tests" / "recordings").glob("*.json"))
# Entra's, and what is known of it, is no part of an organization; latency is not waited for here.
NOT_OF_EXCHANGE = {"a-reply-url-with-and-without-a-slash"}


def document(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lab_says_what_was_recorded(path: Path) -> None:
    found = document(path)
    made, _shown = imported(found)
    trials = found["servers"][0]["trials"]
    original, replayed = rows_of(found), rows_of(recorded(organization_of(made)))
    both = {name for name, row in replayed.items() if row.seen and original[name].seen} - NOT_OF_EXCHANGE
    assert {name: replayed[name].seen for name in both} == {name: original[name].seen for name in both}
    assert len(both) > 10
    assert trials == [] or any(one["id"] == "oauth" for one in trials)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_servers_and_directories_are_those_of_the_recording(path: Path) -> None:
    found = document(path)
    made, _shown = imported(found)
    again = recorded(organization_of(made))
    assert [len(server["readings"][1]["objects"]) for server in again["servers"]] == [
        len(server["readings"][1]["objects"]) for server in found["servers"]
    ]


def test_the_command_prints_a_scenario_and_what_is_contradicted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.lab", "import"]
    done = subprocess.run([*command, str(ROOT / "tests" / "recordings" / "turned.json")], cwd=ROOT, capture_output=True,
                          text=True, check=True)  # fmt: skip
    assert "are contradicted." in done.stdout
    assert "# adpropertiesonly-gives-values-of-iis-that: the lab says wrong, the recording nothing." in done.stdout
    bad = tmp_path / "recording.json"
    bad.write_text("{}", encoding="utf-8")
    failed = subprocess.run([*command, str(bad)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "no recording of this collection" in failed.stderr
    assert "Traceback" not in failed.stderr
