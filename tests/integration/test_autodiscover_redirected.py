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
    there = "https://mail.contoso.test/autodiscover/autodiscover.xml"
    lab.fault(at="balancer", name=NAME, action="redirect", to=there)
    away = play("verify_hma", hma_probe_deadline=1)
    assert "pre-authentication" not in away.text, away.output
    lab.again()
    lab.fault(
        at="balancer",
        name=NAME,
        action="redirect",
        to="https://autodiscover-s.outlook.com/autodiscover/autodiscover.xml",
    )
    online = play("verify_hma", hma_probe_deadline=1)
    assert online.code != 0
    assert f"{NAME} autodiscover: elsewhere" in online.text, online.output
    assert f"let {NAME} lead to a server here" in online.text
