# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlook on the web in the audit: nothing is said where nobody uses OAuth there, and drift is said by server."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import owa
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.web_readings import (
    PageLook,
    ServerPages,
    TenantReplies,
    WebReadings,
)

from tests.unit.audit_story import Story, unread, wrong

SERVERS = ["organizations", 0, "servers"]
OWA = [
    {"at": [*SERVERS, number, "directories", kind, "oauth"], "to": True}
    for number in range(4)
    for kind in ("owa", "ecp")
]
LINKED = {"at": ["organizations", 0, "mailboxes"], "to": [{"upn": "erin@contoso.test", "type": "LinkedMailbox"}]}
OVERRIDE = {"name": "x", "component": "OAuth", "section": "OwaHMAFixForAfRfScenarios", "parameters": ["Enabled=true"]}


def of(check: str, *changes: dict[str, Any], **options: Any) -> list[Finding]:
    return [finding for finding in Story(*changes, **options).judge() if finding.id == check]


@pytest.mark.parametrize(
    "check", ["HMA-OWA-001", "HMA-OWA-002", "HMA-OWA-003", "HMA-OWA-005", "HMA-OVR-002", "HMA-ADM-001"]
)
def test_nobody_is_bothered_where_nobody_uses_it(check: str) -> None:
    assert [finding.status for finding in of(check)] == ["not_applicable"]


@pytest.mark.parametrize("full", [True, False])
def test_all_alike_is_right_in_a_fast_audit_too(full: bool) -> None:
    findings = Story(*OWA, full=full).judge()
    assert not {"HMA-OWA-003"} & (wrong(findings) | unread(findings))
    assert [item.actual for item in findings if item.id == "HMA-OWA-003"] == ["owa: OAuth; ecp: OAuth"] * 4


def test_forms_that_came_back_are_said_by_server_with_both_ways() -> None:
    forms = {"at": [*SERVERS, 1, "directories", "owa", "forms"], "to": True}
    [finding] = [item for item in of("HMA-OWA-003", *OWA, forms) if item.status == "fail"]
    assert (finding.object, finding.actual) == ("EX2", "owa: Fba, OAuth; ecp: OAuth")
    assert "Fba beside OAuth, so that people are not sent to Entra" in finding.message
    assert [command.text for command in finding.commands] == [
        "ansible-playbook hybrid.exchange.enable_owa_hma",
        "ansible-playbook hybrid.exchange.disable_owa_hma",
    ]


def test_a_directory_without_a_method_lets_nobody_in() -> None:
    shut = {"at": [*SERVERS, 0, "directories", "ecp"], "to": {"basic": False, "forms": False}}
    [finding] = [item for item in of("HMA-OWA-003", *OWA[2:], shut) if item.object == "EX1"]
    assert "EX1\\ecp (Default Web Site) has no method, so that nobody gets in." in finding.message
    assert "EX1\\owa (Default Web Site) signs people in with Basic, Fba, others with OAuth." in finding.message


def test_an_excluded_server_counts_for_nothing() -> None:
    dead = {"at": ["vars", "hma_servers_excluded"], "to": [{"name": "EX1", "reason": "rebuilt"}]}
    changes = [{"at": [*SERVERS, 0, "inventory_name"], "remove": True}, dead]
    assert [item.status for item in of("HMA-OWA-003", *OWA[:2], *changes)] == ["not_applicable"]


def test_what_could_not_be_read_is_not_checked() -> None:
    [finding] = of("HMA-OWA-003", *OWA, hide=["Get-EcpVirtualDirectory"])
    assert (finding.status, "Get-EcpVirtualDirectory is not there" in finding.message) == ("not_checked", True)
    odd = {"class": "vdir:owa", "name": "EX2\\owa (Default Web Site)", "set": {"InternalAuthenticationMethods": 7}}
    findings = Story(*OWA, {"at": ["organizations", 0, "odd"], "to": [odd]}).judge()
    assert [item.object for item in findings if item.id == "HMA-OWA-003" and item.status == "not_checked"] == ["EX2"]
    assert "HMA-READ-003" in wrong(findings)


def test_the_override_of_linked_mailboxes() -> None:
    right = {"at": ["organizations", 0, "overrides"], "to": [OVERRIDE]}
    assert [item.status for item in of("HMA-OVR-002", *OWA, LINKED, right)] == ["pass"]
    assert [item.status for item in of("HMA-OVR-002", *OWA, LINKED, full=False)] == ["not_checked"]
    assert [item.status for item in of("HMA-OVR-002", LINKED)] == ["not_applicable"]


def test_reply_urls_that_a_tenant_lost() -> None:
    lost = TenantReplies("contoso", wanted=["https://a/owa"], reply_urls=[], missing=["https://a/owa"])
    kept = TenantReplies("fabrikam", wanted=["https://a/owa"], reply_urls=["https://a/owa"])
    unread = TenantReplies("third", error="HTTP 403")
    found = owa.replies(Story(*OWA).case(web=WebReadings(error=None, tenants=(lost, kept, unread))))
    assert [item.status for item in found] == ["fail", "pass", "not_checked"]
    assert "AADSTS50011" in found[0].message
    ends = ["https://a/owa", "https://a/owa/"]
    for there, missing in (ends, reversed(ends)):
        by_hand = TenantReplies("contoso", wanted=ends, reply_urls=[there], missing=[missing])
        [one_end] = owa.replies(Story(*OWA).case(web=WebReadings(error=None, tenants=(by_hand,))))
        assert (one_end.status, f"{missing}: registered with the other form" in one_end.message) == ("warn", True)
    nothing = owa.replies(Story(*OWA).case(web=WebReadings(error="HTTP 500")))
    assert [item.message for item in nothing] == ["HTTP 500"]


def test_pages_that_send_nobody_to_entra() -> None:
    looks = tuple(
        PageLook("ecp", "https://a/ecp/", f"ex{number}.corp.contoso.test", state, f"{state}.")
        for number, state in enumerate(("proven", "refuted", "unproven"), 1)
    )
    found = owa.pages(Story(*OWA).case(web=WebReadings(looks=looks)))
    assert [(item.server, item.status) for item in found] == [("EX1", "pass"), ("EX2", "fail"), ("EX3", "not_checked")]
    assert [item.status for item in owa.pages(Story(*OWA).case())] == ["not_applicable"]


def test_why_the_pages_could_not_be_asked_is_said() -> None:
    """Over to the finding from the result of the task, which fails nothing: not reached, and no Python there."""
    facts = {
        "servers": {
            "ex1": {"look": {"unreachable": True, "msg": "Connection refused"}},
            "ex2": {"look": {"failed": True, "msg": "no Python"}},
            "ex3": {"look": {"skipped": True}},
        }
    }
    found = owa.pages(Story(*OWA).case(web=WebReadings.from_facts(facts)))
    assert [(item.object, item.status, item.message) for item in found] == [
        ("ex1", "not_checked", "Connection refused"),
        ("ex2", "not_checked", "no Python"),
    ]


def test_a_server_that_was_added_has_to_have_the_build() -> None:
    older = {"at": [*SERVERS, 0, "version"], "to": "Version 15.2 (Build 1544.4)"}
    story = Story(*OWA, older)
    unread = [item for item in owa.builds(story.case()) if item.object == "EX1"]
    assert [item.status for item in unread] == ["not_checked"]
    page = ServerPages("ex1", server="ex1.corp.contoso.test", version="15.2.1544.9")
    [read] = [item for item in owa.builds(story.case(web=WebReadings(servers=(page,)))) if item.object == "EX1"]
    assert read.status == "fail"
