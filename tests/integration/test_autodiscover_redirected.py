# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name of Autodiscover that redirects is proven where it leads, and says so where it leads to Exchange Online."""

from __future__ import annotations

import pytest

from tests.integration.story import Play
from tests.lab.client import LabClient

NAME = "autodiscover.contoso.test"


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_a_redirect_that_outlook_follows_is_as_good_as_where_it_leads(lab: LabClient, play: Play) -> None:
    there, online = "https://mail.contoso.test/autodiscover/autodiscover.xml", "https://outlook.office365.com/OAB/"
    lab.fault(at="balancer", name=NAME, action="redirect", to=there)
    lab.fault(at="balancer", name="oab.corp.contoso.test", action="redirect", to=online)
    run = play("verify_hma", hma_probe_deadline=1)
    assert "pre-authentication" not in run.text, run.output
    assert f"HMA-PRB-002 {NAME}" not in run.text
    assert run.code != 0
    assert "HMA-PRB-002 oab.corp.contoso.test oab: elsewhere" in run.text, run.output
    assert "let oab.corp.contoso.test lead to a server here" in run.text
