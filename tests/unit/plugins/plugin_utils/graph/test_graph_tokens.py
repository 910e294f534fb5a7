# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of the token proof: a registered name is effective, is not yet, or cannot be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tokens import prove_names

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
NAME = "https://mail.contoso.test/"


class Clock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def proven(stage: Stage, *names: str, seconds: float = 0) -> list[Finding]:
    clock = Clock()
    return prove_names(stage.tenant(), names, seconds=seconds, sleep=clock.sleep, clock=clock)


def scopes(stage: Stage) -> list[str]:
    return [item["scope"] for item in stage.journal.entries if item["kind"] == "token"]


def test_a_token_is_issued_for_a_registered_name_and_shown_nowhere(stage: Stage) -> None:
    stage.names.append(NAME)
    (found,) = proven(stage, NAME)
    assert (found.id, found.status, found.object) == ("HMA-PRB-006", "pass", f"{TENANT} {NAME}")
    assert scopes(stage) == ["https://mail.contoso.test//.default"]
    (token,) = stage.entra.tokens
    assert token not in repr(found)


def test_a_name_that_is_not_effective_is_said_with_entras_words(stage: Stage) -> None:
    found = proven(stage, "https://new.contoso.test/", NAME)
    assert [item.status for item in found] == ["fail", "pass"]
    assert "AADSTS500011: The resource principal named https://new.contoso.test/ was not found" in found[0].message
    assert found[0].blocks


def test_only_what_is_late_is_asked_again(stage: Stage) -> None:
    stage.faults.add({"at": "resource", "name": NAME, "count": 2})
    found = proven(stage, NAME, "https://taken.contoso.test/", seconds=60)
    assert [item.status for item in found] == ["pass", "pass"]
    assert [scope.split("/")[2] for scope in scopes(stage)] == [
        "mail.contoso.test",
        "taken.contoso.test",
        "mail.contoso.test",
        "mail.contoso.test",
    ]


def test_it_is_not_waited_for_ever(stage: Stage) -> None:
    stage.faults.add({"at": "resource", "name": NAME})
    assert [item.status for item in proven(stage, NAME, seconds=30)] == ["fail"]
    assert len(scopes(stage)) == 3


def test_another_refusal_is_no_verdict_on_the_name(stage: Stage) -> None:
    with pytest.raises(GraphError, match="AADSTS7000215"):
        prove_names(stage.tenant(client_secret="wrong"), [NAME], seconds=0)
