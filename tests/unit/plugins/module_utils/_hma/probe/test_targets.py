# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the probe asks: published names, servers behind them, and targets of a task."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import (
    PROTOCOLS,
    Server,
    Tls,
    behind,
    checked_identity,
    explicit,
    names_by_kind,
    published,
    split_address,
    version_2,
)

URLS = [
    ClientUrl("EX1", "mapi", "internal", "https://mail.corp.contoso.com/mapi"),
    ClientUrl("EX1", "mapi", "external", "https://Mail.contoso.com/mapi"),
    ClientUrl("EX2", "mapi", "external", "https://mail.contoso.com/mapi"),
    ClientUrl("EX1", "ews", "internal", "https://legacy.contoso.com/EWS/Exchange.asmx"),
    ClientUrl("EX1", "autodiscover", "scp", "https://autodiscover.contoso.com/Autodiscover/Autodiscover.xml"),
    ClientUrl("EX1", "oab", "internal", "http://mail.contoso.com/OAB"),
    ClientUrl("EX1", "activesync", "internal", None),
]


KINDS = ["mapi", "ews", "oab", "autodiscover", "activesync"]


IGNORED = [{"host": "legacy.contoso.com", "reason": "old"}]


TLS = Tls()


def test_names_are_the_hosts_of_the_urls() -> None:
    assert names_by_kind(URLS, KINDS, ["autodiscover.fabrikam.com", "smtp.contoso.com"], IGNORED) == {
        "mapi": ["mail.corp.contoso.com", "mail.contoso.com"],
        "ews": [],
        "oab": ["mail.contoso.com"],
        "autodiscover": ["autodiscover.contoso.com", "autodiscover.fabrikam.com"],
        "activesync": [],
    }


def test_a_published_name_is_asked_where_it_says() -> None:
    targets = published(names_by_kind(URLS, ["mapi"]), {"MAIL.contoso.com": "10.0.0.9:8443"}, TLS)
    assert {(item.name, item.protocol, item.where) for item in targets} == {
        ("mail.contoso.com", "mapi_nspi", "10.0.0.9:8443"),
        ("mail.contoso.com", "mapi_emsmdb", "10.0.0.9:8443"),
        ("mail.corp.contoso.com", "mapi_nspi", "mail.corp.contoso.com:443"),
        ("mail.corp.contoso.com", "mapi_emsmdb", "mail.corp.contoso.com:443"),
    }


def test_a_server_is_asked_under_its_own_names_at_its_own_address() -> None:
    names = names_by_kind(URLS, KINDS, (), IGNORED)
    server = {
        "host": "ex2.corp.contoso.com",
        "server": "ex2.corp.contoso.com",
        "connect_to": "[2001:db8::2]",
        "certificate_name": "ex2.corp.contoso.com",
    }
    targets = behind(Server.from_options(server, TLS), URLS, names, KINDS)
    assert [item.protocol for item in targets] == list(PROTOCOLS)
    assert {item.server for item in targets} == {"EX2"}
    assert {item.where for item in targets} == {"[2001:db8::2]:443"}
    assert {item.tls.certificate_name for item in targets} == {"ex2.corp.contoso.com"}
    # Its own URL first; for kinds without one, a name that the kind has elsewhere.
    assert {item.protocol: item.name for item in targets}["mapi_nspi"] == "mail.contoso.com"
    assert {item.protocol: item.name for item in targets}["autodiscover"] == "autodiscover.contoso.com"


def test_autodiscover_v2_is_asked_at_published_names_only() -> None:
    asked = version_2(
        [
            *explicit({"name": "autodiscover.contoso.com"}, TLS),
            *explicit({"name": "autodiscover.contoso.com", "server": "EX1"}, TLS),
        ]
    )
    assert {(item.ask, item.server) for item in asked} == {("ActiveSync", ""), ("EWS", "")}
    assert (
        asked[0].path_for("a+b@contoso.com")
        == "/autodiscover/autodiscover.json?Protocol=ActiveSync&RedirectCount=3&Email=a%2Bb%40contoso.com"
    )


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mail.contoso.com", "mail.contoso.com", 443),
        ("10.0.0.1:444", "10.0.0.1", 444),
        ("[2001:db8::1]:444", "2001:db8::1", 444),
        ("[::1]", "::1", 443),
        ("2001:db8::1", "2001:db8::1", 443),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    assert split_address(text) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://mail.contoso.com",
        "mail.contoso.com:0",
        "mail.contoso.com:70000",
        "a b",
        "mail.contoso.com/owa",
        "x:y",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ParseError, match="is no address to connect to"):
        split_address(text)


@pytest.mark.parametrize(
    "text", ["", "user", "user@", "a b@contoso.com", "user@contoso.com\r\nHost: x", "üser@contoso.com"]
)
def test_what_is_no_identity(text: str) -> None:
    with pytest.raises(ParseError, match="is no address of a mailbox"):
        checked_identity(text)
