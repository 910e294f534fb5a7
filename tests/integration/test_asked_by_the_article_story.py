# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the article, its companions and peers ask for, in one odd organization; and what no gate of a run waits for."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Play, records, reports, step5
from tests.lab.client import LabClient

READ = {
    "hma_audit_read": "full",
    "hma_identity_entra": True,
    "hma_oauth_mailbox": "alice@contoso.test",
    "hma_audit_resolve": False,
    "hma_audit_fail_on": "never",
}
# The check, and of what it is wrong: these ways reach the servers themselves.
ON_THE_SERVERS = {
    "HMA-NET-001": {("fail", "ex1.corp.contoso.test")},
    "HMA-LIFE-003": {("warn", "ex2.corp.contoso.test")},
}
IN_EXCHANGE = {
    "HMA-ADM-001": {("warn", "Contoso")},
    "HMA-APP-002": {("warn", "Contoso")},
    "HMA-CERT-004": {("warn", "Contoso"), ("warn", "contoso")},
    "HMA-EAS-001": {("warn", "Contoso")},
    "HMA-EAS-002": {("warn", "ex4.corp.contoso.test")},
    "HMA-ID-006": {("warn", "Contoso")},
    "HMA-OAUTH-001": {("warn", "Contoso")},
}
OVER_EXCHANGE = pytest.mark.connection("exchange")


def wrong(lab: LabClient) -> dict[str, set[tuple[str, str]]]:
    """By check: status and object of what is not right in the last report."""
    found: dict[str, set[tuple[str, str]]] = {}
    for item in reports(lab)[-1]["findings"]:
        if item["status"] in ("fail", "warn", "not_checked"):
            found.setdefault(item["id"], set()).add((item["status"], item["object"]))
    return found


def message(lab: LabClient, check: str) -> str:
    return " ".join(str(item["message"]) for item in reports(lab)[-1]["findings"] if item["id"] == check)


@pytest.mark.matrix
@pytest.mark.scenario("asked_for")
def test_an_audit_shows_what_is_missing_and_changes_nothing(lab: LabClient, play: Play) -> None:
    before = lab.state()
    run = play("audit_hma", **READ)
    assert run.code == 0, run.output
    found = wrong(lab)
    log = {("warn", "Contoso"), ("warn", "ex3.corp.contoso.test")}
    # One server has a proxy of its own, which is said; DNS of mail domains was not asked.
    besides = {"HMA-PROXY-002": {("warn", "Contoso")}, "HMA-SPN-003": {("not_checked", "autodiscover.fabrikam.test")}}
    expected = {**ON_THE_SERVERS, **IN_EXCHANGE, **besides, "HMA-AUTH-010": log}
    assert found == expected
    assert "event 2004" in message(lab, "HMA-AUTH-010")
    assert "https://graph.microsoft.com" in message(lab, "HMA-APP-001")
    assert "mapi" in message(lab, "HMA-EP-001")
    assert "LyncEnterprise-0a1b2c3d" in message(lab, "HMA-SFB-001")
    assert (lab.state(), lab.writes()) == (before, [])
    # One shell for each server; the reader's others: the organization, sign-in names, administrators (two), OAuth.
    shells = Counter(item["host"] for item in lab.journal("shell"))
    assert shells == {"EX1": 6, "EX2": 1, "EX3": 1, "EX4": 1}
    asked = [item["parameters"] for item in lab.journal("local") if item["name"] == "Invoke-WebRequest"]
    assert len(asked) == 4 * 3
    # Exchange shows the address with a slash behind it, which the engine shows too.
    assert {item["Proxy"].rstrip("/") for item in asked if "Proxy" in item} == {"http://proxy.contoso.test:8080"}
    # Detail of the test shows a token; nobody asked for it.
    for path in (lab.folder.parent / "hma_reports").rglob("*.*"):
        assert "Bearer eyJ" not in path.read_text("utf-8")


@pytest.mark.matrix
@OVER_EXCHANGE
@pytest.mark.scenario("asked_for")
def test_over_exchange_s_own_endpoint_the_servers_are_not_checked_with_the_reason(lab: LabClient, play: Play) -> None:
    run = play("audit_hma", **READ)
    assert run.code == 0, run.output
    found = wrong(lab)
    hosts = {("not_checked", f"ex{number}.corp.contoso.test") for number in (1, 2, 3, 4)}
    assert {check: found[check] for check in ("HMA-NET-001", "HMA-LIFE-003")} == dict.fromkeys(ON_THE_SERVERS, hosts)
    assert found["HMA-AUTH-010"] == {("warn", "Contoso"), *hosts}
    assert {check: found[check] for check in IN_EXCHANGE} == IN_EXCHANGE
    assert "cannot be run over Exchange's own endpoint" in message(lab, "HMA-NET-001")
    assert not lab.journal("local")


@pytest.mark.matrix
def test_step_4_that_breaks_server_to_server_oauth_stops_before_step_5(lab: LabClient, play: Play) -> None:
    lab.change(["organizations", 0, "oauth_test"], {"before": "Success", "after": "Error"})
    run = play("enable_hma", hma_oauth_mailbox="alice@contoso.test", hma_refresh_metadata=True)
    assert run.code != 0
    assert "it worked before step 4 and does not after it" in run.text
    assert step5(lab) == []
    # No gate of a run asks a server for its files, its log or its way out.
    assert not lab.journal("local")
    assert lab.state()["organizations"][0]["metadata_fetched"]
    assert _refreshes(lab) == [({}, {}, "done")] * 2
    back = play("restore_hma", hma_restore_record=records(lab)[-1])
    assert back.code == 0, back.output


def _refreshes(lab: LabClient) -> list[tuple[Any, Any, str]]:
    """Before, after and result of the recorded writes that fetch metadata: nothing of a setting is in them."""
    folder = Path(records(lab)[-1])
    lines = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    results = {item["id"]: item["result"] for item in lines if item["event"] == "outcome"}
    return [
        (item["before"], item["after"], results[item["id"]])
        for item in lines
        if item["event"] == "intent" and "RefreshAuthMetadata" in item["command"]
    ]
