# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""disable_hma where the one server that answers is not the first, and is too old to know authentication policies."""

from __future__ import annotations

import pytest

from tests.integration.story import Play
from tests.integration.test_going_back import flag
from tests.lab.client import LabClient


@pytest.mark.matrix
def test_one_server_that_answers_is_enough_wherever_it_stands_and_however_old_it_is(lab: LabClient, play: Play) -> None:
    servers: list[str | int] = ["organizations", 0, "servers"]
    lab.change([*servers, 0, "version"], "Version 15.2 (Build 1544.4)")
    lab.change([*servers, 1, "version"], "Version 15.1 (Build 2507.6)")
    lab.change(["organizations", 0, "config"], {"OAuth2ClientProfileEnabled": True})
    lab.again()
    for host in ("EX1", "EX3", "EX4"):
        lab.fault(at="http", action="401", host=host)
    run = play("disable_hma")
    assert flag(lab) is False, run.output
    assert run.code == 0, run.output
    assert "does not know authentication policies" in run.text
    assert "Nothing was changed here" not in " ".join(run.screen)


@pytest.mark.matrix
@pytest.mark.parametrize("old", [False, True])
def test_what_another_server_could_not_take_back_is_said(lab: LabClient, play: Play, old: bool) -> None:
    servers: list[str | int] = ["organizations", 0, "servers"]
    lab.change([*servers, 0, "version"], "Version 15.2 (Build 1544.4)")
    if old:
        lab.change([*servers, 1, "version"], "Version 15.1 (Build 2507.6)")
    lab.change(["organizations", 0, "config"], {"OAuth2ClientProfileEnabled": True})
    lab.again()
    for host in ("EX1", *(("EX3", "EX4") if old else ())):
        lab.fault(at="http", action="401", host=host)
    lab.fault(at="cmdlet", name="Get-AuthServer", action="error", message="Active Directory is tired.", count=9)
    run = play("disable_hma")
    assert flag(lab) is False, run.output
    assert "not everything is taken back" in run.screen[0], run.output
    assert "Active Directory is tired." in " ".join(run.screen)
    assert run.code != 0
