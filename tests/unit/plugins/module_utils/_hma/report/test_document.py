# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a document: what a run found, told once, the worst first, and nothing lost in a bad night."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import PREDICTED
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.junit import junit
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.page import moment, view
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import CommandText
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.report_samples import change, directory, finding, fleet, made, names_added, report


def written(**more: Any) -> dict[str, Any]:
    return report(**more).as_json()


def step(name: str, **results: Any) -> dict[str, Any]:
    return {"step": name, "results": results}


def test_a_fleet_with_faults_says_so_in_one_sentence() -> None:
    found = written(servers=4, tenants=2)
    assert found["summary"]["sentence"] == "2 of 4 servers and 1 of 2 tenants are ready; 1 fix to make."
    assert found["summary"]["verdict"] == "not_ready"
    # The fix once, with all its objects, and one command for all their hosts.
    [action] = found["actions"]
    [fix] = action["fixes"]
    assert (action["id"], [item["object"] for item in fix["objects"]]) == ("HMA-VDIR-001", ["ex1 mapi", "ex4 mapi"])
    assert [command["text"] for command in fix["commands"]] == [
        "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1,ex4"
    ]
    assert [row["name"] for row in found["servers"]] == ["EX1", "EX4", "EX2", "EX3"]
    assert found["servers"][0]["cells"]["mapi"] == {
        "status": "fail",
        "text": "no OAuth",
        "evidence": "IISAuthenticationMethods: Ntlm, Negotiate",
    }
    assert (found["names"][0]["name"], found["names"][0]["cells"]["tenant2"]["status"]) == (
        "https://eas.contoso.test/",
        "fail",
    )
    assert found["names_ignored"] == [{"host": "old.contoso.test", "reason": "retired"}]


def test_a_check_counts_as_the_last_step_found_it() -> None:
    found = written(findings=[finding("fail"), finding("pass", object="ex2 mapi"), finding("pass")])
    assert [(item["object"], item["status"]) for item in found["findings"]] == [
        ("ex1 mapi", "pass"),
        ("ex2 mapi", "pass"),
    ]


def test_what_this_run_would_do_is_not_called_right() -> None:
    """Check mode: the gate accepts a prediction, the report says that it is one."""
    vdir = {"changed": True, "changes": [change("mapi", result="predicted")]}
    names = {"changed": True, "changes": [names_added("https://eas.contoso.test/", result="predicted")]}
    found = written(
        servers=2,
        findings=[
            finding("pass", message=PREDICTED, predicted=True),
            finding("pass", message=PREDICTED, object="ex2 mapi"),
        ],
        steps=[step("3", ex1=vdir), step("2", tenant2=names)],
        run={"mode": "check"},
    )
    # The field says it, not the words.
    assert {item["object"]: item["status"] for item in found["findings"]} == {
        "ex1 mapi": "would_change",
        "ex2 mapi": "pass",
    }
    assert found["servers"][0]["cells"]["mapi"]["status"] == "would_change"
    assert found["names"][0]["cells"]["tenant2"] == {"status": "would_change", "text": "would be added", "evidence": ""}
    assert found["summary"]["verdict"] == "would_change"
    assert found["summary"]["sentence"] == (
        "1 of 2 servers and 1 of 2 tenants are ready; nothing to fix by hand. The run would make 2 changes; "
        "nothing has been changed."
    )
    assert [(item["host"], item["command"]) for item in found["changes"]] == [
        ("ex1", "Set-mapi 'EX1'"),
        ("tenant2", "+ https://eas.contoso.test/"),
    ]
    assert [(item["before"], item["after"]) for item in found["changes"]] == [
        ("OAuthAuthentication: false", "OAuthAuthentication: true"),
        ("https://a/", "https://a/\nhttps://eas.contoso.test/"),
    ]


@pytest.mark.parametrize("words", [PREDICTED, "would_change", "predicted", f"+ https://eas.contoso.test/ {PREDICTED}"])
def test_no_free_text_makes_a_prediction(words: str) -> None:
    """A reason that somebody wrote for an excluded server is in findings, notes and commands; only a field says what is
    predicted."""
    result = {
        "changed": True,
        "msg": "",
        "notes": [words],
        "diff": [{"before_header": words, "after": words}],
        "commands": [words],
    }
    found = written(
        servers=2,
        tenants=1,
        findings=[finding("pass", message=f"Left out: {words}", actual=words, fix=words, title=words)],
        settings={"hma_servers_excluded": [{"name": "EX9", "reason": words}]},
        steps=[step(words, ex1=result, tenant1=result)],
    )
    assert [item["status"] for item in found["findings"]] == ["pass"]
    assert found["changes"] == []
    assert found["summary"]["changes"]["would_change"] == 0
    assert "would_change" not in [
        cell["status"] for row in [*found["servers"], *found["names"]] for cell in row["cells"].values()
    ]


def test_what_was_changed_is_marked_and_ready() -> None:
    loop = {"results": [{"changed": False}, {"changed": True, "changes": [change("ews", "EX2")]}]}
    back = {"changed": True, "changes": [change("oab", "EX2", module="hma_restore")]}
    found = written(servers=2, tenants=0, findings=[], steps=[step("3", ex2=loop), step("back", ex2=back)])
    assert [(item["object"], item["status"]) for item in found["changes"]] == [
        ("EX2\\ews (Default Web Site)", "changed"),
        ("EX2\\oab (Default Web Site)", "rolled_back"),
    ]
    row = next(row for row in found["servers"] if row["name"] == "EX2")
    assert (row["cells"]["ews"]["status"], row["ready"]) == ("changed", True)
    assert found["summary"]["sentence"].endswith("This run made 1 change. 1 change rolled back.")


@pytest.mark.parametrize("result", ["failed", "uncertain", "not_sent", "open", "", "odd"])
def test_a_write_that_is_not_certain_is_no_change(result: str) -> None:
    """A step that failed in the middle: what it had done is in the report, what is not certain is a problem, and no
    change."""
    broken = {
        "failed": True,
        "uncertain": True,
        "msg": "lost",
        "changes": [change("ews"), change("oab", result=result), change("mapi", read_back={"x": 1})],
    }
    found = written(servers=1, steps=[step("3", ex1=broken)])
    assert [(item["object"], item["status"]) for item in found["changes"]] == [
        ("EX1\\ews (Default Web Site)", "changed")
    ]
    assert [item["uncertain"] for item in found["problems"]] == [True]


def test_a_bad_night_leaves_a_report() -> None:
    """Nothing was read, two servers were off: the document is whole and says why."""
    off = {"unreachable": True, "msg": "ex1: connection refused"}
    facts = {
        "servers": {"ex1": {"read": off}, "ex2": {"identified": {}}},
        "tenants": {"contoso": {"read": {"skipped": True}}},
        "steps": [step("Reach", ex1=off, ex2={})],
    }
    found = made(facts).as_json()
    assert found["summary"]["verdict"] == "unknown"
    assert found["problems"] == [
        {"host": "ex1", "step": "Reach", "message": "ex1: connection refused", "uncertain": False}
    ]
    assert [row["status"] for row in found["servers"]] == ["not_checked", "not_checked"]
    assert found["tenants"] == [{"name": "contoso", "ready": False, "reason": "This run did not read it."}]
    judged = made({**facts, "findings": [finding("pass")]}).summary.sentence
    # What broke the run comes first, and is the first thing to do.
    assert judged == (
        "ex1: connection refused. 1 of 2 servers and 0 of 1 tenant are ready, as far as they were read (not checked: "
        "1 server, 1 tenant); 1 fix to make."
    )
    assert made({}).summary.sentence == "Nothing could be judged: no check was made and no server was read."


def test_a_step_that_judged_is_told_by_its_findings_and_a_broken_write_is_uncertain() -> None:
    judged = {"failed": True, "msg": "3 checks stop the run", "findings": [finding()]}
    broken = {"failed": True, "msg": "connection lost", "uncertain": True}
    found = written(steps=[step("1", localhost=judged), step("3", ex1=broken, ex2={"skipped": True, "msg": "x"})])
    assert found["problems"] == [{"host": "ex1", "step": "3", "message": "connection lost", "uncertain": True}]
    assert found["summary"]["verdict"] == "not_ready"


def test_servers_without_a_host_are_in_the_picture() -> None:
    material = fleet(servers=4)
    del material["servers"]["ex3"]
    del material["servers"]["ex4"]
    found = made({**material, "settings": {"hma_servers_excluded": [{"name": "EX4", "reason": "scrapped"}]}}).as_json()
    rows = {row["name"]: row for row in found["servers"]}
    assert (rows["EX3"]["host"], rows["EX3"]["status"], rows["EX3"]["reason"]) == (
        None,
        "not_checked",
        "No host of the inventory stands for it.",
    )
    assert (rows["EX4"]["status"], rows["EX4"]["reason"]) == ("not_applicable", "Left out: scrapped")
    assert found["summary"]["servers"] == {"ready": 1, "total": 3}


def test_a_failing_check_keeps_a_server_and_a_tenant_from_being_ready() -> None:
    bad = [
        finding(object="x", server="EX2", id="HMA-CERT-001"),
        finding(object="y", scope="tenant", server=None, tenant="tenant1"),
    ]
    found = written(servers=2, tenants=1, findings=bad)
    assert found["summary"]["servers"]["ready"] == 0
    assert found["summary"]["tenants"]["ready"] == 0


@pytest.mark.parametrize(("state", "status"), [("proven", "pass"), ("refuted", "fail"), ("unproven", "not_checked")])
def test_what_clients_were_answered_stands_beside_the_directories(state: str, status: str) -> None:
    asked = {
        "host": "ex2",
        "server": "ex2.corp.contoso.test",
        "protocol": "ews",
        "verdict": "v",
        "reason": "seen",
        "state": state,
    }
    found = written(servers=3, probe={"probes": [asked, {**asked, "host": None, "server": None}]})
    rows = {row["name"]: row for row in found["servers"]}
    assert rows["EX2"]["challenge"]["status"] == status
    assert rows["EX3"]["challenge"] is None
    assert len(found["probes"]) == 2


def test_a_directory_that_could_not_be_read_is_not_checked() -> None:
    read = {
        "server": "ex1.corp.contoso.test",
        "directories": [directory("EX1", "ews")],
        "unread": [{"what": "oab", "reason": "no right"}],
    }
    found = made({**fleet(servers=1), "servers": {"ex1": {"read": read}}}).as_json()
    assert found["servers"][0]["cells"]["oab"] == {"status": "not_checked", "text": "not read", "evidence": "no right"}


def test_evidence_that_is_no_text_is_told_as_json() -> None:
    found = written(findings=[finding(expected=["OAuth"], actual={"a": True}, severity=None, status="odd")])[
        "findings"
    ][0]
    assert (found["expected"], found["actual"], found["severity"], found["status"]) == (
        '["OAuth"]',
        '{"a": true}',
        "high",
        "not_checked",
    )


def test_the_page_is_calm_when_all_is_right() -> None:
    material = fleet(servers=2, findings=[finding("pass")])
    for server in material["servers"].values():
        server["read"]["directories"] = [directory("X", "ews")]
    material["tenants"]["tenant2"]["read"]["missing"] = []
    off = view(made(material))
    look = CommandText("shell", "ansible-playbook hybrid.exchange.enable_hma --check --diff")
    assert (off.headline, off.next_step[1]) == ("Ready", (look,))
    material["organization"]["config"]["oauth2_client_profile_enabled"] = True
    on = view(made(material))
    assert (on.headline, on.status, on.next_step) == (
        "Hybrid Modern Authentication is on",
        "pass",
        ("Nothing: every check is met.", ()),
    )
    material["findings"] = [finding("warn")]
    assert view(made(material)).next_step[0].startswith("Nothing has to be fixed.")


@pytest.mark.parametrize("name", ["register_spns", "prepare_vdirs"])
def test_a_part_of_the_work_does_not_speak_for_the_other_parts(name: str) -> None:
    """It judged its own part: neither "every prerequisite is met" nor "every check is met" is known."""
    material = fleet(servers=2, findings=[finding("pass")])
    material["run"]["playbook"] = name
    for server in material["servers"].values():
        server["read"]["directories"] = [directory("X", "ews")]
    material["tenants"]["tenant2"]["read"]["missing"] = []
    said, commands = view(made(material)).next_step
    assert said == "This part is done. Look at what enable_hma would do beside it."
    assert [command.text for command in commands] == ["ansible-playbook hybrid.exchange.enable_hma --check --diff"]


def test_moments_as_a_person_writes_them() -> None:
    assert moment("2026-11-24T07:10:05+00:00") == "2026-11-24 07:10 UTC"
    assert moment("yesterday") == "yesterday"


def test_a_server_and_a_tenant_with_odd_letters_are_blamed_for_their_findings() -> None:
    """A finding arrives printable, the reading as it was: both are of the same server."""
    material = fleet(servers=1, tenants=1)
    odd = "ex\u202e1"
    material["servers"] = {odd: {"read": {"server": odd, "directories": [directory("X", "ews")], "unread": []}}}
    material["tenants"] = {odd: {"read": material["tenants"]["tenant1"]["read"] | {"missing": []}}}
    for shown in (odd, "ex<U+202E>1"):
        material["findings"] = [
            finding(server=shown),
            finding(id="HMA-SPN-001", scope="tenant", server=None, tenant=shown),
        ]
        found = made(material).as_json()
        assert [row["ready"] for row in found["servers"] if row["host"]] == [False]
        assert [item["ready"] for item in found["tenants"]] == [False]


def read(*kinds: str, **more: Any) -> dict[str, Any]:
    return {
        "server": "ex1.corp.contoso.test",
        "directories": [directory("EX1", kind) for kind in kinds],
        "unread": [],
        **more,
    }


@pytest.mark.parametrize(
    ("results", "kinds", "reason"),
    [
        ({"identified": {"server": "s"}, "written": read("ews"), "read": read("mapi")}, ["mapi"], ""),
        (
            {"identified": {"server": "s"}, "written": read("ews"), "read": {"unreachable": True, "msg": "gone"}},
            ["ews"],
            "",
        ),
        ({"identified": {"server": "ex1"}, "written": {"failed": True, "msg": "no"}, "read": {}}, list(KINDS), ""),
        ({"identified": {}, "written": {}, "read": {"unreachable": True, "msg": "gone"}}, list(KINDS), "gone"),
        ({"identified": {"unreachable": True, "msg": "off"}, "written": {}, "read": {}}, list(KINDS), "off"),
        ({}, list(KINDS), "It was not read in this run."),
    ],
)
def test_the_last_reading_of_a_server_counts(results: dict[str, Any], kinds: list[str], reason: str) -> None:
    [row] = made({**fleet(servers=1), "servers": {"ex1": results}}).servers
    assert (list(row.cells), row.reason) == (kinds, reason)


@pytest.mark.parametrize(
    ("results", "status"),
    [
        (
            {
                "identified": {},
                "written": {"wanted": ["n"], "missing": ["n"]},
                "read": {"wanted": ["n"], "missing": []},
            },
            "pass",
        ),
        (
            {"identified": {}, "written": {"wanted": ["n"], "missing": ["n"]}, "read": {"failed": True, "msg": "no"}},
            "fail",
        ),
        ({"identified": {"wanted": ["n"], "missing": []}, "written": {}, "read": {}}, "pass"),
    ],
)
def test_the_last_reading_of_a_tenant_counts(results: dict[str, Any], status: str) -> None:
    assert [row.cells["t"].status for row in made({"tenants": {"t": results}}).names] == [status]


def test_what_clients_are_offered_before_a_change_is_no_fault_of_it() -> None:
    probe = {"probes": [{"host": "ex1", "state": "refuted"}], "findings": [finding(object="probe")]}
    for run, count in (
        ({"playbook": "enable_hma", "mode": "check"}, 0),
        ({"playbook": "verify_hma", "mode": "check"}, 1),
        ({}, 1),
    ):
        found = made({"run": run, "probe": probe})
        assert (len(found.probes), len(found.findings)) == (count, count)


NAMES = [
    *(
        "run",
        "settings",
        "hma_servers_excluded",
        "organization",
        "config",
        "servers",
        "auth_servers",
        "name",
        "fqdn",
        "host",
        "read",
        "written",
        "identified",
    ),
    *(
        "tenants",
        "wanted",
        "missing",
        "names",
        "ignored",
        "sources",
        "probe",
        "probes",
        "state",
        "findings",
        "id",
        "status",
        "steps",
        "results",
        "step",
    ),
    *(
        "changes",
        "target",
        "type",
        "kind",
        "result",
        "before",
        "after",
        "servicePrincipalNames",
        "directories",
        "settings",
        "unread",
        "msg",
        "failed",
        "object",
    ),
]
ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from(["", "x", "done", "predicted", "names", "mapi", "fail", "pass", "server"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)),
    max_leaves=30,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a nest of dictionaries and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def with_hole(facts: dict[str, Any], path: tuple[Any, ...], filling: Any) -> dict[str, Any]:
    holed = copy.deepcopy(facts)
    inner: Any = holed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = filling
    return holed


def everything() -> dict[str, Any]:
    asked = {
        "host": "ex1",
        "server": "ex1.corp.contoso.test",
        "protocol": "ews",
        "verdict": "v",
        "reason": "seen",
        "state": "proven",
    }
    results = {
        "ex1": {"changes": [change("mapi"), change("ews", result="predicted")]},
        "tenant1": {"changes": [names_added("https://b/")]},
    }
    return fleet(
        servers=2,
        tenants=2,
        probe={"probes": [asked], "findings": [finding("warn", object="probe")]},
        settings={"hma_servers_excluded": [{"name": "EX9", "reason": "scrapped"}]},
        steps=[{"step": "3", "results": results}, {"step": "4", "results": {"ex2": {"failed": True, "msg": "lost"}}}],
    )


FULL = everything()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(places(FULL))), ODD)
def test_no_hole_keeps_a_report_from_being_written(path: tuple[Any, ...], filling: Any) -> None:
    """A value is missing, or is something else: there is a report, in all three formats, and it says something."""
    found = made(with_hole(FULL, path, filling))
    assert found.summary.sentence
    assert json.loads(json.dumps(found.as_json()))["schema_version"] == 1
    assert render(found) and junit(found)


@settings(max_examples=100, deadline=None)
@given(ODD)
def test_facts_that_are_none_leave_a_report(facts: Any) -> None:
    found = made(facts if isinstance(facts, dict) else {"run": facts, "steps": facts, "servers": facts})
    assert found.summary.sentence
    assert render(found) and junit(found)
