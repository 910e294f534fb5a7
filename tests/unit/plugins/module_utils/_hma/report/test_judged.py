# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook that is one step of the whole is judged by the check of that step; what was judged is shown everywhere."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import Ended, of_chain
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.junit import junit
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.page import view

from tests.unit.report_samples import change, directory, finding, fleet, made, names_added


def of_a_part(playbook: str, **more: Any) -> dict[str, Any]:
    """Four servers and two tenants in the inventory; the run had one of each."""
    facts = fleet(servers=4, tenants=2, findings=[])
    facts["servers"] = {
        name: {"written": server["read"]} if name == "ex2" else {} for name, server in facts["servers"].items()
    }
    facts["tenants"] = {
        name: {"written": tenant["read"]} if name == "tenant1" else {} for name, tenant in facts["tenants"].items()
    }
    return {**facts, "run": {"id": "R", "playbook": playbook, "mode": "apply"}, **more}


def test_names_that_were_registered_are_judged_and_counted() -> None:
    steps = [{"step": "2", "results": {"tenant1": {"changes": [names_added("https://eas.contoso.test/")]}}}]
    found = made(of_a_part("register_spns", steps=steps))
    assert found.summary.sentence == "1 of 1 tenant has every name; nothing to fix. This run made 1 change."
    assert (found.summary.verdict, view(found).headline) == ("ready", "Every client name is registered")
    assert [(item.id, item.status, item.tenant) for item in found.findings] == [("HMA-SPN-001", "pass", "tenant1")]
    cases = [case.get("classname") for case in ElementTree.fromstring(junit(found)).iter("testcase")]
    assert cases == ["HMA-SPN-001"]


def test_directories_of_the_servers_of_a_limit_are_judged_and_counted() -> None:
    found = made(of_a_part("prepare_vdirs"))
    assert found.summary.sentence == "1 of 1 server has OAuth on every directory; nothing to fix."
    assert (found.summary.verdict, view(found).headline) == ("ready", "OAuth is on for every virtual directory")
    assert {(item.id, item.status, item.server) for item in found.findings} == {("HMA-VDIR-001", "pass", "ex2")}


def test_what_a_step_would_do_and_what_it_left_wrong() -> None:
    facts = of_a_part("prepare_vdirs", run={"id": "R", "playbook": "prepare_vdirs", "mode": "check"})
    facts["servers"]["ex2"]["written"]["directories"] = [
        directory("EX2", "ews", oauth=False), directory("EX2", "mapi", oauth=False),
    ]  # fmt: skip
    facts["steps"] = [{"step": "3", "results": {"ex2": {"changes": [change("ews", "EX2", result="predicted")]}}}]
    found = made(facts)
    assert {item.object: item.status for item in found.findings} == {"ex2 ews": "would_change", "ex2 mapi": "fail"}
    assert found.summary.verdict == "not_ready"
    lost = of_a_part("register_spns")
    lost["tenants"]["tenant1"]["written"] = {"failed": True, "msg": "tenant1: no token"}
    [unread] = made(lost).findings
    assert (unread.status, unread.message) == ("not_checked", "tenant1: no token")
    stopped = {**lost, "run": {**lost["run"], "stopped": "Step 2"}}
    assert "nothing to fix" not in made(stopped).summary.sentence


def test_a_step_that_did_not_begin_is_not_judged() -> None:
    """It stopped before: what was read until then is no result of the step, and its fix is not the next thing to do."""
    facts = of_a_part("register_spns")
    [read] = [tenant["written"] for tenant in facts["tenants"].values() if tenant]
    facts["tenants"] = {"tenant1": {"identified": read, "written": {"skipped": True, "changed": False}}}
    assert made(facts).findings == ()


def test_a_fast_audit_shows_what_it_judged() -> None:
    """Nothing was read on a server: the cells are those of the findings, and a gap is named and is no fault."""
    facts = fleet(servers=2, tenants=1)
    facts["servers"] = {name: {"identified": {"server": f"{name}.corp.contoso.test"}} for name in facts["servers"]}
    facts["tenants"]["tenant1"]["read"]["missing"] = []
    facts["organization"]["config"]["oauth2_client_profile_enabled"] = True
    facts["findings"] = [
        finding("not_checked" if kind == "oab" else "pass", object=f"{name} {kind}", server=name, message="")
        for name in ("EX1", "EX2") for kind in ("mapi", "ews", "oab", "autodiscover", "activesync")
    ]  # fmt: skip
    found = made(facts)
    assert [cell.text for cell in found.servers[0].cells.values()].count("OAuth") == 4
    assert found.servers[0].cells["oab"].status == "not_checked"
    assert found.summary.sentence == (
        "2 of 2 servers and 1 of 1 tenant are ready, as far as they were read; nothing to fix, 1 check could not be "
        "made."
    )
    shown = view(found)
    assert (found.summary.verdict, shown.status) == ("not_proven", "not_checked")
    assert shown.headline == "Hybrid Modern Authentication is on; not all of it was checked"
    facts["findings"] = [{**item, "status": "pass"} for item in facts["findings"]]
    assert view(made(facts)).headline == "Hybrid Modern Authentication is on"


@pytest.mark.parametrize(
    ("mode", "script", "fix", "typed"),
    [
        ("apply", "", "Register the names in the tenant.", True),
        (
            "verify",
            "",
            "Let the team that owns Entra register them (hma_spn_mode: verify); then run this again.",
            False,
        ),
        ("handoff", "x.ps1", "Let the team that owns Entra run the script x.ps1; then run this again.", False),
    ],
)
def test_names_that_others_register_are_not_left_to_this_playbook(
    mode: str, script: str, fix: str, typed: bool
) -> None:
    """The same playbook typed again would write nothing; and nothing is next while a name is missing."""
    facts = of_a_part("register_spns")
    tenant = facts["tenants"]["tenant1"]
    tenant["spn_mode"] = mode
    tenant["written"] = {**tenant["written"], "missing": tenant["written"]["wanted"][:1], "script": script}
    document = made(facts)
    [action] = document.actions
    assert [(item.fix, bool(item.commands)) for item in action.fixes] == [(fix, typed)]
    run = {"playbook": "register_spns", "mode": "apply", "enabled": False}
    assert of_chain(Ended(document, {"run": run, "probe": {}, "steps": []})).next is None


def test_a_name_that_was_written_and_is_not_seen_yet_is_not_to_be_registered_again() -> None:
    """A replica lags: who reads "register the names" looks for a fault of this run."""
    facts = of_a_part("register_spns")
    written = facts["tenants"]["tenant1"]["written"]
    late = written["wanted"][:1]
    facts["tenants"]["tenant1"]["written"] = {**written, "missing": late}
    facts["steps"] = [{"step": "2", "results": {"tenant1": {"changes": [names_added(*late)]}}}]
    [found] = made(facts).findings
    assert (found.status, found.fix) == ("fail", "Wait some minutes, then run this again.")
    assert found.message == f"this run wrote {late[0]}, and Graph does not show it yet: its replicas may lag."


def test_a_tenant_is_not_ready_for_names_that_nobody_read() -> None:
    """The servers were off: what clients ask a token for is not known, whatever the tenant has."""
    facts = fleet(servers=1, tenants=1, findings=[])
    facts["tenants"]["tenant1"]["read"] |= {"wanted": [], "missing": [], "names": {}}
    found = made({**facts, "run": {"id": "R", "playbook": "audit_hma", "mode": "audit"}})
    assert [(row.ready, row.reason) for row in found.tenants] == [(False, "The client names were not read.")]
    assert found.summary.tenants.right == 0
