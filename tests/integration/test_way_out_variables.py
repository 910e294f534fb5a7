# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way out begins whatever the variables of roles are; what it reads itself is refused before a server is changed."""

from __future__ import annotations

import pytest

from tests.integration.story import Play
from tests.integration.test_settings_of_a_run import set_at
from tests.lab.client import LabClient


@pytest.mark.matrix
@pytest.mark.scenario("owa_on")
def test_a_variable_of_the_role_that_is_wrong_at_one_server_changes_nothing_there(lab: LabClient, play: Play) -> None:
    inventory = set_at(lab, "ex2.corp.contoso.test", hma_owa_probe_deadline="soon")
    run = play("disable_owa_hma", inventory=inventory)
    assert run.code != 0
    assert "hma_owa_probe_deadline" in run.text, run.output
    pages = {item["Server"]: item["FormsAuthentication"] for item in lab.state()["organizations"][0]["vdir:ecp"]}
    assert [server for server, forms in pages.items() if not forms] == ["EX2"], run.output
    assert play("disable_owa_hma").code == 0
    assert all(item["FormsAuthentication"] for item in lab.state()["organizations"][0]["vdir:ecp"])
