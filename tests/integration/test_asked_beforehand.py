# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of what Entra would refuse: whatever can be asked beforehand is a finding of step 1, in check mode, in the
audit and in apply mode alike."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.story import Play, Run, reports
from tests.lab.client import LabClient

# How each playbook is run that has to say it.
RUNS = [
    pytest.param("enable_hma", ("--check",), id="enable-check"),
    pytest.param("audit_hma", (), id="audit", marks=pytest.mark.long),
    pytest.param("enable_hma", (), id="enable", marks=pytest.mark.matrix),
    pytest.param("register_spns", (), id="register", marks=pytest.mark.long),
]
MAIL = "https://mail.contoso.test/"


def finding(lab: LabClient, check: str) -> dict[str, Any]:
    """The one finding of a check that is not passed in the last report."""
    found: list[dict[str, Any]] = [
        item
        for item in reports(lab)[-1]["findings"]
        if item["id"] == check and item["status"] not in ("pass", "not_applicable")
    ]
    assert len(found) == 1, found
    return found[0]


def said_before_any_write(run: Run, lab: LabClient, check: str) -> dict[str, Any]:
    assert run.code != 0, run.output
    assert lab.writes() == []
    found = finding(lab, check)
    assert found["status"] == "fail"
    assert found["gate"]
    return found


@pytest.mark.matrix
@pytest.mark.scenario("ownedby")
@pytest.mark.parametrize(("playbook", "arguments"), RUNS)
def test_a_permission_that_is_missing(lab: LabClient, play: Play, playbook: str, arguments: tuple[str, ...]) -> None:
    found = said_before_any_write(play(playbook, *arguments), lab, "HMA-TEN-005")
    assert (
        "lacks Application.ReadWrite.All; it has Application.Read.All, Application.ReadWrite.OwnedBy"
        in found["message"]
    )
    assert "does not own Office 365 Exchange Online" in found["message"]
    assert found["expected"] == "Application.ReadWrite.All"
    assert {"language": "yaml", "text": 'hma_spn_mode: "handoff"'} in found["commands"]


@pytest.mark.matrix
@pytest.mark.scenario("name_taken_by_app_proxy")
@pytest.mark.parametrize(("playbook", "arguments"), RUNS)
def test_a_name_that_somebody_else_holds(lab: LabClient, play: Play, playbook: str, arguments: tuple[str, ...]) -> None:
    found = said_before_any_write(play(playbook, *arguments), lab, "HMA-SPN-006")
    holder = "the service principal OWA - application proxy (application id dddddddd-0000-4000-8000-000000000009)"
    assert f"{MAIL} belongs to {holder}" in found["message"]
    assert "EX2" in found["message"]
    assert "hma_spn_ignored" in found["fix"]


@pytest.mark.matrix
@pytest.mark.scenario("name_taken_by_nobody_visible")
def test_a_name_whose_holder_nobody_sees(lab: LabClient, play: Play) -> None:
    """Only the write can tell; what it was refused for leads to every place where a name can be held."""
    run = play("enable_hma")
    assert run.code != 0
    assert lab.state()["tenants"][0]["service_principals"][0]["names"][0] == "https://autodiscover.contoso.test/"
    for words in (
        "already in use", "deleted", "identifier URI of an application", "Get-MgDirectoryDeletedItemAsServicePrincipal",
        "Get-MgDirectoryDeletedItemAsApplication", "Get-MgApplication -Filter", "hma_spn_ignored",
    ):  # fmt: skip
        assert words in run.text, words
    assert "Traceback" not in run.output


@pytest.mark.matrix
@pytest.mark.scenario("graph_400_invalid")
def test_a_list_that_graph_calls_invalid(lab: LabClient, play: Play) -> None:
    run = play("enable_hma")
    assert run.code != 0
    for words in (
        "Property servicePrincipalNames is invalid", f"names was sent; new in it: {MAIL}, https://mail.corp.contoso.test/",
        "None of these is of an unusual form", "register one at a time", "hma_spn_ignored", "hma_spn_mode: handoff",
    ):  # fmt: skip
        assert words in run.text, words


@pytest.mark.matrix
@pytest.mark.scenario("new_se_server")
@pytest.mark.parametrize(("playbook", "arguments"), RUNS[:2])
def test_a_name_that_a_new_server_brought(
    lab: LabClient, play: Play, playbook: str, arguments: tuple[str, ...]
) -> None:
    play(playbook, *arguments)
    assert lab.writes() == []
    found = finding(lab, "HMA-NAME-004")
    assert (found["status"], found["server"]) == ("warn", "EXSE")
    assert "https://exse.corp.contoso.test/ (EXSE " in found["message"]
    assert "autodiscover" in found["message"]
    assert "used by EXSE alone" in found["message"]
    assert "its own host name" in found["message"].replace("the server's", "its")
    if playbook == "audit_hma":
        registered = [item for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-SPN-001"]
        assert all("https://exse.corp.contoso.test/ (EXSE " in item["message"] for item in registered)


@pytest.mark.long
@pytest.mark.scenario("single")
@pytest.mark.parametrize(
    ("playbook", "arguments"), [("enable_hma", ("--check",)), pytest.param("audit_hma", (), marks=pytest.mark.matrix)]
)
def test_a_wrong_secret_advises_no_permission(
    lab: LabClient, play: Play, playbook: str, arguments: tuple[str, ...]
) -> None:
    lab.change(["tenants", 0, "applications", 0, "secret"], "another one")
    run = play(playbook, *arguments)
    assert run.code != 0
    assert "AADSTS7000215" in run.text
    report = reports(lab)[-1]
    advice = " ".join(item["fix"] for item in report["findings"] if item["status"] in ("fail", "warn", "not_checked"))
    assert "Read.All" not in advice
    assert "Read.All" not in repr(report.get("actions"))


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_a_service_principal_that_is_disabled(lab: LabClient, play: Play) -> None:
    lab.change(["tenants", 0, "service_principals", 0, "enabled"], False)
    found = said_before_any_write(play("enable_hma"), lab, "HMA-TEN-006")
    assert "accountEnabled: false" in found["message"]
