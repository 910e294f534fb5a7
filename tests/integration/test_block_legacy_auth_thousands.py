# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""5,000 people in one wave: how many shells and cmdlets that takes, and how long."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.integration.sign_ins import measured, seen
from tests.integration.story import Begin, Run, ended, records
from tests.integration.test_block_legacy_auth import POLICIES, assigned
from tests.lab.client import LabClient

PEOPLE = 5000
BATCH = 250


@pytest.mark.long
@pytest.mark.scenario("thousands")
def test_five_thousand_people(lab: LabClient, begin: Begin, tmp_path: Path, record_property: Any) -> None:
    def play(name: str, **given: Any) -> Run:
        return ended(begin(name, **given), timeout=900)

    lab.change(["organizations", 0, "authentication_policies"], POLICIES)
    lab.again()
    rows = (seen(f"CORP\\user{number}") for number in range(PEOPLE))
    given = {
        "hma_block_wave": "1", "hma_block_waves": [{"groups": ["thousands@contoso.test"]}],
        "hma_block_sign_ins": measured(tmp_path, *rows),
    }  # fmt: skip
    began = time.monotonic()
    run = play("block_legacy_auth", **given)
    assert run.code == 0, run.output[-4000:]
    took = time.monotonic() - began
    assert len(assigned(lab)) == PEOPLE + 1
    writes = [item for item in lab.writes() if item["name"] == "Set-User"]
    assert len(writes) == PEOPLE
    first, last = (
        next(place for place, item in enumerate(lab.journal()) if item["n"] == writes[at]["n"]) for at in (0, -1)
    )
    between = lab.journal()[first:last]
    shells = [item for item in between if item["kind"] == "shell"]
    reads = [item for item in between if item["kind"] == "cmdlet" and not item["write"]]
    assert (len(shells), len(reads)) == (PEOPLE // BATCH - 1, 0)
    everybody = [item for item in lab.journal("cmdlet") if item["name"] == "Get-User"]
    # One for the judgement, one before the writes and one behind them.
    assert len(everybody) == 3
    record_property("seconds", round(took))
    print(f"{PEOPLE} people: {took:.0f} s, {len(shells) + 1} shells for the writes, {len(writes)} writes")

    lab.clear()
    back = play("restore_hma", hma_restore_record=records(lab))
    assert back.code == 0, back.output[-4000:]
    assert list(assigned(lab)) == ["erin@contoso.test"]
