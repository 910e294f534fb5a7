# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A trial that is killed, and a restore of policies that is killed: the command that goes on from there is restore_hma
with the record, and it gives back what was there."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Begin, Play, ended, records, sets
from tests.integration.test_block_legacy_auth_killed import waves
from tests.lab.client import LabClient

pytestmark = pytest.mark.matrix
EX3 = "ex3.corp.contoso.test"
TRIAL: dict[str, Any] = {"hma_try_server": EX3, "hma_try_directory": "mapi", "hma_try_out_of_use": True}
MOMENTS = pytest.mark.parametrize("moment", ["before", "after"])


def killed(lab: LabClient, begin: Begin, playbook: str, write: str, number: int, moment: str, **given: Any) -> None:
    """SIGKILL for all of it, where the lab holds this write."""
    lab.fault(at="cmdlet", action=f"hang_{moment}", name=write, after=number, count=1)
    process = begin(playbook, **given)
    deadline = time.monotonic() + 150
    while not lab.journal("hang") and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert lab.journal("hang")
    os.killpg(process.pid, signal.SIGKILL)
    ended(process)
    lab.remedy()


@pytest.mark.scenario("everything")
@MOMENTS
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_trial_that_was_killed_is_given_back_by_its_record(
    lab: LabClient, begin: Begin, play: Play, number: int, moment: str
) -> None:
    start = sets(lab.state())
    killed(lab, begin, "try_writes_on_one_directory", "Set-MapiVirtualDirectory", number, moment, **TRIAL)
    # Where the record holds no write, nothing was sent, and there is nothing to take back.
    back = play("restore_hma", hma_restore_record=records(lab))
    assert back.code == 0, back.output
    assert sets(lab.state()) == start
    # Then it may be tried again.
    again = play("try_writes_on_one_directory", **TRIAL)
    assert again.code == 0, again.output
    assert sets(lab.state()) == start


WRITES = [("Set-OrganizationConfig", 0), ("Set-User", 0), ("Set-User", 3), ("Remove-AuthenticationPolicy", 0)]


@pytest.mark.scenario("waves")
@MOMENTS
@pytest.mark.parametrize(("write", "number"), WRITES)
def test_a_restore_of_policies_that_was_killed_goes_on_with_both_records(
    lab: LabClient, begin: Begin, play: Play, tmp_path: Path, write: str, number: int, moment: str
) -> None:
    start = sets(lab.state())
    forth = play(waves(tmp_path))
    assert forth.code == 0, forth.output
    record = [str(path) for path in (tmp_path / "hma_records").iterdir()]
    killed(lab, begin, "restore_hma", write, number, moment, hma_restore_record=record)
    # With the record of the way back beside it, it is the same.
    back = play("restore_hma", hma_restore_record=[*record, *records(lab)])
    assert back.code == 0, back.output
    assert sets(lab.state()) == start
    assert play("restore_hma", hma_restore_record=record).changed == 0


@pytest.mark.scenario("everything")
@pytest.mark.parametrize("both", [False, True], ids=["its record", "both records"])
def test_a_restore_that_was_killed_between_off_and_the_rest_goes_on(
    lab: LabClient, begin: Begin, play: Play, both: bool
) -> None:
    start = sets(lab.state())
    forth = play("enable_hma")
    assert forth.code == 0, forth.output
    own = records(lab)
    killed(lab, begin, "restore_hma", "Set-OabVirtualDirectory", 0, "after", hma_restore_record=own)
    given = records(lab) if both else own
    back = play("restore_hma", hma_restore_record=given)
    assert back.code == 0, back.output
    assert sets(lab.state()) == start
