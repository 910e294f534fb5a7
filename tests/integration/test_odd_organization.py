# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization whose own object is odd is switched off all the same: the way out needs least."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.story import Play
from tests.lab.client import LabClient

OVER_EXCHANGE = pytest.mark.connection("exchange")
BOTH_WAYS = [
    pytest.param("winrm", id="winrm"),
    pytest.param("exchange", marks=(OVER_EXCHANGE, pytest.mark.long), id="psrp-exchange"),
]
ODD: dict[str, Any] = {"Name": None, "OAuth2ClientProfileEnabled": None, "MapiHttpEnabled": "yes"}


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
@pytest.mark.parametrize("_way", BOTH_WAYS)
def test_disable_goes_on_where_name_and_switches_are_odd(lab: LabClient, play: Play, _way: str) -> None:
    lab.add("config", {"class": "config", "name": "Contoso", "set": ODD})
    done = play("disable_hma")
    assert done.code == 0, done.output
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is False


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
@pytest.mark.parametrize("_way", BOTH_WAYS)
def test_another_server_is_asked_where_the_first_one_shows_no_organization(
    lab: LabClient, play: Play, _way: str
) -> None:
    """What one server answers is that server's; what the organization is would be the same on each."""
    lab.fault(at="cmdlet", action="ignored", name="Get-OrganizationConfig", host="EX1")
    done = play("disable_hma", hma_probe_enabled=False)
    assert done.code == 0, done.output
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is False
    assert {item["host"] for item in lab.writes()}.isdisjoint({"EX1"})
