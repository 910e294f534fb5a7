# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example for microsoft.ad.ldap: a filter by the grammar of RFC 4515, options that the plugin has, and templates
that make of Exchange's attributes what the inventory is to have. The collection itself is not installed here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from tests.unit.guides import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "contoso.microsoft.ad.ldap.yml"
CONTENT: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text("utf-8"))
# Of microsoft.ad.ldap 1.9, its ldap_connection and constructed.
OPTIONS = {
    "plugin", "server", "auth_protocol", "search_base", "search_scope", "filter_without_computer", "filter", "strict",
    "attributes", "compose", "groups", "keyed_groups",
}  # fmt: skip
_ITEM = re.compile(r"\((?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<rule>:[0-9.]+:)?(?P<how>=|>=|<=|~=)(?P<value>[^()*\\\0]*)\)")


def parse(text: str) -> Any:
    """A filter as nested lists; ValueError for what is none."""
    found, rest = _filter(text)
    if rest:
        raise ValueError(f"more behind it: {rest}")
    return found


def _filter(text: str) -> tuple[Any, str]:
    if text[:2] in ("(&", "(|", "(!"):
        operator, rest, parts = text[1], text[2:], []
        while rest.startswith("("):
            part, rest = _filter(rest)
            parts.append(part)
        if not rest.startswith(")") or not parts or (operator == "!" and len(parts) != 1):
            raise ValueError(rest)
        return [operator, *parts], rest[1:]
    item = _ITEM.match(text)
    if item is None:
        raise ValueError(text)
    return (item["name"] + (item["rule"] or ""), item["how"], item["value"]), text[item.end() :]


def test_the_filter_is_one_and_takes_servers_without_edge() -> None:
    assert parse(CONTENT["filter"]) == [
        "&", ("objectClass", "=", "msExchExchangeServer"),
        ["!", ("msExchCurrentServerRoles:1.2.840.113556.1.4.803:", "=", "64")],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["(&(a=b)", "(!(a=b)(c=d))", "(a=b)x", "a=b", "(&)"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(text)


def test_its_options_are_the_plugins_and_its_name_is_taken() -> None:
    assert set(CONTENT) == OPTIONS
    assert EXAMPLE.name.endswith("microsoft.ad.ldap.yml")
    assert CONTENT["search_base"].startswith("CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=")


@pytest.mark.parametrize(
    ("attribute", "value", "made"),
    [
        ("networkAddress", ["netbios:EX1", "ncacn_ip_tcp:EX1.contoso.com"], {"msexch_fqdn": "ex1.contoso.com"}),
        ("serialNumber", ["Version 15.2 (Build 31544.4)"], {"msexch_build": "31544.4"}),
        ("serialNumber", "Version 15.2 (Build 31544.4)", {"msexch_build": "31544.4"}),
        ("msExchServerSite", "CN=Paris,CN=Sites,CN=Configuration,DC=corp,DC=contoso,DC=com", {"msexch_site": "Paris"}),
    ],
)  # fmt: skip
def test_its_templates_make_what_the_inventory_is_to_have(attribute: str, value: Any, made: dict[str, str]) -> None:
    templar = Templar(DataLoader(), {"this": value})
    found = {
        name: templar.evaluate_expression(trust_as_template(template))
        for name, template in CONTENT["attributes"][attribute].items()
    }
    assert found == made
