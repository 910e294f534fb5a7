# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""restore_hma where nobody can say any more whether modern authentication is on: names stay, and the end says why."""

from __future__ import annotations

import pytest

from tests.integration.story import Play, records, sets
from tests.lab.client import LabClient

READ = "Get-OrganizationConfig"


@pytest.mark.matrix
def test_names_stay_where_the_switch_cannot_be_read_and_the_reason_is_said(lab: LabClient, play: Play) -> None:
    run = play("register_spns")
    assert run.code == 0, run.output
    registered = sets(lab.state())
    lab.clear()
    look = play("restore_hma", "--check", hma_restore_record=records(lab))
    assert look.code == 0, look.output
    reads = [item for item in lab.journal("cmdlet") if item["name"] == READ]
    # The last reading is the one right before the names.
    lab.fault(at="cmdlet", name=READ, action="error", message="Active Directory is tired.", after=len(reads) - 1)
    run = play("restore_hma", "--check", hma_restore_record=records(lab))
    assert run.code != 0, run.output
    assert "stay registered" in run.text, run.output
    assert "Active Directory is tired." in run.text, run.output
    assert sets(lab.state()) == registered
