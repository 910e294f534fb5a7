# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical document, policy, custom checks, and the page of the checks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.custom import CustomCheck, custom_findings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import apply_policy, check_policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import client_names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import mailboxes, server_state
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult, ErrorRecord
from ansible_collections.hybrid.exchange.plugins.plugin_utils._dns import resolves
from hypothesis import given
from hypothesis import strategies as st

from tests.tools import check_pages
from tests.unit.audit_story import Story

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "facts.schema.json").read_text("utf-8"))
HIDDEN = [
    "Get-OabVirtualDirectory",
    "Get-AuthConfig",
    "Get-AuthenticationPolicy",
    "Get-Mailbox",
    "Get-ServerComponentState",
    "Get-OutlookAnywhere",
]


@pytest.mark.parametrize(
    "story",
    [
        pytest.param({"base": "default"}, id="default"),
        pytest.param({"base": "everything_wrong"}, id="everything wrong"),
        pytest.param({"base": "six_servers", "full": False}, id="fast"),
        pytest.param({"hide": HIDDEN}, id="view of less"),
        pytest.param({"base": "powered_off"}, id="one is off"),
        pytest.param({"base": "legacy2013"}, id="2013"),
    ],
)
def test_the_document_is_as_its_schema_says(story: dict[str, Any]) -> None:
    document = Story(**story).document()
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    organization = document["organization"]
    for name, how in organization["sections"].items():
        # Null and a reason go together; an absence does not exist.
        assert name in organization
        assert (how["reason"] is None) == (how["state"] == "read")
        if how["state"] != "read" and name != "client_urls":
            assert organization[name] is None
    assert organization["read"]["time"]
    assert document["schema"] == facts.SCHEMA


def test_a_document_without_an_organization_is_a_document() -> None:
    jsonschema.validate(
        facts.document(Inputs(None, datetime.now(UTC), client_names((), (), ()))),
        SCHEMA,
        cls=jsonschema.Draft202012Validator,
    )


def test_what_a_server_gives_stays_small() -> None:
    """AWX keeps the result of every host as an event."""
    assert len(json.dumps(Story(base="default").servers()["ex1.corp.contoso.test"])) < 4000


def test_half_of_a_server_state() -> None:
    error = ErrorRecord("x", "y", "RpcClientException", "", "The RPC server is unavailable.")
    found = server_state.parse([CmdletResult([{"RawData": "bm8="}], [], []), CmdletResult([], [error], [])]).facts()
    assert found["certificates"] is None
    assert found["components"] is None
    assert any("RawData is not a certificate" in item["reason"] for item in found["unread"])


# -- policy

GATES = {key: check.gate for key, check in CHECKS.items()}


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"HMA-SPN-01": {"enabled": False}}, "there is no check 'HMA-SPN-01'. Did you mean HMA-SPN-00"),
        ({"HMA-SSL-001": {"enable": False}}, "there is no 'enable'; use enabled"),
        ({"HMA-SSL-001": {"enabled": 0}}, "enabled is 0; use one of true, false"),
        ({"HMA-SSL-001": {"severity": "critical"}}, "use one of high, medium, low, info"),
        ({"HMA-SSL-001": {}}, "give a dictionary"),
        ({"HMA-SSL-001": "off"}, "give a dictionary"),
        ({"all": {"enabled": False}}, "use not_checked"),
        ({"HMA-SPN-001": {"gate": False}}, "is a gate; taking it out of the way needs a reason"),
        ({"HMA-SPN-001": {"enabled": False, "reason": " "}}, "needs a reason"),
        ({"HMA-SPN-001": {"on_bad": "warn"}}, "needs a reason"),
    ],
)
def test_a_policy_that_nobody_meant(policy: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message.replace("(", r"\(")):
        check_policy(policy, GATES)


def test_a_policy_grades() -> None:
    check = CHECKS["HMA-SSL-001"]
    findings = [check.failed("EX1", "it is on", "turn it off"), check.unread("EX2", "no right", "give it")]
    policy = {"HMA-SSL-001": {"severity": "high", "on_bad": "fail"}, "all": {"not_checked": "fail"}}
    check_policy(policy, GATES)
    kept, decisions = apply_policy(findings, policy)
    assert [(item.severity, item.status) for item in kept] == [("high", "fail"), ("high", "fail")]
    assert decisions == []
    assert apply_policy(findings, {"HMA-SSL-001": {"enabled": False}}) == ([], [])
    assert apply_policy(findings, {}) == (findings, [])


@pytest.mark.parametrize("rule", [{"enabled": False}, {"gate": False}, {"on_bad": "warn"}])
def test_an_overridden_gate_is_a_decision_with_a_name(rule: dict[str, Any]) -> None:
    check = CHECKS["HMA-COV-001"]
    findings = [check.failed("EX9", "no host stands for it.", "add it"), check.passed("EX1")]
    policy = {"HMA-COV-001": {**rule, "reason": "change 4711"}}
    check_policy(policy, GATES)
    kept, decisions = apply_policy(findings, policy)
    assert [item.facts() for item in decisions] == [
        {"id": "HMA-COV-001", "reason": "change 4711", "overrides": ["EX9: no host stands for it."]}
    ]
    assert not any(item.blocks for item in kept)
    if "enabled" not in rule:
        assert kept[0].status == "warn"
        assert "Overridden: change 4711" in kept[0].message
    # A gate that is met needs no decision, whatever the policy says.
    assert apply_policy(findings[1:], policy)[1] == []


@given(
    st.dictionaries(
        st.sampled_from(["enabled", "gate", "severity", "on_bad", "not_checked", "reason", "x"]),
        st.one_of(st.booleans(), st.text(max_size=5), st.integers()),
    )
)
def test_a_policy_is_refused_or_applied_never_half(rule: dict[str, Any]) -> None:
    check = CHECKS["HMA-SPN-001"]
    try:
        check_policy({"HMA-SPN-001": rule}, GATES)
    except Refused:
        return
    kept, decisions = apply_policy([check.failed("t", "m", "f")], {"HMA-SPN-001": rule})
    assert decisions or (kept and kept[0].blocks)


# -- custom checks


def custom(query: str, expect: Any = "empty", value: Any = None, **more: Any) -> CustomCheck:
    options = {
        "id": "CONTOSO-X-001",
        "title": "A title",
        "severity": "high",
        "query": query,
        "expect": expect,
        "value": value,
        "fix": "mend it",
        **more,
    }
    return CustomCheck.from_options(options)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return Story(base="default", full=False).document()


@pytest.mark.parametrize(
    ("query", "expect", "value", "status"),
    [
        ("organization.servers[?product == '2010']", "empty", None, "pass"),
        ("organization.servers[?product == '2016'].name", "empty", None, "fail"),
        ("length(organization.servers) > `3`", True, None, "pass"),
        ("length(organization.servers) > `3`", "true", None, "pass"),
        ("length(organization.servers) > `9`", "true", None, "fail"),
        ("organization.config.mapi_http_enabled", "equals", True, "pass"),
        ("organization.config.mapi_http_enabled", "equals", 1, "fail"),
        ("organization.name", "equals", "Contoso", "pass"),
        ("tenants", "count", 2, "pass"),
        ("tenants", "count", "3", "fail"),
        ("organization.config.download_domains", "equals", False, "fail"),
        # A name that is misspelt gives null, and null is no empty list.
        ("organization.severs[?product == '2010']", "empty", None, "not_checked"),
        # What was not read is no answer either.
        ("organization.setting_overrides[?section == 'x']", "empty", None, "not_checked"),
    ],
)
def test_a_custom_check(document: dict[str, Any], query: str, expect: Any, value: Any, status: str) -> None:
    finding = custom_findings([custom(query, expect, value)], document)[0]
    assert finding.status == status
    assert finding.id == "CONTOSO-X-001"
    assert finding.severity == "high"
    assert finding.message or status == "pass"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("organization.servers[?name = 'x']", "line 1, column 28"),
        ("organization..name", "line 1, column 14"),
        ("organization.servers[", "line 1, column 22"),
        ("organization\n  .servers[? ]", "line 2, column 14"),
        ("", "the query is empty"),
        ("nofunction(organization)", "Unknown function: nofunction"),
        ("length(organization.config.mapi_http_enabled)", "length"),
    ],
)
def test_a_wrong_query_says_where(document: dict[str, Any], query: str, place: str) -> None:
    with pytest.raises(Refused) as caught:
        custom_findings([custom(query)], document)
    text = str(caught.value)
    assert "CONTOSO-X-001" in text
    assert place in text
    if "line" in place:
        lines = text.splitlines()
        assert len(lines[-1]) == int(place.rsplit(" ", 1)[1])
        assert lines[-1].endswith("^")


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (custom("a", id="HMA-X-001"), "HMA-... are this collection's own"),
        (custom("a", id="url check"), "use capitals, digits and dashes"),
        (custom("a", expect="nothing"), "use one of empty, true, equals, count"),
        (custom("a", expect="count"), "needs a value"),
        (custom("a", severity="bad"), "use one of high"),
    ],
)
def test_a_custom_check_that_is_none(definition: CustomCheck, message: str) -> None:
    with pytest.raises(Refused, match=message):
        custom_findings([definition], {})


def test_two_custom_checks_of_one_id(document: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="is there twice"):
        custom_findings([custom("tenants"), custom("servers")], document)


@given(st.text(max_size=40))
def test_no_query_breaks_more_than_itself(query: str) -> None:
    try:
        findings = custom_findings([custom(query)], {"organization": {"sections": {}}})
    except Refused as exc:
        said = str(exc)
    else:
        said = findings[0].id
    assert "CONTOSO-X-001" in said


# -- the rest


@pytest.mark.parametrize("domain", ["", "a' -or UserPrincipalName -like '*", "a b", "a.test\n", "*"])
def test_only_a_domain_goes_into_a_filter(domain: str) -> None:
    with pytest.raises(Refused, match="is no domain"):
        mailboxes.count_cmdlets([domain], 10)
    with pytest.raises(Refused, match="domains is empty"):
        mailboxes.count_cmdlets([], 10)


def test_the_whole_forest_is_looked_at() -> None:
    foreign, linked = mailboxes.count_cmdlets(["Contoso.test", "contoso.test"], 10)
    assert foreign.parameters["Filter"] == "UserPrincipalName -notlike '*@contoso.test'"
    for cmdlet in (foreign, linked):
        assert cmdlet.parameters["IgnoreDefaultScope"] is True
        assert not cmdlet.pin
        assert cmdlet.parameters["ResultSize"] == 11


def test_dns_is_asked_with_patience_that_ends() -> None:
    import socket
    import threading

    never = threading.Event()

    def ask(name: str, _port: int) -> None:
        if name == "no.test":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        if name == "broken.test":
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        if name == "slow.test":
            never.wait(5)

    found = resolves(["yes.test", "no.test", "broken.test", "slow.test"], ask=ask, seconds=0.3)
    never.set()
    assert found == {"yes.test": True, "no.test": False, "broken.test": None, "slow.test": None}
    assert resolves([]) == {}


def test_the_page_of_checks_is_made_from_the_catalogue() -> None:
    assert check_pages.PAGE.read_text("utf-8") == check_pages.page() + "\n", "Edit the catalogue, then run: make checks"
    assert [path.name for path in check_pages.PAGE.parent.iterdir()] == ["README.md"]


def test_every_check_has_an_anchor_that_its_id_gives_and_a_place_in_the_table() -> None:
    lines = check_pages.page().splitlines()
    for check in CHECKS:
        assert lines.count(f"### {check}") == 1
        assert sum(f"[{check}](#{check.lower()})" in line for line in lines) == 1


def test_a_check_of_an_unknown_topic_is_not_left_out() -> None:
    check = replace(CHECKS["HMA-ID-001"], id="HMA-NEW-001")
    with pytest.raises(SystemExit, match="HMA-NEW-001: this check has no topic"):
        check_pages.checks_by_topic([check])
