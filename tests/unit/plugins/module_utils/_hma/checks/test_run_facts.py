# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run found so far: of every host of the inventory, of this run only, and the last reading where there are
several."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import Settings, declared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Gate, Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import facts_of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.run_facts import run_facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.steps import STEPS, SWITCH

RUN, OLD = "20261126T000000Z-2", "20261126T000000Z-1"


def result(**values: Any) -> dict[str, Any]:
    return {"changed": False, "run_id": RUN, **values}


def judged(*ids: str) -> dict[str, Any]:
    return result(findings=[{"id": item} for item in ids])


def variables() -> dict[str, dict[str, Any]]:
    return {
        "localhost": {
            "hma_started_run": RUN,
            "hma_started_time": "2026-11-26T00:00:00Z",
            "hma_started_mode": "apply",
            "hma_settings_result": {
                "changed": False,
                "run_id": None,
                "playbook": "enable_hma",
                "organization": {"hma_default_tenant": "contoso"},
            },
            "hma_tenants_result": judged("C"),
            "hma_preflight_result": judged("A"),
        },
        "ex1": {
            "hma_host_read": result(server="ex1.corp.test"),
            "hma_organization_read": result(organization={"name": "first"}),
            "hma_identity_read": result(identity={"foreign": None}),
        },
        "ex2": {
            "hma_host_read": result(server="ex2.corp.test"),
            "hma_gate_server": {"changed": False, "run_id": OLD, "directories": []},
            "hma_enable_organization": result(organization={"name": "again"}),
            "hma_authserver_result": {
                "changed": True,
                "results": [result(auth_server={"guid": "g"}), {"changed": True, "run_id": OLD}],
            },
            "hma_enable_gate": judged("B"),
            "hma_verify_probe": {**judged("P"), "probes": []},
        },
        "contoso": {
            "hma_tenant_id": "T1",
            "hma_tenant_domain": "contoso.test",
            "hma_asked_in_run": RUN,
            "hma_tenant_read": result(after=["https://a/"]),
        },
        "fabrikam": {"hma_tenant_id": "T2", "hma_asked_in_run": OLD},
    }


def facts(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return run_facts(found, ["ex1", "ex2", "ex3"], ["contoso", "fabrikam"])


def test_what_free_busy_needs_is_more_where_a_url_was_not_read() -> None:
    names = ["https://mail.contoso.test/", "https://outlook.contoso.test/"]
    url = {"server": "EX1", "kind": "ews", "where": "external", "url": "https://mail.contoso.test/EWS"}
    for unread, kept in ([], names[:1]), ([{"what": "client_urls.ews", "reason": "denied"}], names):
        found = variables()
        found["localhost"]["hma_history_read"] = {"names": {"t1": names}}
        found["ex1"]["hma_switch_read"] = result(switch={"connectors": ["HybridIOC"]})
        found["ex2"]["hma_enable_organization"] = result(organization={"client_urls": [url], "unread": unread})
        assert facts(found)["free_busy"]["names"] == {"t1": kept}
        assert facts(found)["free_busy"]["others"] == {"t1": names[len(kept) :]}


def test_every_host_is_there_with_the_results_of_this_run() -> None:
    found = facts(variables())
    assert found["run"] == {
        "id": RUN,
        "started": "2026-11-26T00:00:00Z",
        "mode": "apply",
        "playbook": "enable_hma",
        "enabled": False,
        "stopped": "",
        "reason": "",
    }
    assert found["settings"] == {"hma_default_tenant": "contoso"}
    assert list(found["servers"]) == ["ex1", "ex2", "ex3"]
    assert found["servers"]["ex2"]["identified"]["server"] == "ex2.corp.test"
    assert found["servers"]["ex2"]["read"] == {}, "an earlier run read it"
    assert {name: found["servers"]["ex3"][name] for name in ("identified", "read", "written")} == {
        "identified": {},
        "read": {},
        "written": {},
    }
    contoso, fabrikam = found["tenants"]["contoso"], found["tenants"]["fabrikam"]
    assert (contoso["tenant_id"], contoso["tenant_domain"], contoso["cloud"], contoso["asked"]) == (
        "T1",
        "contoso.test",
        "global",
        True,
    )
    assert (contoso["identified"]["after"], contoso["read"], contoso["written"]) == (["https://a/"], {}, {})
    assert (fabrikam["identified"], fabrikam["asked"], fabrikam["tenant_domain"]) == ({}, False, "")
    assert found["authservers"] == [result(auth_server={"guid": "g"})]
    assert found["identity"] == {"foreign": None}


def test_where_a_server_is_asked() -> None:
    hosts = variables()
    hosts["ex3"] = {"hma_server": "ex9.corp.test", "ansible_host": "10.0.0.3", "hma_probe_ca_path": "/ca.pem"}
    hosts["ex2"] |= {"ansible_host": "10.0.0.2", "hma_probe_validate_certs": False}
    places = [item["place"] for item in facts(hosts)["servers"].values()]
    assert [(place["host"], place["server"], place["connect_to"]) for place in places] == [
        ("ex1", "ex1.corp.test", "ex1"),
        ("ex2", "ex2.corp.test", "10.0.0.2"),
        ("ex3", "ex9.corp.test", "ex9.corp.test"),
    ]
    assert [(place["ca_path"], place["validate_certs"]) for place in places] == [
        (None, True),
        (None, False),
        ("/ca.pem", True),
    ]


def test_a_host_that_was_not_asked_who_it_is_has_the_name_that_the_organization_knows() -> None:
    hosts = variables()
    listed = [{"name": "EX2", "fqdn": "EX2.corp.test"}, {"name": "EX3", "fqdn": "EX3.corp.test"}, {"name": "EX9"}]
    hosts["ex2"]["hma_enable_organization"] = result(organization={"servers": listed})
    del hosts["ex2"]["hma_host_read"]
    hosts["ex3"] = {"ansible_host": "ex3.CORP.test"}
    assert [item["place"]["server"] for item in facts(hosts)["servers"].values()] == [
        "ex1.corp.test",
        "EX2.corp.test",
        "EX3.corp.test",
    ]
    hosts["ex3"] = {"ansible_host": "10.0.0.3"}
    assert facts(hosts)["servers"]["ex3"]["place"]["server"] == "EX3.corp.test", "by the name of its object"


def test_what_was_read_beside_the_name_counts_where_it_is_everything_and_of_this_run() -> None:
    hosts = variables()
    everything: dict[str, Any] = {"directories": [], "certificates": [], "components": {}}
    hosts["ex1"]["hma_host_read"] = result(server="ex1.corp.test", **everything)
    hosts["ex2"]["hma_host_read"] = result(server="ex2.corp.test", directories=[])
    hosts["ex3"] = {"hma_host_read": {**result(server="ex3.corp.test", **everything), "run_id": OLD}}
    found = facts(hosts)["servers"]
    assert found["ex1"]["read"] == hosts["ex1"]["hma_host_read"]
    assert [found[host]["read"] for host in ("ex2", "ex3")] == [{}, {}]
    hosts["ex1"]["hma_gate_server"] = result(server="ex1.corp.test", components={"later": "Active"})
    assert facts(hosts)["servers"]["ex1"]["read"]["components"] == {"later": "Active"}


def test_sign_in_names_are_compared_with_verified_domains_of_all_tenants_or_of_none() -> None:
    hosts = variables()
    hosts["ex2"]["hma_enable_organization"] = result(organization={"accepted_domains": [{"domain": "accepted.test"}]})
    hosts["contoso"]["hma_tenant_read"] = result(verified_domains=["contoso.test"])
    assert facts(hosts)["sign_in_domains"] == {"from": "accepted", "names": ["accepted.test"]}
    hosts["fabrikam"]["hma_tenant_read"] = result(verified_domains=["fabrikam.test"])
    assert facts(hosts)["sign_in_domains"] == {"from": "verified", "names": ["contoso.test", "fabrikam.test"]}
    hosts["fabrikam"]["hma_probe_identities"] = ["a@x.test", "b@x.test"]
    hosts["contoso"]["hma_probe_identities"] = ["a@x.test"]
    assert facts(hosts)["probe_identities"] == ["a@x.test", "b@x.test"]


def test_an_accepted_domain_that_no_tenant_can_have_is_no_yardstick_of_sign_in_names() -> None:
    """The first accepted domain is the name of Active Directory's: people of contoso.local would all be right."""
    hosts = variables()
    listed = [{"domain": name} for name in ("corp.contoso.LOCAL", "contoso.test", "*.contoso.test", "corp", "x.lan")]
    hosts["ex2"]["hma_enable_organization"] = result(organization={"accepted_domains": listed})
    assert facts(hosts)["sign_in_domains"] == {"from": "accepted", "names": ["contoso.test"]}


def test_a_group_is_named_instead_of_its_hosts() -> None:
    hosts = variables()
    hosts["localhost"]["groups"] = {"mail": ["ex1"], "entra": ["contoso"]}
    found = run_facts(hosts, "mail", "entra")
    assert (list(found["servers"]), list(found["tenants"])) == (["ex1"], ["contoso"])
    assert run_facts(hosts, "mail", "none")["tenants"] == {}


def test_hosts_that_are_servers_of_their_own_are_no_finding_of_the_report() -> None:
    hosts = variables()
    hosts["ex1"]["hma_hosts_result"] = {**judged("H"), "stops": False}
    assert "H" not in [item["id"] for item in facts(hosts)["findings"]]
    hosts["ex1"]["hma_hosts_result"]["stops"] = True
    assert facts(hosts)["findings"][0]["id"] == "H"


def test_the_organization_is_the_last_reading() -> None:
    hosts = variables()
    assert facts(hosts)["organization"] == {"name": "again"}
    hosts["ex1"]["hma_verify_organization"] = result(organization={"name": "back"})
    assert facts(hosts)["organization"] == {"name": "back"}
    hosts["localhost"]["hma_started_run"] = "later"
    assert facts(hosts)["organization"] == {}


def test_findings_are_in_the_order_in_which_they_were_made() -> None:
    hosts = variables()
    assert [item["id"] for item in facts(hosts)["findings"]] == ["C", "A", "B", "P"]
    # What clients are offered before anything was changed is no fault.
    hosts["localhost"]["hma_started_mode"] = "check"
    assert [item["id"] for item in facts(hosts)["findings"]] == ["C", "A", "B"]
    hosts["localhost"]["hma_settings_result"]["playbook"] = "verify_hma"
    assert [item["id"] for item in facts(hosts)["findings"]] == ["C", "A", "B", "P"]


def test_where_a_run_stopped() -> None:
    hosts = variables()
    hosts["localhost"]["hma_ended_run"] = OLD
    assert facts(hosts)["run"]["stopped"] == ""
    hosts["localhost"]["hma_ended_run"] = RUN
    assert facts(hosts)["run"]["stopped"] == SWITCH, "a host that was lost in step 5 leaves no word"
    hosts["ex2"]["hma_enable_done"] = RUN
    assert (facts(hosts)["run"]["stopped"], facts(hosts)["run"]["enabled"]) == ("", True)
    hosts["localhost"]["hma_stop_reason"] = "no route"
    assert facts(hosts)["run"]["reason"] == ""
    hosts["localhost"]["hma_stopped_run"] = "Step 6, verify"
    assert facts(hosts)["run"]["stopped"] == "Step 6, verify"
    assert facts(hosts)["run"]["reason"] == "no route"


def test_each_step_is_there_once_with_its_hosts() -> None:
    steps = {item["step"]: item["results"] for item in facts(variables())["steps"]}
    assert list(steps) == [step.name for step in STEPS]
    assert list(steps["Reach the servers"]) == ["ex1", "ex2", "ex3"]
    assert list(steps["Step 2, client URLs as service principal names"]) == ["contoso", "fabrikam"]
    assert list(steps["Read the organization"]) == ["organization"]
    assert list(steps["Step 5, judge"]) == ["ex2"]
    assert steps["Step 6, verify"] == {"localhost": {}}


def test_a_step_keeps_what_it_changed_and_why_it_failed() -> None:
    """What it read stands in the facts once, in its own place: twice, it was half of what Ansible carries."""
    change = {"object": "EX1\\ews (Default Web Site)", "result": "done"}
    read = {"run_id": RUN, "failed": False, "directories": [{"kind": "ews"}], "names": ["https://a/"] * 5000}
    hosts = variables()
    hosts["ex1"]["hma_vdir_result"] = {**read, "changed": True, "changes": [change]}
    hosts["contoso"]["hma_spn_result"] = {
        "run_id": RUN,
        "results": [{**read, "failed": True, "msg": "No."}],
        "failed": True,
    }
    hosts["ex2"]["hma_enable_gate"] = {**read, "findings": [{"id": "HMA-VDIR-001"}]}
    steps = {item["step"]: item["results"] for item in facts(hosts)["steps"]}
    assert steps["Step 3, OAuth on the virtual directories"]["ex1"] == {"failed": False, "changes": [change]}
    names = steps["Step 2, client URLs as service principal names"]["contoso"]
    assert names == {"failed": True, "results": [{"failed": True, "msg": "No."}]}
    assert steps["Step 5, judge"]["ex2"] == {"failed": False, "findings": []}


def test_what_the_play_sets_outranks_the_variable_of_a_server() -> None:
    """As it does for the task that step 3 is; the variables of the hosts do not show it."""
    hosts = variables()
    hosts["ex1"]["hma_vdir_mapi_empty"] = "refuse"
    hosts["ex2"]["hma_vdir_mapi_empty"] = "default"
    said = [entry["mapi_empty"] for entry in facts(hosts)["servers"].values()]
    assert said == ["refuse", "default", ""]
    of_the_play = {"hma_vdir_mapi_empty": "default", "hma_probe_validate_certs": False, "hma_cloud": "bleu"}
    hosts["localhost"]["hma_settings_result"]["hosts"] = of_the_play
    found = facts(hosts)
    assert {entry["mapi_empty"] for entry in found["servers"].values()} == {"default"}
    assert {entry["place"]["validate_certs"] for entry in found["servers"].values()} == {False}
    assert {entry["cloud"] for entry in found["tenants"].values()} == {"bleu"}


def test_without_a_playbook_of_ours_every_result_counts() -> None:
    """A play of one's own names no run: nothing tells one run's results from another's."""
    hosts = {"ex1": {"hma_host_read": {"changed": False, "server": "ex1.corp.test"}}}
    found = run_facts(hosts, ["ex1"], [])
    assert found["servers"]["ex1"]["identified"]["server"] == "ex1.corp.test"
    assert (found["run"]["id"], found["settings"], found["organization"]) == ("", {}, {})


def test_no_action_takes_a_result_of_another_run_however_it_was_put_together() -> None:
    old = {"changed": False, "run_id": OLD, "directories": []}
    given = {
        "servers": {"ex1": {"read": old, "written": result()}},
        "tenants": {"contoso": {"tenant_id": "T1", "read": old}},
        "authservers": [old, result()],
    }
    found = facts_of_run(given, RUN)
    assert found["servers"] == {"ex1": {"read": {}, "written": result()}}
    assert found["tenants"] == {"contoso": {"tenant_id": "T1", "read": {}}}
    assert found["authservers"] == [result()]


@pytest.mark.parametrize(
    ("gate", "read", "server", "tenant"),
    [
        ("hosts", "fast", "first", "first"),
        ("preflight", "fast", "first", "first"),
        ("audit", "fast", "first", "first"),
        ("audit", "full", "second", "first"),
        ("enable", "fast", "second", "second"),
        ("verify", "fast", "second", "second"),
    ],
)
def test_the_reading_that_counts_for_a_gate(gate: str, read: str, server: str, tenant: str) -> None:
    readings = {
        "identified": result(server="first", after=["first"]),
        "read": result(server="second", after=["second"]),
    }
    given = {"servers": {"ex1": readings}, "tenants": {"contoso": readings}}
    inputs = Inputs.from_facts(given, Settings(), Gate(gate, datetime.now(UTC), read))
    assert (inputs.servers[0].server, inputs.tenants[0].names) == (server, [tenant])


def test_before_names_are_registered_only_tenants_of_the_run_are_judged() -> None:
    given = {"tenants": {"contoso": {"asked": True}, "fabrikam": {"asked": False}}}
    for gate, hosts in (("tenants", ["contoso"]), ("preflight", ["contoso", "fabrikam"])):
        inputs = Inputs.from_facts(given, Settings(), Gate(gate, datetime.now(UTC)))
        assert [item.host for item in inputs.tenants] == hosts


@pytest.mark.parametrize(
    ("gate", "names"),
    [
        ("enable", {"kinds"}),
        ("verify", {"kinds", "policy"}),
        ("names", {"kinds", "policy"}),
        ("preflight", {"kinds", "policy"}),
    ],
)
def test_no_policy_of_the_inventory_loosens_the_gate_before_the_switch(gate: str, names: set[str]) -> None:
    variables = {"hma_vdir_kinds": ["mapi"], "hma_policy": {"HMA-SSL-001": {"enabled": False}}}
    assert set(declared(variables, ["kinds", "policy", "custom_checks", "default_tenant"], gate)) == names


def test_a_restore_that_stops_before_the_directories_counts_the_sign_in_once() -> None:
    """The task's own variable is that of whichever part ran last."""
    back = result(changes=[{"id": "1"}])
    hosts = {"localhost": {"hma_started_run": RUN}, "ex1": {"hma_restored_sign_in": back, "hma_restore_result": back}}
    steps = [step for step in run_facts(hosts, ["ex1"], [])["steps"] if step["results"].get("ex1")]
    assert [step["step"] for step in steps] == ["Back: Outlook on the web and the admin center"]
