# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization: what is read of it becomes facts, and facts become the same organization again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Reason
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import Directory

from tests.unit.audit_story import Story

STORY = Story()


def organization(facts: dict[str, Any]) -> Organization:
    return Organization.from_facts(Properties(facts, "organization"))


@pytest.mark.parametrize("full", [True, False])
def test_facts_and_back(full: bool) -> None:
    facts = Story(full=full).organization()
    assert organization(json.loads(json.dumps(facts))).facts() == facts


def test_a_build_is_parsed_once_and_says_the_rest() -> None:
    server = organization(STORY.organization()).servers[0]
    facts = server.facts()
    assert (facts["version"], facts["product"], facts["label"]) == (
        str(server.build),
        server.build.product,
        server.build.label,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"servers": 5}, "organization: servers is 5; expected a list of dictionaries"),
        ({"servers": [5]}, "expected a list of dictionaries"),
        ({"config": None}, "config is nothing; expected a dictionary"),
        (
            {"client_urls": [{"server": "EX1", "kind": "ews", "where": "internal", "url": 5}]},
            "organization, client_urls 1: url is 5; expected text or nothing",
        ),
        (
            {"auth_certificate": {"thumbprint": "A", "next_thumbprint": None, "not_after": "tomorrow"}},
            "auth_certificate: not_after is 'tomorrow'; expected a time",
        ),
    ],
)
def test_facts_that_are_none_are_one_message(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        organization({**STORY.organization(), **change})


def test_why_a_part_is_not_there() -> None:
    short = organization(Story(full=False).organization())
    assert short.setting_overrides is None
    text = "not asked for; hma_audit_read: full reads it (hma_info: read: full)."
    assert short.why_unread("setting_overrides") == Reason(text, unasked=True)
    assert short.why_unread("nothing") == Reason("it was not read.")


def test_directories_of_a_full_read_and_back() -> None:
    facts = next(result["directories"] for result in STORY.servers().values() if result.get("directories"))
    directories = [Directory.from_facts(Properties(item, "directories")) for item in json.loads(json.dumps(facts))]
    assert [directory.facts() for directory in directories] == facts
    with pytest.raises(ParseError, match="kind is 'owa'; expected one of mapi"):
        Directory.from_facts(Properties({**facts[0], "kind": "owa"}, "directories"))
