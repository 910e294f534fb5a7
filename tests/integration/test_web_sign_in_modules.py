# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules of Outlook on the web and the admin center alone: check predicts, apply does that, again changes nothing,
and the record brings the start back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import sets
from tests.integration.test_modules import GRAPH, call, facts_of
from tests.lab.client import LabClient

EX2, EX3 = "ex2.corp.contoso.test", "ex3.corp.contoso.test"
LEFT_OUT = ("Identity", "DomainController", "Confirm")
OFF = {f"{name}Authentication": False for name in ("Adfs", "Basic", "Digest", "Forms")}
ON = {"OAuthAuthentication": True}
ORDER = [("Owa", OFF), ("Ecp", OFF), ("Ecp", ON), ("Owa", ON)]
BACK = [
    ("Owa", {"OAuthAuthentication": False}), ("Ecp", {"OAuthAuthentication": False}),
    ("Ecp", {"FormsAuthentication": True}), ("Owa", {"FormsAuthentication": True}),
]  # fmt: skip
WAYS = [
    "winrm",
    pytest.param("exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.long]),
    pytest.param("psrp", marks=[pytest.mark.connection("psrp"), pytest.mark.long]),
]


def sent(lab: LabClient) -> list[tuple[str, dict[str, Any]]]:
    """The writes to owa and ecp, and what they set."""
    return [
        (
            item["name"][4:7],
            {key: value for key, value in item["parameters"].items() if key not in LEFT_OUT},
        )
        for item in lab.writes()
        if item["kind"] == "cmdlet"
    ]  # fmt: skip


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
@pytest.mark.parametrize("_way", WAYS)
def test_sign_in_at_entra_and_as_before(lab: LabClient, tmp_path: Path, _way: str) -> None:
    start = sets(lab.state())
    predicted = call(lab, tmp_path, EX2, "hma_web_sign_in", {}, "--check")
    assert predicted["predicted"], predicted
    assert lab.writes() == []
    assert [item["oauth_only"] for item in predicted["directories"]] == [True, True]

    applied = call(lab, tmp_path, EX2, "hma_web_sign_in", {})
    assert facts_of(applied) == facts_of(predicted), applied
    assert applied["diff"] == predicted["diff"]
    assert applied["directories"] == predicted["directories"]
    assert sent(lab) == ORDER
    assert not call(lab, tmp_path, EX2, "hma_web_sign_in", {})["changed"]

    lab.clear()
    folders = [str(path) for path in (tmp_path / "hma_records").iterdir()]
    history = call(lab, tmp_path, "localhost", "hma_record", {"source": folders})["history"]
    look = call(lab, tmp_path, EX2, "hma_restore", {"scope": "sign_in", "history": history}, "--check")
    back = call(lab, tmp_path, EX2, "hma_restore", {"scope": "sign_in", "history": history})
    assert facts_of(back) == facts_of(look)
    assert (back["refused"], len(back["handled"])) == ([], 4)
    assert sent(lab) == BACK
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
def test_without_a_record_forms_come_back(lab: LabClient, tmp_path: Path) -> None:
    start = sets(lab.state())
    call(lab, tmp_path, EX3, "hma_web_sign_in", {"server": EX2})
    lab.clear()
    back = call(lab, tmp_path, EX3, "hma_web_sign_in", {"server": EX2, "state": "methods"})
    assert sent(lab) == BACK
    assert any("forms come back" in note for note in back["notes"])
    assert sets(lab.state()) == start
    assert not call(lab, tmp_path, EX3, "hma_web_sign_in", {"server": EX2, "state": "methods"})["changed"]


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
def test_reply_urls_are_added_and_taken_away_and_nothing_else(lab: LabClient, tmp_path: Path) -> None:
    start = sets(lab.state())
    mine = ["https://mail.contoso.test/owa", "https://mail.contoso.test/ecp"]
    options = {"tenant": GRAPH, "reply_urls": mine}
    keywords = {"delegate_to": "localhost"}
    predicted = call(lab, tmp_path, "contoso", "hma_reply_urls", options, "--check", keywords=keywords)
    assert predicted["missing"] == mine, predicted
    assert lab.writes() == []
    applied = call(lab, tmp_path, "contoso", "hma_reply_urls", options, keywords=keywords)
    assert facts_of(applied) == facts_of(predicted)
    assert applied["after"] == [*applied["before"], *mine]
    assert [item["body"] for item in lab.writes()] == [{"replyUrls": applied["after"]}]
    assert not call(lab, tmp_path, "contoso", "hma_reply_urls", options, keywords=keywords)["changed"]
    call(lab, tmp_path, "contoso", "hma_reply_urls", {**options, "state": "absent"}, keywords=keywords)
    assert sets(lab.state()) == start


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
def test_what_the_gate_reads_and_what_a_server_does_itself(lab: LabClient, tmp_path: Path) -> None:
    server = call(lab, tmp_path, EX2, "hma_web_info", {"scope": "server"})
    assert (server["version"], server["unread"]) == ("15.2.1544.11", [])
    assert [(item["kind"], item["oauth_only"]) for item in server["directories"]] == [("owa", False), ("ecp", False)]
    through = call(lab, tmp_path, EX2, "hma_web_info", {"scope": "server", "server": EX3})
    assert through["version"] is None
    assert "reached through another" in through["unread"][0]["reason"]
    web = call(lab, tmp_path, EX2, "hma_web_info", {"scope": "organization"})["web"]
    assert sorted(item["name"] for item in web["administrators"]["members"]) == ["Administrator", "alice", "bob"]
    assert (web["administrators"]["unread"], web["alive"], web["unread"]) == ([], ["EX2", "EX3"], [])
    assert {item["url"] for item in web["urls"] if item["kind"] == "ecp"} == {
        "https://mail.corp.contoso.test/ecp", "https://mail.contoso.test/ecp",
    }  # fmt: skip
    restarted = call(lab, tmp_path, EX2, "hma_web_refresh", {"restart_iis": True})
    assert restarted["changed"], restarted
    assert [item["host"] for item in lab.journal("iis")] == ["EX2"]


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
@pytest.mark.connection("exchange")
def test_nothing_of_the_server_itself_over_exchanges_own_endpoint(lab: LabClient, tmp_path: Path) -> None:
    server = call(lab, tmp_path, EX2, "hma_web_info", {"scope": "server"})
    assert server["version"] is None
    assert len(server["directories"]) == 2
    refused = call(lab, tmp_path, EX2, "hma_web_refresh", {"restart_iis": True})
    assert refused["failed"]
    assert "Restart-Service" in refused["msg"]
    assert lab.journal("iis") == []
