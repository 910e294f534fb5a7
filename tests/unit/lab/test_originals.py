# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for names finds them in every encoding, so that finding none says something."""

from __future__ import annotations

import base64
import html
import ipaddress
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording import anonymous
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.anonymous import Anonymiser

from tests.lab import scenario
from tests.lab.addresses import parsed
from tests.lab.originals import found_in, originals
from tests.unit.support.memory_shell import organization_of, recorded

NAME = "fabrikam"


@pytest.mark.parametrize(
    "hide",
    [
        str.upper,
        lambda text: f"https://mail.{text}.test/",
        lambda text: base64.b64encode(f"user:{text}:x".encode()).decode(),
        lambda text: base64.b64encode(f"ab{text}.test".encode("utf-16-le")).decode(),
        lambda text: "".join(f"%{ord(char):02X}" for char in text),
        lambda text: "".join(f"&#{ord(char)};" for char in text),
        lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
        lambda text: text.encode("utf-16-le").decode("latin-1"),
        lambda text: json.dumps({"x": text}),
    ],
)
def test_a_name_is_found(hide: Callable[[str], str]) -> None:
    assert found_in(f"x {hide(NAME)} y", [NAME]) == [NAME]
    assert found_in(f"x {hide('tailspin')} y", [NAME]) == []


@pytest.mark.parametrize("escape", [lambda text: quote(text, safe=""), html.escape])
def test_a_name_that_has_to_be_escaped_is_found(escape: Callable[[str], str]) -> None:
    assert found_in(f"x{escape('a&b <c>')}y", ["a&b <c>"]) == ["a&b <c>"]


def test_everything_of_a_scenario_is_looked_for() -> None:
    found = scenario.load("default")
    names = originals(organization_of(found).state(), found)
    for name in (
        "EX1",
        "ex1.corp.contoso.test",
        "fabrikam",
        "Contoso",
        "hma",
        "alice",
        "11111111-aaaa-4bbb-8ccc-000000000001",
    ):
        assert name in names, name


FOUR, SIX = "10.20.30.41", "2001:470:1f0b::17:a"
ENCODED = {
    "plain": str,
    "url": lambda text: f"https://{text}/owa",
    "port": lambda text: f"https://[{text}]:443/owa" if ":" in text else f"https://{text}:443/owa",
    "sentence": lambda text: f"The server ({text}), asked twice.",
    "full stop": lambda text: f"It is {text}.",
    "network": lambda text: f"{text}/24",
    "escaped": lambda text: quote(f"https://{text}/", safe=""),
    "escaped wholly": lambda text: "".join(f"%{ord(char):02x}" for char in text),
    "html": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "json": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "utf-16": lambda text: text.encode("utf-16-le").decode("latin-1"),
    **{
        f"base64 {encoding} {shift}": lambda text, encoding=encoding, shift=shift: base64.b64encode(
            b"xyz"[:shift] + text.encode(encoding) + b";y"
        ).decode()
        for encoding in ("utf-8", "utf-16-le")
        for shift in range(4)
    },
    "base64 of a URL": lambda text: base64.urlsafe_b64encode(f"a=>?{text} ".encode()).decode().rstrip("="),
}
SPELLED = {
    FOUR: [
        "10-20-30-41", "ip-10-20-30-41.contoso", "::ffff:10.20.30.41", "::FFFF:a14:1e29", "41.30.20.10.in-addr.arpa",
        "https://169090601/", "http://0x0a141e29/owa",
    ],
    SIX: [
        SIX.upper(), ipaddress.ip_address(SIX).exploded, "2001:470:1f0b:0:0:0:17:a", "2001:0470:1f0b::0017:000a",
        "2001:470:1f0b::0.23.0.10", ipaddress.ip_address(SIX).reverse_pointer, "2001-470-1f0b--17-a.ipv6-literal.net",
        f"{SIX}%eth0",
    ],
}  # fmt: skip


@pytest.mark.parametrize("address", [FOUR, SIX])
@pytest.mark.parametrize("hide", ENCODED.values(), ids=ENCODED)
def test_an_address_is_found(hide: Callable[[str], str], address: str) -> None:
    assert found_in(f"x {hide(address)} y", [FOUR, SIX]) == [address]
    other = "10.20.30.4" if address == FOUR else "2001:470:1f0b::17"
    assert found_in(f"x {hide(other)} y", [FOUR, SIX]) == []


@pytest.mark.parametrize(
    ("address", "spelling"), [(address, spelling) for address, spellings in SPELLED.items() for spelling in spellings]
)
def test_an_address_is_found_in_each_of_its_spellings(address: str, spelling: str) -> None:
    assert found_in(f"x {spelling} y", [FOUR, SIX]) == [address]
    assert found_in(base64.b64encode(f"say {spelling} y".encode()).decode(), [address]) == [address]


def of_addresses() -> dict[str, Any]:
    """An organization whose clients use addresses where others use names."""
    found = scenario.load("default")
    found["organizations"][0]["servers"][0].update(
        directories={"ews": {"internal": f"https://{FOUR}/EWS/Exchange.asmx", "external": f"https://[{SIX}]/EWS"}}
    )
    return found


def test_addresses_of_a_scenario_are_looked_for_and_versions_are_none() -> None:
    found = of_addresses()
    names = originals([*organization_of(found).state().values(), "4.0.0.0", "127.0.0.1", "::1", "09:46:17"], found)
    assert {name for name in names if parsed(name)} == {FOUR, SIX}


def test_a_recording_that_gives_an_address_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is made, it has none; with an anonymiser that lets addresses through it has both."""
    found = of_addresses()
    organization = organization_of(found)
    names = originals(organization.state(), found)
    assert found_in(json.dumps(recorded(organization)), names) == []
    monkeypatch.setattr(Anonymiser, "_numbers", lambda _self, parts: ".".join(parts))
    monkeypatch.setitem(anonymous._KINDS, "number6", lambda _self, text: text)
    assert {name for name in found_in(json.dumps(recorded(organization)), names) if parsed(name)} == {FOUR, SIX}
