# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place for a name that is none of the names: what was meant would be asked where DNS leads, without a word."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._probe.module import without_effect


def options(**changes: Any) -> dict[str, Any]:
    url = {
        "server": "EX1",
        "kind": "ews",
        "where": "external",
        "url": "https://Mail.contoso.test:443/ews/exchange.asmx",
    }
    given = {"client_urls": [url], "extra_names": ["autodiscover.contoso.test"], "published": True}
    places = {"MAIL.contoso.test": "10.0.0.1", "autodiscover.contoso.test": "10.0.0.1", "mial.contoso.test": "10.0.0.1"}
    return {**given, "connect_to": places, **changes}


def test_a_slip_is_named() -> None:
    assert without_effect(options()) == ["mial.contoso.test"]


def test_where_no_name_is_asked_there_is_none() -> None:
    assert without_effect(options(published=False)) == []
    assert without_effect(options(client_urls=[])) == []
