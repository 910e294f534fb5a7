# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a field of a read object holds: the organization is facts and ``unread``, never an exception."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts, gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.hosts import hosts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry, TenantEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    authserver,
    organization_read,
    replication,
    server_state,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import parse_admin_display_version
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audit_story import NOW, Story

ROOT = Path(__file__).parents[6]
VALID = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs" / "schemas" / "facts.schema.json").read_text("utf-8"))
)
READ = {"host": "EX1", "fqdn": "ex1.corp.contoso.test", "domain_controller": "dc1", "time": NOW}
STORY = Story()
CMDLETS = organization_read.cmdlets("full")
RESULTS = STORY.run("EX1", CMDLETS)
CASE = STORY.case()
# Every field of every object that the read of an organization returns.
PLACES = [
    (number, row, field)
    for number, result in enumerate(RESULTS)
    for row, found in enumerate(result.objects)
    for field in found
]
ABSENT = object()
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
) | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)


def read(results: list[CmdletResult]) -> dict[str, Any]:
    return organization_read.parse_organization(results, read=READ, depth="full").facts()


def with_odd(place: tuple[int, int, str], value: Any) -> list[CmdletResult]:
    number, row, field = place
    objects = [dict(item) for item in RESULTS[number].objects]
    objects[row].pop(field)
    if value is not ABSENT:
        objects[row][field] = value
    changed = CmdletResult(objects, [], [])
    return [changed if index == number else result for index, result in enumerate(RESULTS)]


def judged(found: dict[str, Any], gate: str) -> list[Finding]:
    return gates.judge(gate, replace(CASE, read=Organization.from_facts(Properties(found, "organization"))))


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), value=VALUE | st.just(ABSENT))
def test_any_value_in_any_field_is_facts_or_unread(place: tuple[int, int, str], value: Any) -> None:
    found = read(with_odd(place, value))
    assert json.loads(json.dumps(found)) == found
    assert (
        list(
            VALID.iter_errors(
                facts.document(replace(CASE, read=Organization.from_facts(Properties(found, "organization"))))
            )
        )
        == []
    )
    for gate in ("preflight", "enable", "verify", "audit", "names"):
        assert all(item.message or not item.blocks for item in judged(found, gate))
    assert replace(CASE, read=Organization.from_facts(Properties(found, "organization"))).writer in {
        None,
        *(server.host for server in CASE.servers),
    }


@settings(max_examples=30, deadline=None)
@given(
    place=st.sampled_from(
        [item for item in PLACES if CMDLETS[item[0]].name in ("Get-ExchangeServer", "Get-AuthServer")]
    ),
    value=VALUE,
)
def test_an_odd_object_never_costs_another_one(place: tuple[int, int, str], value: Any) -> None:
    found, whole = read(with_odd(place, value)), read(RESULTS)
    for part in ("servers", "auth_servers"):
        assert len(found[part]) >= len(whole[part]) - 1
    assert found["client_urls"] or place[2] == "Name"


@settings(max_examples=30, deadline=None)
@given(value=VALUE, field=st.sampled_from(["Component", "State", "RawData"]))
def test_the_state_of_a_server(value: Any, field: str) -> None:
    results = STORY.run("EX1", server_state.cmdlets("EX1"))
    number = 0 if field == "RawData" else 1
    objects = [{**item, field: value} if row == 0 else item for row, item in enumerate(results[number].objects)]
    results[number] = CmdletResult(objects, [], [])
    found = server_state.parse(results).facts()
    assert found["unread"] or (found["certificates"] is not None and found["components"] is not None)


@settings(max_examples=30, deadline=None)
@given(
    value=VALUE,
    field=st.sampled_from(["Name", "Guid", "DomainName", "Enabled", "IsDefaultAuthorizationEndpoint", "Realm"]),
)
def test_what_two_domain_controllers_have_is_compared_whatever_it_is(value: Any, field: str) -> None:
    trust = next(result for cmdlet, result in zip(CMDLETS, RESULTS, strict=True) if cmdlet.name == "Get-AuthServer")
    odd = CmdletResult([{**trust.objects[0], field: value}, *trust.objects[1:]], [], [])
    one, same = replication.state([odd]), replication.state([odd])
    assert replication.differing({"dc1": one, "dc2": same}) == {}
    used, silent = replication.controllers(
        CmdletResult([{"Name": value, "CurrentConfigDomainController": value}], [], [])
    )
    assert used or silent


# -- single forms


@pytest.mark.parametrize(
    ("text", "product", "number"),
    [
        ("Version 6.5 (Build 7638.2: Service Pack 2)", "2010", (6, 5, 7638, 2)),
        ("Version 8.3 (Build 83.6)", "2010", (8, 3, 83, 6)),
        ("Version 15.2 (Build 2562.17)", "SE", (15, 2, 2562, 17)),
    ],
)
def test_old_forms_of_a_version_are_builds(text: str, product: str, number: tuple[int, ...]) -> None:
    build = parse_admin_display_version(text)
    assert (build.product, build.number) == (product, number)


def odd_objects(*objects: dict[str, Any], excluded: list[dict[str, str]] | None = None) -> list[Finding]:
    story = Story({"at": ["organizations", 0, "odd"], "to": list(objects)})
    return story.judge("preflight", servers_excluded=excluded or [])


def of(findings: list[Finding], check: str) -> list[tuple[str, str]]:
    return [(item.object, item.status) for item in findings if item.id == check and item.status != "pass"]


EX7 = {"class": "server", "name": "EX7", "hide": ["AdminDisplayVersion"]}


def test_one_finding_per_object_and_exclusion_takes_it_out() -> None:
    assert of(odd_objects(EX7), "HMA-READ-002") == [("server EX7", "not_checked")]
    for name in ("EX7", "ex7.corp.contoso.test"):
        findings = odd_objects(EX7, excluded=[{"name": name, "reason": "setup ended half-way"}])
        assert of(findings, "HMA-READ-002") == []
        assert [item.message for item in findings if item.id == "HMA-COV-001" and item.object == "EX7"] == [
            "excluded: setup ended half-way"
        ]
    assert of(odd_objects(EX7, excluded=[{"name": "EX70", "reason": "another one"}]), "HMA-READ-002") == [
        ("server EX7", "not_checked")
    ]


def test_a_host_whose_server_object_is_odd_gets_one_finding() -> None:
    findings = odd_objects({"class": "server", "name": "EX2", "set": {"IsClientAccessServer": None}})
    assert of(findings, "HMA-READ-002") == [("server EX2", "not_checked")]
    assert of(findings, "HMA-COV-002") == [("ex2.corp.contoso.test", "not_applicable")]
    assert of(findings, "HMA-COV-001") == []


def test_an_edge_server_and_a_server_of_2003() -> None:
    edge = {
        "class": "server",
        "name": "EDGE9",
        "set": {"AdminDisplayVersion": None, "ServerRole": "Edge", "IsEdgeServer": True},
    }
    assert of(odd_objects(edge), "HMA-READ-002") == [("server EDGE9", "not_applicable")]
    old = {
        "class": "server",
        "name": "OLD6",
        "set": {"AdminDisplayVersion": "Version 6.5 (Build 7638.2: Service Pack 2)", "IsClientAccessServer": None},
    }
    assert of(odd_objects(old), "HMA-READ-002") == []
    assert of(odd_objects(old), "HMA-ORG-002") == [("OLD6", "fail")]
    assert of(odd_objects(old, excluded=[{"name": "OLD6", "reason": "switched off in 2011"}]), "HMA-ORG-002") == []


def test_an_orphaned_directory_goes_with_its_server_or_by_its_own_name() -> None:
    orphan = {"class": "vdir:mapi", "name": "EX9\\mapi (Default Web Site)", "set": {"Server": None}}
    assert of(odd_objects(orphan), "HMA-READ-002") == [("directory EX9\\mapi (Default Web Site)", "not_checked")]
    for name in ("EX9", "EX9\\mapi (Default Web Site)"):
        assert (
            of(odd_objects(orphan, excluded=[{"name": name, "reason": "its hardware is gone"}]), "HMA-READ-002") == []
        )


def test_directories_of_another_web_site_are_unread_and_case_is_ignored() -> None:
    other = {"class": "vdir:oab", "name": "EX1\\OAB (Default Web Site)", "set": {"Name": "OAB (Intranet)"}}
    assert of(odd_objects(other), "HMA-READ-002") == [("directory EX1\\OAB (Default Web Site)", "not_checked")]
    lower = {"class": "vdir:oab", "name": "EX1\\OAB (Default Web Site)", "set": {"Name": "OAB (DEFAULT web site)"}}
    assert of(odd_objects(lower), "HMA-READ-002") == []


@pytest.mark.parametrize("field", ["DomainName", "Enabled", "Realm", "IssuerIdentifier"])
def test_what_is_odd_about_ad_fs_stands_in_nobodys_way(field: str) -> None:
    adfs = {"class": "authserver", "name": "ADFS", "set": {"Type": "ADFS", field: {"Domain": "contoso.test"}}}
    assert of(odd_objects(adfs), "HMA-READ-002") == [("AuthServer ADFS", "not_applicable")]
    found = Story({"at": ["organizations", 0, "odd"], "to": [adfs]}).organization()
    assert "ADFS" in {item["name"] for item in found["auth_servers"]}


def test_what_is_odd_about_entra_s_own_stops_step_1_and_the_endpoint() -> None:
    odd = {
        "class": "authserver",
        "name": "EvoSTS - odd",
        "set": {"DomainName": "contoso.test", "IsDefaultAuthorizationEndpoint": True},
    }
    story = Story({"at": ["organizations", 0, "odd"], "to": [odd]})
    assert of(story.judge("preflight"), "HMA-READ-002") == [("AuthServer EvoSTS - odd", "not_checked")]
    objects = story.run("EX1", [authserver.READ])[0].properties("Get-AuthServer")
    servers, gaps = authserver.parse_authservers(objects)
    # Its list was not read, so nothing may be built on it: a list that is not known would be replaced.
    assert "EvoSTS - odd" not in {item.name for item in servers}
    with pytest.raises(Refused, match="EvoSTS - odd"):
        authserver.require_all(gaps)


def test_an_odd_flag_of_the_organization_is_not_taken_for_off() -> None:
    story = Story(
        {
            "at": ["organizations", 0, "odd"],
            "to": [{"class": "config", "name": "Contoso", "set": {"OAuth2ClientProfileEnabled": None}}],
        }
    )
    findings = {item.id: item.status for item in story.judge("verify")}
    assert findings["HMA-FLAG-002"] == "not_checked"
    assert {item.id: item.status for item in story.judge("preflight")}["HMA-FLAG-001"] == "not_checked"


# -- who a host is


def entry(host: str, server: str | None) -> ServerEntry:
    return ServerEntry(host, server, error=None if server else "no route to host")


@pytest.mark.parametrize(
    ("one", "other", "twins"),
    [
        ("ex1.corp.contoso.test", "EX1.corp.contoso.test", True),
        ("ex1.corp.contoso.test", "EX1", True),
        ("EX1", "ex1", True),
        ("ex1.corp.contoso.test", "ex1.other.test", False),
        ("ex1.corp.contoso.test", "ex2.corp.contoso.test", False),
        ("straße.corp.test", "strasse.corp.test", False),
    ],
)
def test_two_hosts_of_one_server(one: str, other: str, twins: bool) -> None:
    found = hosts([entry("a", one), entry("b", other), entry("c", None), entry("d", None)], [])
    assert [item.status for item in found] == (["fail"] if twins else ["pass"])
    assert not twins or found[0].object == "hosts a, b"


def test_a_host_that_is_a_tenant_too_gets_no_transport_message_beside() -> None:
    found = hosts([entry("a", "ex1"), entry("contoso", None)], [TenantEntry("contoso")])
    assert [item.object for item in found] == ["host contoso"]
    inputs = STORY.case()
    twice = [*inputs.servers, ServerEntry("contoso", error="it is reached by ssh")]
    findings = gates.judge("preflight", replace(inputs, servers=twice))
    assert of(findings, "HMA-COV-004") == [("host contoso", "fail")]
    assert of(findings, "HMA-COV-002") == [("contoso", "not_applicable")]
