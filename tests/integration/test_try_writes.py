# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""try_writes_on_one_directory: nothing without a name, everything taken back."""

from __future__ import annotations

import json

import pytest

from tests.integration.story import Play, records, sets
from tests.lab.client import LabClient

EX3 = "ex3.corp.contoso.test"


@pytest.mark.scenario("everything")
def test_it_writes_nothing_that_is_not_named(lab: LabClient, play: Play) -> None:
    run = play("try_writes_on_one_directory")
    assert run.code == 2, run.output
    assert lab.writes() == []
    assert lab.journal("shell") == []
    assert "Name both: -e hma_try_server=" in " ".join(run.screen)


@pytest.mark.scenario("everything")
def test_a_directory_out_of_use_is_tried_and_given_back(lab: LabClient, play: Play) -> None:
    before = sets(lab.state())
    named = {"hma_try_server": EX3, "hma_try_directory": "mapi", "hma_try_out_of_use": True}
    run = play("try_writes_on_one_directory", **named)
    assert run.code == 0, run.output
    assert sets(lab.state()) == before
    assert [item["name"] for item in lab.writes()] == ["Set-MapiVirtualDirectory"] * 3
    assert "the directory is as it was" in run.screen[0]
    folder = next((lab.folder.parent / "hma_recordings").iterdir())
    (server,) = json.loads((folder / "recording.json").read_text("ascii"))["servers"]
    assert [one["id"] for one in server["trials"]] == ["unchanged", "oauth", "oauth"]
    page = (folder / "recording.md").read_text("utf-8")
    assert "| `mapi_touches`" in page or "both method lists with the list of IIS" in page
    # What was written is in the record, as whatever this collection writes.
    assert len(records(lab)) == 1


@pytest.mark.matrix
@pytest.mark.connection("exchange")
@pytest.mark.scenario("everything")
def test_over_exchange_s_own_endpoint(lab: LabClient, play: Play) -> None:
    before = sets(lab.state())
    named = {"hma_try_server": EX3, "hma_try_directory": "oab", "hma_try_out_of_use": True}
    run = play("try_writes_on_one_directory", **named)
    assert run.code == 0, run.output
    assert sets(lab.state()) == before


@pytest.mark.scenario("everything")
def test_while_modern_authentication_is_on_oauth_is_left_alone(lab: LabClient, play: Play) -> None:
    lab.write("Set-OrganizationConfig", "Contoso", {"OAuth2ClientProfileEnabled": True})
    named = {"hma_try_server": EX3, "hma_try_directory": "oab", "hma_try_out_of_use": True}
    run = play("try_writes_on_one_directory", **named)
    assert run.code == 2, run.output
    assert "modern authentication is on" in " ".join(run.screen)
    assert [item for item in lab.writes() if "VirtualDirectory" in item["name"]] == []


@pytest.mark.matrix
@pytest.mark.scenario("everything")
def test_check_says_what_it_would_do(lab: LabClient, play: Play) -> None:
    named = {"hma_try_server": EX3, "hma_try_directory": "oab", "hma_try_out_of_use": True}
    run = play("try_writes_on_one_directory", "--check", **named)
    assert run.code == 0, run.output
    assert lab.writes() == []
    assert "Ready to try" in run.screen[0]
    assert "-e hma_try_server=" in " ".join(run.screen)
