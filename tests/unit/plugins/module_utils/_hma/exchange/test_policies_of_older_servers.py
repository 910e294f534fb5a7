# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is older than authentication policies says nothing about those of newer servers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authentication_policies import unseen
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, ErrorRecord

OLD: dict[str, Any] = {"Name": "EX1", "AdminDisplayVersion": "Version 15.1 (Build 2507.6)"}
NEW: dict[str, Any] = {"Name": "EX2", "AdminDisplayVersion": "Version 15.2 (Build 1544.4)"}
ODD: dict[str, Any] = {"Name": "EX7", "AdminDisplayVersion": "unknown"}
NO_CMDLET = CmdletResult(
    [],
    [ErrorRecord("CommandNotFoundException", "ObjectNotFound", "CommandNotFoundException", "", "no such cmdlet")],
    [],
)


@pytest.mark.parametrize("servers", [[], [OLD], [OLD, ODD], [{}]])
def test_an_organization_without_newer_servers_has_no_policies(servers: list[dict[str, Any]]) -> None:
    assert unseen(NO_CMDLET, CmdletResult(servers, [], [])) == []


def test_a_newer_server_may_have_policies_that_this_one_cannot_show() -> None:
    assert unseen(NO_CMDLET, CmdletResult([OLD, NEW, ODD], [], [])) == ["EX2"]
    assert unseen(CmdletResult([], [], []), CmdletResult([OLD, NEW], [], [])) == []
