# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of many servers taken back: all servers are read at once, only those that have something to take back
wait for their turn, and what they write rests on what is there when it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.story import Begin, Play, ended, records
from tests.integration.test_turns_to_write import directory, reads, turn_of_somebody_else, wait_for
from tests.lab.client import LabClient


@pytest.mark.matrix
def test_all_are_read_while_one_writes_and_what_changed_meanwhile_is_kept(
    lab: LabClient, play: Play, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert play("prepare_vdirs").code == 0
    changed = {item["host"] for item in lab.writes()}
    assert changed == {"EX1", "EX2", "EX3"}
    lab.clear()
    process = begin("restore_hma", hma_restore_record=records(lab)[-1])
    with turn_of_somebody_else(tmp_path / "tmp", monkeypatch, "hma_restore"):
        wait_for(lambda: changed <= {item["host"] for item in reads(lab)})
        assert lab.writes() == []
        # Meanwhile somebody takes OAuth from EWS of EX2 by hand, as this run was to do.
        lab.write("Set-WebServicesVirtualDirectory", "EX2", {"OAuthAuthentication": False})
    run = ended(process)
    assert run.code == 0, run.output
    assert directory(lab, "ews", "EX2")["OAuthAuthentication"] is False
    assert "OAuth" not in directory(lab, "mapi", "EX1")["IISAuthenticationMethods"]
    assert {item["host"] for item in lab.writes()} == {"EX1", "EX3"}
