# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""restore_hma, asked what it can do: the recorded runs, what of them stands, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.story import Play, records
from tests.lab.client import LabClient

pytestmark = pytest.mark.scenario("single")


@pytest.mark.matrix
def test_a_parent_folder_lists_its_runs_and_writes_nothing(lab: LabClient, play: Play) -> None:
    assert play("prepare_vdirs").code == 0
    folder = Path(records(lab)[-1])
    lab.clear()
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}

    run = play("restore_hma", hma_restore_record=str(folder.parent))
    assert run.code == 0, run.output
    assert lab.writes() == []
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before
    assert run.screen[0].startswith("restore_hma: 1 run is recorded. Run ")
    assert f"{folder.name} " in run.text
    assert "hybrid.exchange.prepare_vdirs: " in run.text
    assert "OAuthAuthentication true -> false" in run.text
    assert f"-e hma_restore_record={folder}" in " ".join(run.screen)


@pytest.mark.matrix
def test_every_run_is_there_and_one_that_was_taken_back_says_so(lab: LabClient, play: Play) -> None:
    assert play("prepare_vdirs").code == 0
    first = records(lab)[-1]
    assert play("restore_hma", hma_restore_record=first).code == 0
    assert play("register_spns").code == 0
    broken = Path(first).parent / "20200101T000000Z-1"
    broken.mkdir(mode=0o700)
    (broken / "localhost.jsonl").write_text('{"schema": 7}\n', "utf-8")
    lab.clear()

    run = play("restore_hma", hma_restore_list=True)
    assert run.code != 0, "One of the records cannot be read, and that is said."
    assert "version 7 of the record" in run.text
    assert run.screen[0].startswith("restore_hma: 4 runs are recorded.")
    assert " back)" in run.text
    assert "servicePrincipalNames" in run.text
    assert lab.writes() == []


@pytest.mark.matrix
def test_a_folder_without_a_run_is_one_message(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play("restore_hma", hma_restore_list=True, hma_record_dir=str(tmp_path / "nowhere"))
    assert run.code != 0
    assert "There is no recorded run in" in "\n".join(run.screen)
