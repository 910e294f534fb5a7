# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""audit_hma: what it reads, what it says, that it writes nothing, and that a page is there whatever failed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Play, Run, step5
from tests.integration.test_refusals import edited
from tests.lab.client import LabClient
from tests.unit.test_checks import EVERYTHING

VIEWER = {"exchange_user": "CONTOSO\\viewer", "exchange_password": "l00k-0nly", "hma_audit_resolve": False}


def report_of(folder: Path, name: str = "*") -> dict[str, Any]:
    """The JSON of the one report there is (of that name)."""
    found = sorted(folder.glob(f"hma_reports/{name}/*.json"))
    assert len(found) == 1, found
    document: dict[str, Any] = json.loads(found[0].read_text("utf-8"))
    return document


def said(document: dict[str, Any], *statuses: str) -> set[str]:
    return {item["id"] for item in document["findings"] if item["status"] in statuses}


def nothing_written(lab: LabClient) -> None:
    assert [item for item in lab.journal("cmdlet") if not item["name"].lower().startswith("get-")] == []
    assert {item["method"] for item in lab.journal("graph")} <= {"GET"}
    assert lab.writes() == []


@pytest.mark.matrix
@pytest.mark.scenario("healthy")
def test_a_view_only_audit_of_a_healthy_organization(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """View-Only Organization Management and Application.Read.All with Domain.Read.All read everything; in check mode
    too."""
    before = lab.state()
    fast = play("audit_hma", "--check", **VIEWER)
    assert fast.code == 0, fast.output
    nothing_written(lab)
    assert lab.state() == before
    assert said(report_of(tmp_path), "fail", "warn") == set()
    # Fast: one shell for the organization and one for sign-in names, however many servers there are.
    assert Counter(item["host"] for item in lab.journal("shell")) == {"EX1": 2}
    assert len(lab.journal("cmdlet")) == 18 + 2
    lab.clear()

    full = play("audit_hma", hma_audit_read="full", hma_report_name="full", **VIEWER)
    assert full.code == 0, full.output
    assert full.changed == 0
    nothing_written(lab)
    assert lab.state() == before
    document = json.loads(next((tmp_path / "hma_reports" / "full").glob("*.json")).read_text("utf-8"))
    assert said(document, "fail", "warn") == set()
    assert said(document, "not_checked") == {"HMA-SPN-003"}  # DNS was not asked
    assert Counter(item["host"] for item in lab.journal("shell")) == {"EX1": 3, "EX2": 1, "EX3": 1, "EX4": 1}
    assert len(lab.journal("cmdlet")) == 25 + 2 + 4 * 7
    assert not (lab.folder / "records").exists()


@pytest.mark.scenario("everything_wrong")
def test_everything_that_is_wrong_is_named(lab: LabClient, play: Play, tmp_path: Path) -> None:
    policy = {"HMA-LIFE-001": {"enabled": False}, "HMA-SSL-001": {"on_bad": "fail", "severity": "high"}}
    checks = [
        {
            "id": "CONTOSO-URL-001",
            "title": "No proxy",
            "query": "organization.servers[?internet_web_proxy].name",
            "expect": "empty",
            "fix": "none",
        }
    ]
    run = play("audit_hma", hma_audit_read="full", hma_policy=policy, hma_custom_checks=checks, **VIEWER)
    assert run.code != 0
    nothing_written(lab)
    document = report_of(tmp_path)
    assert said(document, "fail", "warn") == EVERYTHING - {"HMA-LIFE-001"} | {"CONTOSO-URL-001"}
    assert "HMA-SSL-001" in said(document, "fail")
    assert "FAIL HMA-VDIR-002 ex2.corp.contoso.test mapi" in run.text
    assert "12 mailboxes (dave0@contoso.local" in run.text
    never = play("audit_hma", hma_audit_fail_on="never", hma_report_name="never", **VIEWER)
    assert never.code == 0, never.output


@pytest.mark.matrix
@pytest.mark.scenario("powered_off")
def test_what_cannot_be_read_is_a_gap_and_the_report_is_there(lab: LabClient, play: Play, tmp_path: Path) -> None:
    lab.fault(at="cmdlet", action="error", name="Get-AuthConfig", message="Access denied.")
    inventory = edited(lab, "contoso", hma_client_secret="wr0ng-s3cret")
    run = play(
        "audit_hma",
        inventory=inventory,
        hma_audit_read="full",
        hma_policy={"HMA-CERT-001": {"not_checked": "fail"}},
        **VIEWER,
    )
    assert run.code != 0
    assert "wr0ng-s3cret" not in run.output
    document = report_of(tmp_path)
    gaps = {(item["id"], item["object"]) for item in document["findings"] if item["status"] == "not_checked"}
    assert {
        ("HMA-COV-002", "ex3.corp.contoso.test"),
        ("HMA-SPN-001", "contoso"),
        ("HMA-VDIR-001", "ex3.corp.contoso.test"),
    } <= gaps
    assert "HMA-CERT-001" in said(document, "fail")
    assert "HMA-CERT-002" in said(document, "not_checked")


@pytest.mark.matrix
def test_nobody_answers_and_there_is_a_report_a_wrong_policy_is_refused_before_anything_is_read(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    dead = edited(lab, None, ansible_host="127.0.0.1")
    content = dead.read_text("utf-8")
    for port in sorted({line.split(":")[1].strip() for line in content.splitlines() if "ansible_port" in line}):
        content = content.replace(f"ansible_port: {port}", "ansible_port: 1")
    dead.write_text(content, "utf-8")
    run = play("audit_hma", inventory=dead, hma_report_name="dead", **VIEWER)
    assert run.code != 0
    document = json.loads(next((tmp_path / "hma_reports" / "dead").glob("*.json")).read_text("utf-8"))
    assert said(document, "fail") == {"HMA-READ-001"}
    assert len(document["findings"]) == 4

    lab.clear()
    wrong = play("audit_hma", hma_policy={"HMA-SPN-1": {"enabled": False}}, hma_report_name="wrong", **VIEWER)
    assert wrong.code != 0
    assert "there is no check 'HMA-SPN-1'" in wrong.text
    query = [{"id": "CONTOSO-X-001", "title": "x", "query": "organization.servers[", "expect": "empty"}]
    broken = play("audit_hma", hma_custom_checks=query, hma_report_name="broken", **VIEWER)
    assert "no JMESPath at line 1, column 22" in broken.text
    assert lab.journal() == []


def enabled(run: Run) -> bool:
    return run.code == 0 and "Hybrid Modern Authentication is on." in run.text


@pytest.mark.long
@pytest.mark.scenario("monday_morning")
def test_people_who_could_not_sign_in_stop_the_run(lab: LabClient, play: Play) -> None:
    """The gate names them; it is passed by their number, or overridden by name, and the record has that."""
    stopped = play("enable_hma", hma_probe_enabled=False)
    assert stopped.code != 0
    assert "HMA-ID-001" in stopped.text
    assert "hma_unsynced_accepted: 3" in stopped.text
    assert lab.writes() == []
    assert play("enable_hma", hma_probe_enabled=False, hma_unsynced_accepted=2).code != 0
    assert step5(lab) == []
    reason = "they move to the cloud tonight, change 4711"
    done = play("enable_hma", hma_probe_enabled=False, hma_policy={"HMA-ID-001": {"gate": False, "reason": reason}})
    assert enabled(done), done.output
    assert f"gate HMA-ID-001 is overridden: {reason}" in done.text
    records = "".join(path.read_text("utf-8") for path in (lab.folder / "records").glob("*/localhost.jsonl"))
    decisions = [json.loads(line) for line in records.splitlines() if '"decision"' in line]
    assert [(item["gate"], item["reason"]) for item in decisions] == [("HMA-ID-001", reason)]
    assert enabled(play("enable_hma", hma_probe_enabled=False, hma_unsynced_accepted=3))


def missing(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["findings"] if item["id"] == "HMA-ID-003")
    return found


@pytest.mark.long
@pytest.mark.scenario("missing_in_entra")
def test_people_whose_account_is_in_no_tenant(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """An audit and the gate name them; a right that is missing is a gap; accepted or mended they pass. Only examples
    leave the process."""
    audit = play("audit_hma", "-vvv", hma_audit_fail_on="never", hma_report_name="latest", **VIEWER)
    assert audit.code == 0, audit.output
    nothing_written(lab)
    document = report_of(tmp_path, "latest")
    found = missing(document)
    assert (found["status"], found["actual"]) == (
        "fail",
        "3 mailboxes (dave0@contoso.test, dave1@contoso.test, dave2@contoso.test)",
    )
    assert "1 of them have an account of that name that was made in the cloud" in found["message"]
    assert {"HMA-ID-001", "HMA-ID-004"} <= said(document, "pass")
    for name in ("Alice@contoso.test", "bob@contoso.test", "guest0@elsewhere.test", "sEcr3t~contoso"):
        assert name not in audit.output
    assert len([item for item in lab.journal("graph") if item["path"] == "users"]) == 4  # seven users, two a page
    assert len([item for item in lab.journal("cmdlet") if item["name"] == "Get-Mailbox"]) == 3

    stopped = play("enable_hma", hma_probe_enabled=False)
    assert stopped.code != 0
    assert "HMA-ID-003" in stopped.text
    assert "hma_unsynced_accepted: 3" in stopped.text
    assert lab.writes() == []

    rights = lab.state()
    lab.change(["tenants", 0, "applications", 0, "rights"], ["Application.ReadWrite.All", "Domain.Read.All"])
    refused = play("enable_hma", hma_probe_enabled=False, hma_unsynced_accepted=3)
    assert refused.code != 0
    assert "HMA-ID-003" in refused.text
    assert "User.Read.All" in refused.text
    assert lab.state() == rights
    gap = play("audit_hma", hma_audit_fail_on="never", hma_report_name="latest", **VIEWER)
    assert gap.code == 0, gap.output
    found = missing(report_of(tmp_path, "latest"))
    assert found["status"] == "not_checked"
    assert "GET users: HTTP 403" in found["message"]
    assert "User.Read.All" in found["fix"]
    assert "HMA-ID-001" in said(report_of(tmp_path, "latest"), "pass")

    lab.change(
        ["tenants", 0, "applications", 0, "rights"], ["Application.ReadWrite.All", "Domain.Read.All", "User.Read.All"]
    )
    assert enabled(play("enable_hma", hma_probe_enabled=False, hma_unsynced_accepted=3))
    lab.change(
        ["tenants", 0, "users"],
        [{"upn": f"{name}@contoso.test"} for name in ("alice", "bob", "carol", "dave0", "dave1", "dave2")],
    )
    mended = play("audit_hma", hma_audit_fail_on="never", hma_report_name="latest", **VIEWER)
    assert mended.code == 0, mended.output
    found = missing(report_of(tmp_path, "latest"))
    assert (found["status"], found["message"]) == ("pass", "6 mailboxes compared")
