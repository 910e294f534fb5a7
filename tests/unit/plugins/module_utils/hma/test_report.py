# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a document: what a run found, told once, the worst first, and nothing lost in a bad night."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import PREDICTED
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.page import moment, view

from tests.unit.report_samples import FINISHED, directory, finding, fleet, report

NOTHING: dict[str, Any] = {"findings": [], "organization": {}, "servers_read": {}, "tenants_read": {}, "run": {}, "finished": FINISHED}


def step(name: str, **results: Any) -> dict[str, Any]:
    return {"step": name, "results": results}


def test_a_fleet_with_faults_says_so_in_one_sentence() -> None:
    found = report(servers=4, tenants=2)
    assert found["summary"]["sentence"] == "2 of 4 servers and 1 of 2 tenants are ready; 1 fix to make."
    assert found["summary"]["verdict"] == "not_ready"
    assert [(item["id"], [fix["objects"][0]["object"] for fix in item["fixes"]]) for item in found["actions"]] == [("HMA-VDIR-001", ["ex1 mapi", "ex4 mapi"])]
    assert [row["name"] for row in found["servers"]] == ["EX1", "EX4", "EX2", "EX3"]
    assert found["servers"][0]["cells"]["mapi"] == {"status": "fail", "text": "no OAuth", "evidence": "IISAuthenticationMethods: Ntlm, Negotiate"}
    assert (found["names"][0]["name"], found["names"][0]["cells"]["tenant2"]["status"]) == ("https://eas.contoso.test/", "fail")
    assert found["names_ignored"] == [{"host": "old.contoso.test", "reason": "retired"}]


def test_a_check_counts_as_the_last_step_found_it() -> None:
    found = report(findings=[finding("fail"), finding("pass", object="ex2 mapi"), finding("pass")])
    assert [(item["object"], item["status"]) for item in found["findings"]] == [("ex1 mapi", "pass"), ("ex2 mapi", "pass")]


def test_what_this_run_would_do_is_not_called_right() -> None:
    """Check mode: the gate accepts a prediction, the report says that it is one."""
    change = {"before_header": "EX1\\mapi (Default Web Site)", "before": "a: 1\n", "after": "a: 2\n"}
    vdir = {"changed": True, "predicted": True, "commands": ["Set-MapiVirtualDirectory 'EX1'"], "diff": [change]}
    names = {
        "changed": True,
        "predicted": True,
        "diff": [{"before_header": "names", "before": "https://a/\n", "after": "https://a/\nhttps://eas.contoso.test/\n"}],
    }
    found = report(
        servers=2,
        findings=[finding("pass", message=PREDICTED, predicted=True), finding("pass", message=PREDICTED, object="ex2 mapi")],
        steps=[step("3", ex1=vdir), step("2", tenant2=names)],
        run={"mode": "check"},
    )
    # The field says it, not the words.
    assert {item["object"]: item["status"] for item in found["findings"]} == {"ex1 mapi": "would_change", "ex2 mapi": "pass"}
    assert found["servers"][0]["cells"]["mapi"]["status"] == "would_change"
    assert found["names"][0]["cells"]["tenant2"] == {"status": "would_change", "text": "would be added", "evidence": ""}
    assert found["summary"]["verdict"] == "would_change"
    assert found["summary"]["sentence"] == (
        "1 of 2 servers and 1 of 2 tenants are ready; nothing to fix by hand. The run would make 2 changes; nothing has been changed."
    )
    assert [(item["host"], item["command"]) for item in found["changes"]] == [
        ("ex1", "Set-MapiVirtualDirectory 'EX1'"),
        ("tenant2", "+ https://eas.contoso.test/"),
    ]


def test_what_was_changed_is_marked_and_ready() -> None:
    change = {"before_header": "EX2\\ews (Default Web Site)", "before": "OAuthAuthentication: false\n", "after": "OAuthAuthentication: true\n"}
    loop = {"results": [{"changed": False}, {"changed": True, "commands": ["Set-X"], "diff": [change]}]}
    found = report(servers=2, tenants=0, findings=[], steps=[step("3", ex2=loop)], changes=[{"host": "ex2", "status": "rolled back", "object": "y"}])
    assert [(item["object"], item["status"]) for item in found["changes"]] == [("y", "rolled_back"), ("EX2\\ews (Default Web Site)", "changed")]
    row = next(row for row in found["servers"] if row["name"] == "EX2")
    assert (row["cells"]["ews"]["status"], row["ready"]) == ("changed", True)
    assert found["summary"]["sentence"].endswith("This run made 1 change. 1 change rolled back.")


def test_a_bad_night_leaves_a_report() -> None:
    """Nothing was read, two servers were off: the document is whole and says why."""
    off = {"unreachable": True, "msg": "ex1: connection refused"}
    found = document(
        **{**NOTHING, "servers_read": {"ex1": off, "ex2": {}}, "tenants_read": {"contoso": {"skipped": True}}}, steps=[step("Reach", ex1=off, ex2={})]
    )
    assert found["summary"]["verdict"] == "unknown"
    assert found["problems"] == [{"host": "ex1", "step": "Reach", "message": "ex1: connection refused", "uncertain": False}]
    assert [row["status"] for row in found["servers"]] == ["not_checked", "not_checked"]
    assert found["tenants"] == [{"name": "contoso", "ready": False, "reason": "The run ended before it was read."}]
    assert document(**NOTHING)["summary"]["sentence"] == "Nothing could be judged: no check was made and no server was read."


def test_a_step_that_judged_is_told_by_its_findings_and_a_broken_write_is_uncertain() -> None:
    judged = {"failed": True, "msg": "3 checks stop the run", "findings": [finding()]}
    broken = {"failed": True, "msg": "connection lost", "uncertain": True}
    found = report(steps=[step("1", localhost=judged), step("3", ex1=broken, ex2={"skipped": True, "msg": "x"})])
    assert found["problems"] == [{"host": "ex1", "step": "3", "message": "connection lost", "uncertain": True}]
    assert found["summary"]["verdict"] == "not_ready"


def test_servers_without_a_host_are_in_the_picture() -> None:
    material = fleet(servers=4)
    del material["servers_read"]["ex3"]
    del material["servers_read"]["ex4"]
    found = document(**material, servers_excluded=[{"name": "EX4", "reason": "scrapped"}])
    rows = {row["name"]: row for row in found["servers"]}
    assert (rows["EX3"]["host"], rows["EX3"]["status"], rows["EX3"]["reason"]) == (None, "not_checked", "No host of the inventory stands for it.")
    assert (rows["EX4"]["status"], rows["EX4"]["reason"]) == ("not_applicable", "Left out: scrapped")
    assert found["summary"]["servers"] == {"ready": 1, "total": 3}


def test_a_failing_check_keeps_a_server_and_a_tenant_from_being_ready() -> None:
    bad = [finding(object="x", server="EX2", id="HMA-CERT-001"), finding(object="y", scope="tenant", server=None, tenant="tenant1")]
    found = report(servers=2, tenants=1, findings=bad)
    assert found["summary"]["servers"]["ready"] == 0
    assert found["summary"]["tenants"]["ready"] == 0


@pytest.mark.parametrize(("state", "status"), [("proven", "pass"), ("refuted", "fail"), ("unproven", "not_checked")])
def test_what_clients_were_answered_stands_beside_the_directories(state: str, status: str) -> None:
    asked = {"host": "ex2", "server": "ex2.corp.contoso.test", "protocol": "ews", "verdict": "v", "reason": "seen", "state": state}
    found = report(servers=3, probes=[{"probes": [asked, {**asked, "host": None, "server": None}]}])
    rows = {row["name"]: row for row in found["servers"]}
    assert rows["EX2"]["challenge"]["status"] == status
    assert rows["EX3"]["challenge"] is None
    assert len(found["probes"]) == 2


def test_a_directory_that_could_not_be_read_is_not_checked() -> None:
    read = {"server": "ex1.corp.contoso.test", "directories": [directory("EX1", "ews")], "unread": [{"what": "oab", "reason": "no right"}]}
    found = report(servers=1, servers_read={"ex1": read})
    assert found["servers"][0]["cells"]["oab"] == {"status": "not_checked", "text": "not read", "evidence": "no right"}


def test_evidence_that_is_no_text_is_told_as_json() -> None:
    found = report(findings=[finding(expected=["OAuth"], actual={"a": True}, severity=None, status="odd")])["findings"][0]
    assert (found["expected"], found["actual"], found["severity"], found["status"]) == ('["OAuth"]', '{"a": true}', "high", "not_checked")


def test_the_page_is_calm_when_all_is_right() -> None:
    material = fleet(servers=2, findings=[finding("pass")])
    for read in material["servers_read"].values():
        read["directories"] = [directory("X", "ews")]
    material["tenants_read"]["tenant2"]["missing"] = []
    off = view(document(**material))
    look = {"language": "shell", "text": "ansible-playbook hybrid.exchange.enable_hma --check --diff"}
    assert (off["headline"], off["next_step"][1]) == ("Ready", [look])
    material["organization"]["config"]["oauth2_client_profile_enabled"] = True
    on = view(document(**material))
    assert (on["headline"], on["status"], on["next_step"]) == ("Hybrid Modern Authentication is on", "pass", ("Nothing: every check is met.", []))
    material["findings"] = [finding("warn")]
    assert view(document(**material))["next_step"][0].startswith("Nothing has to be fixed.")


def test_moments_as_a_person_writes_them() -> None:
    assert moment("2026-11-24T07:10:05+00:00") == "2026-11-24 07:10 UTC"
    assert moment("yesterday") == "yesterday"


def test_a_server_and_a_tenant_with_odd_letters_are_blamed_for_their_findings() -> None:
    """A finding arrives printable, the reading as it was: both are of the same server."""
    material = fleet(servers=1, tenants=1)
    odd = "ex\u202e1"
    material["servers_read"] = {odd: {"server": odd, "directories": [directory("X", "ews")], "unread": []}}
    material["tenants_read"] = {odd: material["tenants_read"]["tenant1"] | {"missing": []}}
    for shown in (odd, "ex<U+202E>1"):
        material["findings"] = [finding(server=shown), finding(id="HMA-SPN-001", scope="tenant", server=None, tenant=shown)]
        found = document(**material)
        assert [row["ready"] for row in found["servers"] if row["host"]] == [False]
        assert [item["ready"] for item in found["tenants"]] == [False]
