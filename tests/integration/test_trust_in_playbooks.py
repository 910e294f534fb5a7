# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default endpoint as organizations have it: what is wrong with it stops every playbook, and what is said works."""

from __future__ import annotations

import json

import pytest

from tests.integration.story import Play
from tests.integration.test_field_cases import failing
from tests.lab.client import LabClient

DEFAULT = "IsDefaultAuthorizationEndpoint"
ACS = "ACS - 9d3c1f11-12f6-4a9b-9c60-2a7b3c9d4e5f"


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_an_endpoint_without_an_address_is_never_switched_on(lab: LabClient, play: Play) -> None:
    """The metadata was never fetched. One tenant is enough for it."""
    lab.add("authserver", {"class": "authserver", "name": "EvoSTS", "set": {"AuthorizationEndpoint": ""}})
    for playbook, *arguments in (("enable_hma", "--check"), ("enable_hma",), ("audit_hma",)):
        run = play(playbook, *arguments)
        assert run.code == 2, run.output
        finding = failing(lab)["HMA-AUTH-008"]
        assert "is empty" in finding["message"], playbook
    assert not lab.writes()


@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_acs_as_default_is_not_ready_and_what_is_said_replaces_it(lab: LabClient, play: Play) -> None:
    """Its realm is the tenant, as the right object's."""
    for name in ("EvoSTS", ACS):
        lab.write("Set-AuthServer", name, {DEFAULT: name == ACS})
    for playbook in ("verify_hma", "audit_hma"):
        assert play(playbook).code == 2
        finding = failing(lab)["HMA-AUTH-004"]
        setting = finding["commands"][0]["text"]
        assert setting == f"hma_replace_default_authserver: {json.dumps(ACS)}", playbook
    name, _colon, value = setting.partition(": ")
    done = play("enable_hma", **{name: json.loads(value)})
    assert done.code == 0, done.output
    defaults = [item["Name"] for item in lab.state()["organizations"][0]["authserver"] if item[DEFAULT]]
    assert defaults == ["EvoSTS"]
