# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that hybrid free/busy asks for stay while a connector is on: those of the hosts of EWS and Autodiscover."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, ErrorRecord
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.free_busy import (
    enabled_connectors,
    names_of_free_busy,
)

URLS = [
    ClientUrl("EX1", "ews", "external", "https://Mail.contoso.com/EWS/Exchange.asmx"),
    ClientUrl("EX1", "ews", "internal", None),
    ClientUrl("EX1", "autodiscover", "scp", "https://autodiscover.contoso.com:443/Autodiscover/Autodiscover.xml"),
    ClientUrl("EX1", "mapi", "external", "https://outlook.contoso.com/mapi"),
]


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("https://mail.contoso.com/", True),
        ("https://mail.contoso.com", True),
        ("https://autodiscover.contoso.com/", True),
        ("https://outlook.contoso.com/", False),
        ("https://contoso.com/", False),
        ("00000002-0000-0ff1-ce00-000000000000", False),
    ],
)
def test_the_names_of_its_hosts_stay(name: str, stays: bool) -> None:
    assert names_of_free_busy([name], URLS, ["HybridIOC"]) == ([name] if stays else [])
    assert names_of_free_busy([name], URLS, []) == []


@pytest.mark.parametrize(("part", "all_of_them"), [("client_urls.ews", True), ("client_urls.scp", True), ("x", False)])
def test_where_a_url_could_not_be_read_any_name_may_be_its(part: str, all_of_them: bool) -> None:
    names = ["https://mail.contoso.com/", "https://outlook.contoso.com/", "00000002-0000-0ff1-ce00-000000000000"]
    assert names_of_free_busy(names, URLS, ["HybridIOC"], [part]) == names[: 2 if all_of_them else 1]
    assert names_of_free_busy(names, URLS, [], [part]) == []


def test_connectors_that_are_off_need_nothing_and_what_is_not_read_counts_as_on() -> None:
    found: list[dict[str, Any]] = [{"Name": "on", "Enabled": True}, {"Name": "off", "Enabled": False}, {"Name": "odd"}]
    assert enabled_connectors(CmdletResult(found, [], [])) == ["on", "odd"]
    denied = CmdletResult([], [ErrorRecord("x", "AccessDenied", "x", "x", "no")], [])
    assert len(enabled_connectors(denied)) == 1
