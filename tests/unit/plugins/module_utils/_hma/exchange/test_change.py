# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change is data: what a result says of it, how --diff shows it, and whether it reads back."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.display import listed, shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import ATTRIBUTES, AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import (
    NAMES,
    Account,
    Change,
    Difference,
    ObjectChange,
    Plan,
    differing,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.events import read_events

GUID = "11111111-2222-3333-4444-555555555555"
TARGET = {"type": "authserver", "guid": GUID, "name": "EvoSTS", "realm": ""}
SERVER = AuthServer("EvoSTS", GUID, "AzureAD", None, None, True, False, ["a.test"], None, None)


def planned() -> Change:
    after: dict[str, Any] = {"Enabled": True, "DomainName": ["a.test", "b.test"]}
    return Change(
        "AuthServer 'EvoSTS'",
        TARGET,
        {"Enabled": False, "DomainName": []},
        after,
        Cmdlet("Set-AuthServer", {"Identity": GUID, **after}),
    )


def test_a_prediction_says_all_that_a_written_change_says() -> None:
    found = Account.of(Plan((planned(),)).predicted, predicting=True).facts()
    assert (found["changed"], found["predicted"]) == (True, True)
    assert found["changes"] == [
        {
            "id": "",
            "object": "AuthServer 'EvoSTS'",
            "target": TARGET,
            "command": f"Set-AuthServer -Identity '{GUID}' -Enabled $true -DomainName @('a.test', 'b.test') "
            f"-Confirm:$false",
            "before": {"Enabled": False, "DomainName": []},
            "after": {"Enabled": True, "DomainName": ["a.test", "b.test"]},
            "result": "predicted",
        }
    ]


def test_the_diff_is_the_same_in_check_mode_and_after_it() -> None:
    changes = Plan((planned(),)).predicted
    predicted, applied = (Account.of(changes, predicting=predicting).facts() for predicting in (True, False))
    assert predicted["diff"] == applied["diff"]
    assert applied["changes"] == []
    assert applied["diff"][0]["before"] == "Enabled: false\nDomainName: {}\n"
    assert applied["diff"][0]["after"] == "Enabled: true\nDomainName: {a.test, b.test}\n"
    assert Account.of([], predicting=True).facts() == {"changed": False, "predicted": False, "changes": [], "diff": []}


def test_each_name_of_a_tenant_is_a_line_of_the_diff() -> None:
    change = ObjectChange(
        "names",
        {"type": NAMES, "tenant_id": "t"},
        "PATCH",
        {"servicePrincipalNames": ["b", "a"]},
        {"servicePrincipalNames": ["c", "b", "a"]},
    )
    assert Difference.of(change).facts() == {
        "before_header": "names",
        "after_header": "names    PATCH",
        "before": "a\nb\n",
        "after": "a\nb\nc\n",
    }


@pytest.mark.parametrize(
    ("expected", "found", "wrong"),
    [
        ({"Enabled": True}, {"Enabled": True}, {}),
        ({"Enabled": True}, {"Enabled": False}, {"Enabled": False}),
        ({"Enabled": True}, {}, {"Enabled": None}),
        ({"DomainName": ["b.test", "A.test"]}, {"DomainName": ["a.TEST", "B.test"]}, {}),
        ({"DomainName": []}, {"DomainName": None}, {}),
        ({"DomainName": ["a.test"]}, {"DomainName": ["a.test", "b.test"]}, {"DomainName": ["a.test", "b.test"]}),
        ({"Realm": None}, {"Realm": ""}, {"Realm": ""}),
    ],
)
def test_what_does_not_read_back(expected: dict[str, Any], found: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert differing(expected, found) == wrong


def test_one_table_ties_properties_and_attributes_of_an_authserver() -> None:
    assert set(ATTRIBUTES.values()) == set(SERVER.facts())
    assert [SERVER.value(name) for name in ("Enabled", "IsDefaultAuthorizationEndpoint", "DomainName")] == [
        True,
        False,
        ["a.test"],
    ]


def test_one_formatter_shows_a_list() -> None:
    assert [listed(value) for value in (["a", "b"], [], True, None, "x", 7)] == [
        "a, b",
        "(empty)",
        "true",
        "",
        "x",
        "7",
    ]
    assert [shown(value) for value in (["a", "b"], [], False, None, "x")] == ["{a, b}", "{}", "false", "", "x"]


def event(*changes: dict[str, Any]) -> dict[str, Any]:
    data = {"task_action": "hybrid.exchange.hma_authserver", "res": {"changed": True, "changes": list(changes)}}
    return {"event": "runner_on_ok", "uuid": "1", "event_data": data}


def test_a_prediction_in_the_events_of_a_job_is_no_write() -> None:
    """AWX keeps the job of a check mode run like any other; nothing of it may be taken back."""
    [predicted] = Account.of(Plan((planned(),)).predicted, predicting=True).facts()["changes"]
    line = {
        "schema": 1,
        "time": "2026-11-24T07:00:00Z",
        "run": "r",
        "pid": 1,
        "host": "ex1",
        "module": "hma_authserver",
        "event": "intent",
    }
    disguised = {**line, **predicted, "id": "0123456789abcdef"}
    assert read_events([event(predicted, disguised)]).changes == []
    written = read_events([event(predicted, {**disguised, "result": "done"})]).changes
    assert [(item.id, item.result) for item in written] == [("0123456789abcdef", "done")]
    # What was read instead stands beside it, and changes nothing about what is taken back.
    refuted = read_events([event({**disguised, "result": "done", "read_back": {"Enabled": False}})]).changes
    assert refuted == written
