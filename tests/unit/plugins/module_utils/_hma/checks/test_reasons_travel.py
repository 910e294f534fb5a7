# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reading that one host makes for all and that failed says why in the findings; and it is made on the newest
server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.run_facts import run_facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import NOT_ASKED, SectionState

from tests.unit.audit_story import Story, unread, wrong
from tests.unit.test_checks import server, to

RUN = "20261126T080000Z-1"
WORDS = 'ex1: no Exchange shell: The user "contoso/Users/Joe" isn\'t assigned to any management roles.'


def made(**values: Any) -> dict[str, Any]:
    return {"changed": False, "run_id": RUN, **values}


def facts(**of_server: Any) -> dict[str, Any]:
    hostvars = {
        "localhost": {"hma_started_run": RUN, "groups": {"exchange_servers": ["ex1"], "entra_tenants": []}},
        "ex1": of_server,
    }
    return run_facts(hostvars, "exchange_servers", "entra_tenants")


def test_why_the_organization_was_not_read_is_its_finding() -> None:
    found = facts(hma_host_read=made(server="ex1"), hma_organization_read=made(msg=WORDS, failed=False))
    assert found["errors"] == {"organization": WORDS}
    findings = gates.organization_unread([ServerEntry("ex1", server="ex1")], found["errors"]["organization"])
    assert [(item.id, item.message) for item in findings] == [("HMA-READ-001", WORDS)]


def test_where_two_servers_were_asked_the_one_that_answered_counts() -> None:
    """The first reader gave nothing, and an audit asked another one; why is where the run broke."""
    first = {"hma_first_read": made(msg=WORDS, failed=True), "hma_organization_read": {}}
    hostvars = {
        "localhost": {"hma_started_run": RUN, "groups": {"exchange_servers": ["ex1", "ex2"], "entra_tenants": []}},
        "ex1": {**first, "hma_identity_read": made(msg=WORDS, failed=True)},
        "ex2": {
            "hma_organization_read": made(organization={"name": "Contoso"}),
            "hma_identity_read": made(identity={"a": 1}),
        },
    }
    found = run_facts(hostvars, "exchange_servers", "entra_tenants")
    assert (found["organization"], found["identity"], found["errors"]) == ({"name": "Contoso"}, {"a": 1}, {})
    steps = {item["step"]: item["results"] for item in found["steps"]}
    assert steps["Read the organization on the first server"]["ex1"]["msg"] == WORDS
    assert "msg" not in steps["Read the organization"]["organization"]


def test_why_the_mailboxes_were_not_read_is_the_finding() -> None:
    found = facts(
        hma_organization_read=made(organization={"accepted_domains": []}),
        hma_identity_read=made(msg=WORDS, failed=True),
    )
    assert found["errors"] == {"identity": WORDS}
    case = replace(Story().case(), identity=None, errors=found["errors"])
    said = {item.id: item.message for item in gates.judge("preflight", case) if item.status == "not_checked"}
    assert said["HMA-ID-001"] == said["HMA-ID-002"] == WORDS


def test_a_reading_of_another_run_is_no_reason() -> None:
    assert facts(hma_identity_read={**made(msg=WORDS, failed=True), "run_id": "another"})["errors"] == {}


def test_domains_with_a_wildcard_are_no_domains_of_people() -> None:
    listed = [{"domain": name, "type": "Authoritative"} for name in ("contoso.test", "*.contoso.test", "*")]
    found = facts(hma_organization_read=made(organization={"accepted_domains": listed}))
    assert found["sign_in_domains"] == {"from": "accepted", "names": ["contoso.test"]}


def test_the_reading_of_the_newest_server_counts() -> None:
    found = facts(
        hma_organization_read=made(organization={"name": "old"}), hma_newest_read=made(organization={"name": "new"})
    )
    assert found["organization"]["name"] == "new"


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("Version 15.1 (Build 2507.6)", "ex2.corp.contoso.test"),
        ("Version 15.2 (Build 2562.17)", None),
        # Another update of the same product knows the same cmdlets.
        ("Version 15.2 (Build 2562.29)", None),
    ],
)
def test_the_organization_is_read_again_on_a_newer_product_alone(version: str, expected: str | None) -> None:
    assert Story(*server(0, version=version)).case().newer_reader == expected


def test_a_newer_server_that_does_not_answer_reads_nothing() -> None:
    case = Story(*server(0, version="Version 15.1 (Build 2507.6)")).case()
    first, *others = case.servers
    case = replace(case, servers=[first, *(replace(item, error="no route to host") for item in others)])
    assert case.newer_reader is None


def test_why_the_newest_was_not_read_is_said_where_it_matters() -> None:
    case = Story(hide=["Get-AuthenticationPolicy"]).case()
    found = gates.judge("audit", replace(case, errors={"newest": WORDS}))
    assert {item.message for item in found if item.id.startswith("HMA-POL")} == {WORDS}


def test_verify_judges_what_the_audit_finds_severe() -> None:
    """What it does not look at is no gap of it: its check does not apply, and says who looks."""
    audit = {item.id for item in Story().judge("audit") if item.severity == "high"}
    verify = Story().judge("verify")
    assert audit - {item.id for item in verify} == set()
    nobody = gates.judge("verify", replace(Story().case(), identity=None))
    assert unread(nobody) == set()
    [names] = [item for item in nobody if item.id == "HMA-ID-001"]
    assert (names.status, names.message) == (
        "not_applicable", "this playbook does not look at mailboxes; audit_hma does.",
    )  # fmt: skip
    assert wrong(nobody) == set()
    assert not [item for item in nobody if item.blocks]


RIGHTS = to(["tenants", 0, "applications", 0, "rights"], ["Application.ReadWrite.All"])
_LEFT_OUT = ("intra_organization_connectors", "organization_relationships")


@pytest.mark.parametrize(("gate", "gaps"), [("preflight", set()), ("audit", {"HMA-ID-004"})])
def test_a_permission_that_the_guide_never_asks_for_is_a_gap_of_the_audit_alone(gate: str, gaps: set[str]) -> None:
    found = Story(RIGHTS).judge(gate)
    assert unread(found) & {"HMA-ID-004"} == gaps
    said = {item.status for item in found if item.id == "HMA-ID-004" and item.object == "contoso"}
    assert said == {"not_checked" if gaps else "not_applicable"}


@pytest.mark.parametrize(("gate", "gaps"), [("preflight", set()), ("verify", set()), ("audit", {"HMA-HYB-002"})])
def test_what_a_run_is_not_meant_to_read_is_no_gap_of_it(gate: str, gaps: set[str]) -> None:
    case = Story().case()
    given = {name: SectionState(NOT_ASKED, [], "not asked for.") for name in _LEFT_OUT}
    left: dict[str, Any] = dict.fromkeys(_LEFT_OUT)
    organization = replace(case.organization, sections={**case.organization.sections, **given}, **left)
    assert unread(gates.judge(gate, replace(case, read=organization))) & {"HMA-HYB-002"} == gaps


def test_connectors_that_could_not_be_read_stay_a_gap() -> None:
    story = Story(hide=["Get-IntraOrganizationConnector", "Get-OrganizationRelationship"])
    assert "HMA-HYB-002" in unread(story.judge("preflight"))
