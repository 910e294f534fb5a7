# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange 2016 and 2013 know no authentication policies: where newer servers are there, one of them is asked."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authentication_policies import NotHere, refuse_older_server

OLD: dict[str, Any] = {"Name": "EX1", "AdminDisplayVersion": "Version 15.1 (Build 2507.6)"}
NEW: dict[str, Any] = {"Name": "EX2", "AdminDisplayVersion": "Version 15.2 (Build 1544.4)"}
ODD: dict[str, Any] = {"Name": "EX7", "AdminDisplayVersion": "unknown"}


@pytest.mark.parametrize("servers", [[], [OLD], [OLD, ODD], [{}]])
def test_an_organization_without_newer_servers_has_no_policies(servers: list[dict[str, Any]]) -> None:
    refuse_older_server(servers, None)


def test_a_newer_server_is_to_be_asked_and_there_is_a_way_around_it() -> None:
    with pytest.raises(NotHere, match=r"newer servers \(EX2\).*hma_disable_despite_policy") as caught:
        refuse_older_server([OLD, NEW, ODD], None)
    assert "\n" not in str(caught.value)
    refuse_older_server([OLD, NEW], "unread")
