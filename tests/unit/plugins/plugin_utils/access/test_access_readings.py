# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of published names: one odd address is one answer."""

from __future__ import annotations

import socket

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import (
    NO,
    UNKNOWN,
    YES,
    NamesAnswer,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.rows import name_rows
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import plain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import parse_client_urls
from ansible_collections.hybrid.exchange.plugins.plugin_utils._access.readings import reach_names

NAMES = ("mail.contoso.test", "eas.contoso.test", "old.contoso.test", "far.contoso.test")
URLS = parse_client_urls(
    [{"server": "EX1", "kind": "mapi", "where": "external", "url": f"https://{name}/mapi"} for name in NAMES]
)


def test_one_odd_address_takes_no_answer_from_the_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ways = {
            "mail.contoso.test": f"127.0.0.1:{server.getsockname()[1]}",
            "eas.contoso.test": "https://10.0.0.1/",
            "old.contoso.test": "10.0.0.1:99999",
            "far.contoso.test": "127.0.0.1:1",
        }
        found = reach_names(URLS, ways)
    rows = {
        (row.object, row.question): row for row in name_rows(NamesAnswer.from_result({"places": plain(found.places)}))
    }
    assert (rows["mail.contoso.test", "443"].answer, rows["far.contoso.test", "443"].answer) == (YES, NO)
    for name in ("eas.contoso.test", "old.contoso.test"):
        assert rows[name, "name"].answer == UNKNOWN
        assert "Write host, host:port" in rows[name, "name"].why
        assert "hma_probe_connect_to" in rows[name, "name"].fix
