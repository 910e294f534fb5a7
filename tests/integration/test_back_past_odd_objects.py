# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be taken back is taken back, and what cannot is named: an object that became odd since keeps no other one,
and a part that failed keeps no other part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.story import Play, records, sets
from tests.lab.client import LabClient

pytestmark = [pytest.mark.matrix, pytest.mark.scenario("everything")]
DIRECTORIES = ("mapi", "ews", "oab", "autodiscover", "activesync")


def odd_object(lab: LabClient) -> None:
    lab.add("authserver", {"class": "authserver", "name": "EvoSTS", "set": {"Enabled": "yes"}})


def failing_write(lab: LabClient) -> None:
    lab.fault(at="cmdlet", action="error", name="Set-AuthServer", message="not today")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (odd_object, "AuthServer 'EvoSTS' (realm"),
        (failing_write, "not today"),
    ],
)
def test_one_object_or_one_part_keeps_nothing_else_from_going_back(
    lab: LabClient, play: Play, spoil: Callable[[LabClient], None], said: str
) -> None:
    start = lab.state()
    assert play("enable_hma").code == 0
    record = records(lab)
    spoil(lab)
    back = play("restore_hma", hma_restore_record=record)
    assert back.code != 0
    assert said in " ".join(back.screen), back.output
    assert back.screen[0].startswith("restore_hma: Not everything went back")
    now, before = (sets(state["organizations"][0]) for state in (lab.state(), start))
    assert now["config"] == before["config"]
    assert {kind: now[f"vdir:{kind}"] for kind in DIRECTORIES} == {kind: before[f"vdir:{kind}"] for kind in DIRECTORIES}
    assert sets(lab.state()["tenants"]) == sets(start["tenants"])
