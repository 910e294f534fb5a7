# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of another organization is noticed before anything of it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.origin import (
    Answering,
    known_servers,
    of_another,
)

OWN, FOREIGN = "6F1D3C1E-0000-4000-8000-000000000001", "6f1d3c1e-0000-4000-8000-000000000002"
NAMES = {"type": "names", "tenant_id": "11111111-aaaa-4bbb-8ccc-000000000001"}
ODD = {"what": "servers", "object": "EX3", "reason": "AdminDisplayVersion is odd."}
HERE = {"config": {"name": "Contoso", "guid": OWN}, "servers": [{"name": "EX1"}, {"name": "EX2"}]}


def step(**target: str) -> Recorded:
    return Recorded("0" * 16, "t", "run", "ex1", "object", target, "command", {}, {})


def switch(guid: str, name: str = "Fabrikam") -> Recorded:
    return step(type="organization", guid=guid, name=name)


def directory(server: str) -> Recorded:
    return step(type="directory", kind="ews", server=server, guid=OWN, identity=f"{server}\\EWS")


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([step(**NAMES), switch(FOREIGN)], "The record is of the organization 'Fabrikam', and 'Contoso' answers."),
        ([switch(OWN.lower(), "Contoso"), step(type="default_policy", guid=FOREIGN, name="Fabrikam")], "'Fabrikam'"),
        ([step(**NAMES), directory("FAB1"), directory("FAB2")], "of the servers FAB1, FAB2, and the organization"),
    ],
)
def test_another_organizations_record_takes_nothing_back(history: list[Recorded], said: str) -> None:
    reason = of_another(history, Answering.from_facts(HERE))
    assert said in reason
    assert "Nothing is taken back" in reason


@pytest.mark.parametrize(
    ("history", "facts"),
    [
        ([switch(OWN), directory("FAB1")], HERE),  # Its servers were replaced since.
        ([directory("ex1.contoso.test"), directory("EX9")], HERE),
        ([step(**NAMES)], HERE),
        ([], HERE),
        ([switch(FOREIGN), directory("FAB1")], {}),  # Nobody could read who answers.
        ([directory("FAB1")], {"config": HERE["config"], "servers": []}),
        ([directory("EX3")], {**HERE, "unread": [ODD]}),
    ],
)
def test_what_may_be_of_this_one_is_not_refused(history: list[Recorded], facts: dict[str, Any]) -> None:
    assert of_another(history, Answering.from_facts(facts)) == ""


def test_a_server_that_could_not_be_read_is_not_taken_for_one_that_was_removed() -> None:
    """What a run wrote on it would be called back as it was, though nobody looked."""
    assert known_servers(HERE) == ["EX1", "EX2"]
    assert known_servers({**HERE, "unread": [{"what": "client_urls.ews", "object": "EX3"}]}) == ["EX1", "EX2"]
    assert known_servers({**HERE, "unread": [ODD]}) == []
    assert known_servers({}) == []
