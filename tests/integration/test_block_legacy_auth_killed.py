# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waves' writes, killed after each kind of them: a rerun finishes, and the records bring the start back."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Begin, Play, ended, records, sets
from tests.integration.test_block_legacy_auth import EXCEPTIONS, WAVES, assigned, everybody, with_policies
from tests.integration.test_modules import call
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("waves")
EX3 = "ex3.corp.contoso.test"
PEOPLE = ["alice@contoso.test", "bob@contoso.test", "carol@contoso.test", "erin@contoso.test"]
TASKS: list[dict[str, Any]] = [
    {"hma_auth_policy": {"name": "HMA only", "block_legacy": {"mapi": True}}},
    {"hma_auth_policy": {"name": "Block POP", "block_legacy": {"pop": False}}},
    {"hma_user_policy": {"policy": "HMA only", "people": PEOPLE, "batch": 2}},
    {"hma_auth_policy": {"name": "HMA only", "default": True}},
]
# Each kind of write, and which one of its kind.
WRITES = [
    ("New-AuthenticationPolicy", 0), ("Set-AuthenticationPolicy", 0), ("Set-User", 0), ("Set-User", 2), ("Set-User", 3),
    ("Set-OrganizationConfig", 0),
]  # fmt: skip
MATRIX = pytest.mark.matrix


def waves(folder: Path) -> str:
    tasks = [{f"hybrid.exchange.{name}": given for name, given in task.items()} for task in TASKS]
    path = folder / "waves.yml"
    path.write_text(yaml.safe_dump([{"hosts": EX3, "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return str(path)


def kill_at(lab: LabClient, begin: Begin, playbook: str, write: str, moment: str, number: int, **given: Any) -> None:
    lab.fault(at="cmdlet", action=f"hang_{moment}", name=write, after=number, count=1)
    process = begin(playbook, **given)
    deadline = time.monotonic() + 120
    while not lab.journal("hang") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert lab.journal("hang")
    os.killpg(process.pid, signal.SIGKILL)
    ended(process)
    lab.remedy()


def taken_back(lab: LabClient, folder: Path) -> dict[str, Any]:
    source = [str(path) for path in (folder / "hma_records").iterdir()]
    history = call(lab, folder, "localhost", "hma_record", {"source": source})["history"]
    return call(lab, folder, EX3, "hma_restore", {"scope": "policies", "history": history})


@MATRIX
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("write", "number"), WRITES)
def test_killed_and_run_again_and_taken_back(
    lab: LabClient, begin: Begin, play: Play, tmp_path: Path, write: str, number: int, moment: str
) -> None:
    start, playbook = sets(lab.state()), waves(tmp_path)
    kill_at(lab, begin, playbook, write, moment, number)
    run = play(playbook)
    assert run.code == 0, run.output
    found = lab.state()["organizations"][0]
    assert found["assigned"] == dict.fromkeys(PEOPLE, "HMA only")
    assert found["config"][0]["DefaultAuthenticationPolicy"] == "HMA only"
    assert taken_back(lab, tmp_path)["refused"] == []
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("write", "number"),
    [(*write,) if write == ("Set-User", 2) else pytest.param(*write, marks=pytest.mark.long) for write in WRITES],
)
def test_killed_and_taken_back_by_its_record_alone(
    lab: LabClient, begin: Begin, tmp_path: Path, write: str, number: int
) -> None:
    start = sets(lab.state())
    kill_at(lab, begin, waves(tmp_path), write, "after", number)
    assert taken_back(lab, tmp_path)["refused"] == []
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_wave_that_was_killed_is_run_again_and_taken_back(
    lab: LabClient, begin: Begin, play: Play, tmp_path: Path, number: int
) -> None:
    """The playbook itself, behind the first exception, the second one, and the first person of the wave."""
    with_policies(lab)
    start = sets(lab.state())
    given = {
        "hma_block_wave": "2", "hma_block_waves": WAVES, "hma_block_exceptions": EXCEPTIONS,
        "hma_block_sign_ins": everybody(tmp_path),
    }  # fmt: skip
    kill_at(lab, begin, "block_legacy_auth", "Set-User", "after", number, **given)
    run = play("block_legacy_auth", **given)
    assert run.code == 0, run.output
    assert assigned(lab) == {
        **{f"{name}@contoso.test": "HMA only" for name in ("bob", "carol")}, "erin@contoso.test": "Block POP",
        **{f"{name}@contoso.test": "HMA exceptions" for name in ("dave", "scanner")},
    }  # fmt: skip
    assert play("restore_hma", hma_restore_record=records(lab)).code == 0
    assert sets(lab.state()) == start
