# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate is given: readings of this very run, and predictions only of what this very run would change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import inventory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TaskResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
RUN, OLD = "20261126T000000Z-2", "20261126T000000Z-1"
READING = {"changed": False, "run_id": RUN, "directories": []}


@pytest.mark.parametrize(
    ("result", "left"),
    [
        (READING, READING),
        ({**READING, "run_id": OLD}, {}),
        ({**READING, "run_id": None}, {}),
        ({"changed": False, "directories": []}, {}),
        ({"changed": False, "skipped": True}, {}),
        ({"failed": True, "msg": "no variable", "after": ["x"]}, {"failed": True, "msg": "no variable"}),
        ({"unreachable": True, "msg": "dark", "run_id": OLD}, {}),
        ({"unreachable": True, "msg": "dark", "run_id": RUN}, {"unreachable": True, "msg": "dark", "run_id": RUN}),
        ({"changed": 1, "results": [{"changed": 1, "run_id": OLD}, READING]}, {"changed": 1, "results": [READING]}),
        ({"changed": True, "results": [{"changed": True, "run_id": OLD}]}, {}),
        ({"a": "variable of the inventory"}, {"a": "variable of the inventory"}),
        ("text", "text"),
    ],
)  # fmt: skip
def test_a_result_of_another_run_is_none(result: Any, left: Any) -> None:
    assert inventory.of_run(result, RUN) == left
    assert inventory.of_run(result, None) == result


def vdir(*, predicted: bool) -> dict[str, Any]:
    """As hma_vdir_oauth answers: MAPI would be changed, OAB was right already."""
    return {
        "predicted": predicted,
        "directories": [
            {"kind": "mapi", "oauth": True, "predicted": True},
            {"kind": "oab", "oauth": True, "predicted": False},
            {"kind": "ews", "oauth": True},
        ],
    }


def trust(*, predicted: bool) -> dict[str, Any]:
    # The tenant stands in the issuer where the realm was never filled with an id.
    server = AuthServer(
        "EvoSTS",
        "g",
        "AzureAD",
        "contoso.test",
        f"https://sts.windows.net/{TENANT}/",
        True,
        False,
        ["a.test"],
        None,
        None,
    )
    before = [server.facts(), replace(server, guid="h", domain_names=["c.test"]).facts()]
    return {
        "predicted": predicted,
        "before": before,
        "auth_server": replace(server, domain_names=["a.test", "b.test"]).facts(),
    }


def test_a_written_result_predicts_nothing() -> None:
    spn = {"predicted": False, "after": ["https://a/"], "missing": ["https://a/"]}
    found = inventory.predictions(
        {"ex1": TaskResult(vdir(predicted=False))}, {"contoso": TaskResult(spn)}, [TaskResult(trust(predicted=False))]
    )
    assert found == inventory.NO_PREDICTIONS


def test_a_prediction_is_what_would_be_changed_and_no_more() -> None:
    spn = {"predicted": True, "after": ["https://a/", "https://b/"], "missing": ["https://b/"]}
    found = inventory.predictions(
        {"ex1": TaskResult(vdir(predicted=True))}, {"contoso": TaskResult(spn)}, [TaskResult(trust(predicted=True))]
    )
    assert found.directories == {"ex1": {"mapi"}}
    assert found.names == {"contoso": {"https://b/"}}
    assert found.domains == {TENANT: {"b.test"}}
    one, two = (
        inventory.ServerEntry.from_facts(host, TaskResult(given), found)
        for host, given in (("ex1", READING), ("ex2", {}))
    )
    assert (one.predicted, two.predicted) == (frozenset({"mapi"}), frozenset())
    assert (one.error, two.error) == (None, "it was not read in this run.")
    tenant = inventory.TenantEntry.from_facts("contoso", {"tenant_id": TENANT.upper()}, TaskResult(READING), found)
    assert (tenant.predicted, tenant.predicted_domains) == (frozenset({"https://b/"}), frozenset({"b.test"}))
    tenant = inventory.TenantEntry.from_facts("contoso", {"tenant_id": TENANT.upper()}, TaskResult(READING))
    assert (tenant.predicted, tenant.predicted_domains) == (frozenset(), frozenset())
