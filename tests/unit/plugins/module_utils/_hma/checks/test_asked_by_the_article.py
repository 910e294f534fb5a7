# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that the article, its companions and peers ask for: passed, failed, not checked, and what is odd."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import (
    active_sync,
    application,
    gates,
    identity,
    metadata,
    next_certificate,
    protection,
    server_oauth,
    updates,
    way_out,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.server_oauth import Tried, Tries
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity, MissingAccounts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import LoggedError, Way
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_oauth import OAuthTest

from tests.unit.audit_story import Story

NO_PERMISSION = Unread("missing", "no permission")
ORGANIZATION = ["organizations", 0]
ENTRA = "https://login.windows.net/common/.well-known/openid-configuration"
# What each of them says where the servers cannot be asked, or the read is fast.
ON_THE_SERVER = {"HMA-NET-001", "HMA-LIFE-003", "HMA-AUTH-010"}


def to(at: list[Any], value: Any) -> dict[str, Any]:
    return {"at": at, "to": value}


def of(findings: list[Finding], check: str) -> list[Finding]:
    return [item for item in findings if item.id == check]


def statuses(findings: list[Finding], check: str) -> set[str]:
    return {item.status for item in of(findings, check)}


@pytest.fixture(scope="module")
def case() -> Inputs:
    return Story().case()


def with_server(case: Inputs, **more: Any) -> Inputs:
    first, *rest = case.servers
    return replace(case, servers=(replace(first, **more), *rest))


def test_over_a_way_that_does_not_reach_the_server_it_is_not_checked_and_says_why() -> None:
    findings = Story(local=False).judge()
    for check in ON_THE_SERVER:
        gaps = [item for item in of(findings, check) if item.status == "not_checked"]
        assert len(gaps) == 4, check
        assert {item.message for item in gaps} == {"it cannot be asked here."}
        assert all(item.fix and item.server for item in gaps)
    # What Exchange's own shell shows is judged all the same.
    assert statuses(findings, "HMA-EAS-002") == {"pass"}
    assert statuses(findings, "HMA-CERT-004") == {"pass", "not_applicable"}


def test_a_fast_audit_leaves_no_gap_unsaid() -> None:
    findings = Story(full=False).judge()
    unread = {item.id for item in findings if item.status == "not_checked"}
    assert unread >= {*ON_THE_SERVER, "HMA-APP-002", "HMA-CERT-004", "HMA-EAS-001", "HMA-EAS-002"}
    assert {statuses(findings, check).pop() for check in ("HMA-EP-001", "HMA-SFB-001")} == {"not_applicable"}


def test_no_gate_of_a_run_waits_for_what_takes_time() -> None:
    for gate in ("preflight", "enable", "verify"):
        found = {item.id: item.status for item in Story(local=False).judge(gate)}
        assert {found.get(check, "not_applicable") for check in ON_THE_SERVER} == {"not_applicable"}


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (Way(ENTRA, None, 0, "NameResolutionFailure"), "DNS"),
        (Way(ENTRA, None, 0, "Timeout"), "TCP 443"),
        (Way(ENTRA, None, 0, "SecureChannelFailure"), "certificate of its own"),
        (Way(ENTRA, "http://proxy:8080", 407, "ProtocolError"), "without credentials"),
        (Way(ENTRA, "http://proxy:8080", 0, "ProxyNameResolutionFailure"), "proxy"),
        (Way(ENTRA, None, 302, None), "Look what answers there"),
        (Way(ENTRA, None, 0, None), "TCP 443"),
    ],
)
def test_what_a_server_does_not_reach_and_what_to_do_about_it(case: Inputs, way: Way, words: str) -> None:
    found = way_out.reached(with_server(case, ways=[way]))[0]
    assert (found.status, found.severity) == ("fail", "high")
    assert words in found.fix
    assert ENTRA in found.message
    assert (way.proxy or "EX1") in found.message
    assert found.commands[0].text == "Get-ExchangeServer 'EX1' | Format-List InternetWebProxy"


def test_a_server_without_an_answer_and_one_with_nothing_to_ask(case: Inputs) -> None:
    assert way_out.reached(with_server(case, error="no route to host"))[0].message == "no route to host"
    assert way_out.reached(with_server(case, ways=[]))[0].status == "not_applicable"


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("15.02.2562.053", "pass"),
        ("15.02.2562.060", "pass"),
        ("15.02.3000.001", "pass"),
        ("15.02.2562.037", "warn"),
        ("15.02.1748.053", "pass"),
        ("15.02.1748.043", "warn"),
        ("15.02.1258.034", "warn"),
        ("15.01.2507.075", "pass"),
        ("15.01.2375.037", "warn"),
        ("15.00.1497.048", "not_applicable"),
        ("seven", "not_checked"),
        (None, "not_checked"),
    ],
)
def test_update_levels(case: Inputs, version: str | None, status: str) -> None:
    found = updates.updates(with_server(case, version=version))[0]
    assert found.status == status
    assert found.message or status == "pass"


def test_what_will_never_be_updated_again_says_so(case: Inputs) -> None:
    found = updates.updates(with_server(case, version="15.02.1748.043"))[0]
    assert found.message == "it has 15.2.1748.43; there is 15.2.1748.53 (Sep26SUv2). Exchange Server 2019 gets no " \
        "others after 2026-10-31."  # fmt: skip


def test_errors_of_the_metadata_are_counted_and_the_last_one_is_shown(case: Inputs) -> None:
    events = [LoggedError(2004, "2026-11-26T07:00:00Z", "Timeout."), LoggedError(2001, "2026-11-26T06:00:00Z", "")]
    found = metadata.fresh(with_server(case, events=events))[1]
    assert found.message.startswith("2 errors of MSExchange AuthAdmin in 24 hours (event 2001, 2004), the last one at")
    assert found.message.endswith("2026-11-26T07:00:00Z: Timeout.")
    assert "Set-AuthServer 'EvoSTS' -RefreshAuthMetadata" in [item.text for item in found.commands]


def test_an_event_log_that_may_not_be_read_is_a_gap() -> None:
    findings = of(Story(to([*ORGANIZATION, "servers", 1, "events"], "denied")).judge(), "HMA-AUTH-010")
    assert [item.status for item in findings] == ["pass", "pass", "not_checked", "pass", "pass"]
    assert "unauthorized" in findings[2].message
    assert "Event Log Readers" in findings[2].fix


def test_capabilities_that_are_odd_are_unread() -> None:
    findings = Story(to([*ORGANIZATION, "arbitration"], "OrganizationCapabilityManagement")).judge()
    assert statuses(findings, "HMA-AUTH-010") == {"warn", "pass"}


def test_the_next_certificate_on_every_server_is_ready() -> None:
    story = Story(to([*ORGANIZATION, "next_certificate"], {"date": "2099-01-01T00:00:00Z"}))
    first = of(story.judge(), "HMA-CERT-004")[0]
    assert (first.status, first.actual[40:]) == ("pass", " from 2099-01-01")
    missing = Story(to([*ORGANIZATION, "next_certificate"], True), to([*ORGANIZATION, "next_certificate_on"], ["EX1"]))
    found = of(missing.judge(), "HMA-CERT-004")[0]
    assert [f"is not on EX{number}" in found.message for number in (1, 2, 3, 4)] == [False, True, True, True]


def test_an_application_that_could_not_be_read_is_a_gap_of_its_tenant(case: Inputs) -> None:
    first, *rest = case.tenants
    found = next_certificate.ready(replace(case, tenants=(replace(first, application_certificates=None), *rest)))
    assert [(item.status, item.object) for item in found[1:]] == [
        ("not_checked", "contoso"), ("not_applicable", "fabrikam")
    ]  # fmt: skip


SUCCESS, ERROR = OAuthTest("a@contoso.test", "Success", []), OAuthTest("a@contoso.test", "Error", ["Checking EWS"])


@pytest.mark.parametrize(
    ("before", "after", "status", "blocks"),
    [
        (Tried(), Tried(), "not_applicable", False),
        (Tried(SUCCESS), Tried(), "pass", False),
        (Tried(ERROR), Tried(), "warn", False),
        (Tried(SUCCESS), Tried(SUCCESS), "pass", False),
        (Tried(ERROR), Tried(SUCCESS), "pass", False),
        (Tried(ERROR), Tried(ERROR), "warn", False),
        (Tried(SUCCESS), Tried(ERROR), "fail", True),
        (Tried(error="no mailbox"), Tried(), "not_checked", False),
        (Tried(SUCCESS), Tried(error="no shell"), "not_checked", False),
    ],
)
def test_oauth_before_and_after_step_4(case: Inputs, before: Tried, after: Tried, status: str, blocks: bool) -> None:
    (found,) = server_oauth.works(replace(case, oauth=Tries(before, after)))
    assert (found.status, found.blocks) == (status, blocks)
    assert found.message


def test_tries_come_from_the_results_of_tasks() -> None:
    ran = {"oauth": {"mailbox": "a@contoso.test", "result": "Success", "tasks": []}}
    tries = Tries.from_facts({"oauth": {"before": ran, "after": {"skipped": True}}})
    assert (tries.before.test, tries.after) == (SUCCESS, Tried())
    failed = Tries.from_facts({"oauth": {"before": {"failed": True, "msg": "no such mailbox"}}})
    assert failed.before.error == "no such mailbox"


def test_extended_protection_and_skype_for_business_are_shown_and_no_fault() -> None:
    story = Story(
        to([*ORGANIZATION, "servers", 0, "directories"], {"mapi": {"token_checking": "Require"}}),
        to([*ORGANIZATION, "partners"], [
            {"name": "Exchange Online", "application_identifier": "00000002-0000-0ff1-ce00-000000000000",
             "enabled": True},
            {"name": "LyncEnterprise-0a1b", "application_identifier": "00000004-0000-0ff1-ce00-000000000000",
             "enabled": True},
        ]),
    )  # fmt: skip
    findings = story.judge()
    assert [item.message[:17] for item in of(findings, "HMA-EP-001")] == ["it is on for mapi", "", "", ""]
    assert "LyncEnterprise-0a1b" in of(findings, "HMA-SFB-001")[0].message
    assert {item.status for item in findings} <= {"pass", "not_applicable"}


def test_a_rule_of_its_own_lets_outlook_in() -> None:
    rule = {"characteristic": "DeviceType", "query": "OutlookService", "level": "Allow"}
    access = {"default": "Quarantine", "rules": [rule]}
    findings = Story(to([*ORGANIZATION, "device_access"], access)).judge()
    assert statuses(findings, "HMA-EAS-001") == {"pass"}
    asked = of(Story(to([*ORGANIZATION, "device_access"], {"default": "Block"})).judge(), "HMA-EAS-001")[0]
    assert [item.text for item in asked.commands] == [
        "New-ActiveSyncDeviceAccessRule -Characteristic 'DeviceType' -QueryString 'OutlookService' -AccessLevel 'Allow'"
    ]


def test_graph_of_the_hybrid_application_is_shown() -> None:
    story = Story(to([*ORGANIZATION, "auth_servers", 0, "graph"], "https://graph.microsoft.com"))
    assert "It uses Graph at https://graph.microsoft.com." in of(story.judge(), "HMA-APP-001")[0].message


def test_an_organization_without_hybrid_needs_no_application() -> None:
    story = Story(
        to([*ORGANIZATION, "hybrid"], False), to([*ORGANIZATION, "auth_servers", 0, "application_identifier"], None)
    )
    assert statuses(story.judge(), "HMA-APP-002") == {"not_applicable"}


@pytest.mark.parametrize("part", ["auth_servers", "setting_overrides"])
def test_what_could_not_be_read_is_not_called_missing(case: Inputs, part: str) -> None:
    """HMA-READ-003 says that an object is odd; that the application is not there would be a second, wrong sentence."""
    organization = case.organization
    bare = tuple(replace(item, application_identifier=None) for item in organization.auth_servers)
    missing = replace(organization, **({"auth_servers": bare} if part == "auth_servers" else {part: ()}))
    assert {item.status for item in application.application_in_use(replace(case, read=missing))} == {"warn"}
    odd = replace(missing, unread=(Unread(part, "Get-X: Name is 5.", "X"),))
    found = application.application_in_use(replace(case, read=odd))
    assert [(item.status, item.message) for item in found] == [("not_checked", "Get-X: Name is 5.")]


def test_hosts_without_a_server_object_do_not_break_the_judges(case: Inputs) -> None:
    stranger = ServerEntry("stranger", error="unreachable")
    found = gates.judge("audit", replace(case, servers=(*case.servers, stranger)))
    assert statuses(found, "HMA-LIFE-003") == {"pass", "not_checked"}


def test_each_directory_of_activesync_is_judged(case: Inputs) -> None:
    own = list(case.servers[0].directories or ())
    second = replace(next(item for item in own if item.kind == "activesync"), client_certificates="Required")
    found = active_sync.client_certificates(with_server(case, directories=[*own, second]))
    assert [item.status for item in found if item.object == found[0].object] == ["pass", "warn"]


def test_a_device_rule_that_could_not_be_read_may_be_the_one_that_blocks(case: Inputs) -> None:
    gap = Unread("device_access", "AccessLevel is nothing; expected text")
    found = active_sync.device_access(replace(case, read=replace(case.organization, unread=(gap,))))[0]
    assert (found.status, "AccessLevel is nothing" in found.message) == ("not_checked", True)


def test_extended_protection_that_no_directory_shows_is_not_said_to_be_right(case: Inputs) -> None:
    own = [replace(item, token_checking=None) for item in case.servers[0].directories or ()]
    assert protection.protected(with_server(case, directories=own))[0].status == "not_applicable"
    second = replace(own[0], token_checking="Require")
    shown = protection.protected(with_server(case, directories=[second, *own]))[0]
    assert f"it is on for {own[0].kind}" in shown.message


@pytest.mark.parametrize("check", ["HMA-ID-005", "HMA-ID-006"])
def test_names_of_which_only_some_were_compared_are_not_said_to_be_right(case: Inputs, check: str) -> None:
    some = MissingAccounts(count=0, complete=False, examples=[], compared=1000, cloud_only=0)
    for read in (Identity({}, [], "", None, None, some), Identity({}, [], "", None, None, None, (NO_PERMISSION,))):
        found = identity.sign_in_names(replace(case, identity=read))
        assert [item.status for item in found if item.id == check] == ["not_checked"]
