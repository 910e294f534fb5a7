# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges of what a write would meet: permissions, holders, a principal that is disabled, names of one server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import (
    identity,
    names,
    registering,
    tenants,
    verified_domains,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import APPLICATION, PRINCIPAL, Holder
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Access

from tests.unit.audit_story import Story

EAS, MAIL = "https://eas.contoso.test/", "https://mail.contoso.test/"
READER, WRITER = Access(("Application.Read.All",)), Access(("Application.ReadWrite.All",))


def case(**tenant: Any) -> Inputs:
    """A healthy organization, whose first tenant is as given; the second one is right."""
    inputs = Story().case()
    first, second = inputs.tenants
    return replace(inputs, tenants=[replace(first, **tenant), second])


def holder(name: str, *, deleted: bool = False, kind: str = PRINCIPAL) -> Holder:
    return Holder(name, name, kind, f"Holder of {name}", "an app", f"id of {name}", deleted)


@pytest.mark.parametrize(
    ("tenant", "status", "blocks"),
    [
        ({"missing": [EAS], "access": READER}, "fail", True),
        ({"missing": [EAS], "access": Access(())}, "fail", True),
        ({"missing": [EAS], "access": WRITER}, "pass", False),
        ({"missing": [EAS], "access": Access(None)}, "not_checked", False),
        ({"missing": [EAS], "access": None}, "not_checked", False),
        ({"missing": [EAS], "access": READER, "spn_mode": "verify"}, "not_applicable", False),
        ({"missing": [EAS], "access": READER, "spn_mode": "handoff"}, "not_applicable", False),
        ({"missing": [], "access": READER}, "not_applicable", False),
        ({"missing": None, "access": None, "error": "AADSTS7000215"}, "not_applicable", False),
    ],
)
def test_a_permission_is_missing_only_where_something_is_to_be_written(
    tenant: dict[str, Any], status: str, blocks: bool
) -> None:
    first, second = tenants.writable(case(**tenant))
    assert (first.status, first.blocks) == (status, blocks)
    assert second.status == "not_applicable"
    if status == "fail":
        assert "lacks Application.ReadWrite.All" in first.message
        assert [command.text for command in first.commands] == ['hma_spn_mode: "handoff"']


@pytest.mark.parametrize(
    ("tenant", "status"),
    [
        ({"enabled": True}, "pass"), ({"enabled": False}, "fail"), ({"enabled": None}, "not_applicable"),
        ({"enabled": None, "error": "x"}, "not_applicable"),
    ],
)  # fmt: skip
def test_a_service_principal_that_is_disabled_stops_the_run(tenant: dict[str, Any], status: str) -> None:
    first, second = tenants.enabled(case(**tenant))
    assert (first.status, first.blocks) == (status, status == "fail")
    assert second.status == "pass"
    assert "AADSTS500014" in first.message or status != "fail"


def test_all_holders_of_a_tenant_are_one_finding() -> None:
    held = [holder(EAS), holder(MAIL, deleted=True), holder("https://x.test/", kind=APPLICATION)]
    first, second = registering.holders(case(missing=[EAS, MAIL, "https://x.test/"], holders=held))
    assert (first.status, first.blocks, second.status) == ("fail", True, "pass")
    for name in (EAS, MAIL, "https://x.test/"):
        assert f"Holder of {name}" in first.message
    assert f"Wanted: {EAS} (EX3 activesync); {MAIL} (EX1 mapi, ews, oab, activesync; EX2 " in first.message
    assert "https://x.test/ (a variable of the tenant)" in first.message
    assert [command.text for command in first.commands] == [
        f"Remove-MgDirectoryDeletedItem -DirectoryObjectId 'id of {MAIL}'"
    ]


def test_what_could_not_be_asked_is_said_and_stops_nothing() -> None:
    gap = [Unread("holders", "HTTP 403: lacks Application.Read.All")]
    first = registering.holders(case(missing=[EAS], unread=gap))[0]
    assert (first.status, first.blocks) == ("not_checked", False)
    assert first.message == "HTTP 403: lacks Application.Read.All"
    assert any("Get-MgDirectoryDeletedItemAsApplication" in command.text for command in first.commands)


def test_a_holder_that_was_seen_counts_whatever_else_could_not_be_asked() -> None:
    first = registering.holders(case(missing=[EAS], holders=[holder(EAS)], unread=[Unread("holders", "HTTP 403")]))[0]
    assert first.status == "fail"


def test_nothing_is_asked_of_a_tenant_that_is_right_or_unread() -> None:
    assert [item.status for item in registering.holders(case(missing=[]))] == ["pass", "pass"]
    unread = registering.holders(case(missing=None, error="no route"))[0]
    assert unread.status == "not_applicable"


def test_a_name_of_one_server_is_pointed_out_before_it_is_registered() -> None:
    (finding,) = registering.of_one_server(case(missing=[EAS, MAIL]))
    assert (finding.id, finding.status, finding.server, finding.blocks) == ("HMA-NAME-004", "warn", "EX3", False)
    assert f"{EAS} (EX3 activesync) is used by EX3 alone, and is not registered yet." in finding.message
    assert "its own" not in finding.message


def test_a_name_that_every_tenant_has_is_somebodys_decision() -> None:
    assert [item.status for item in registering.of_one_server(case(missing=[]))] == ["pass"]


def test_an_extra_name_is_a_decision_too() -> None:
    inputs = case(missing=[EAS])
    sources = [*inputs.names.wanted[EAS], "hma_spn_extra_names"]
    declared = replace(inputs, names=replace(inputs.names, wanted={**inputs.names.wanted, EAS: sources}))
    assert [item.status for item in registering.of_one_server(declared)] == ["pass"]


def test_an_organization_of_one_server_has_no_other_names() -> None:
    story = Story({"at": ["organizations", 0, "servers"], "keep": [0]})
    inputs = story.case()
    alone = replace(inputs, tenants=[replace(tenant, missing=[MAIL]) for tenant in inputs.tenants])
    assert [item.status for item in registering.of_one_server(alone)] == ["pass"]


@pytest.mark.parametrize(
    ("reason", "advised", "not_advised"),
    [
        ("AADSTS7000215: Invalid client secret provided.", "what the message says", "Read.All"),
        ("HTTP 403. The application lacks User.Read.All, which", "User.Read.All", "Recipients"),
        ("Get-Mailbox is not there", "View-Only Recipients", "Read.All"),
    ],
)
def test_a_permission_is_advised_only_where_its_lack_is_the_reason(reason: str, advised: str, not_advised: str) -> None:
    inputs = Story().case()
    assert inputs.identity is not None
    unread = replace(inputs, identity=replace(inputs.identity, missing=None, unread=(Unread("missing", reason),)))
    (people,) = [item for item in identity.sign_in_names(unread) if item.id == "HMA-ID-003"]
    assert (people.status, people.message) == ("not_checked", reason)
    assert advised in people.fix
    assert not_advised not in people.fix


@pytest.mark.parametrize(
    ("reason", "advised"),
    [
        ("ex1: domains is empty: the verified domains of a tenant take Domain.Read.All", "Domain.Read.All"),
        ("Get-Mailbox: ADTransientException: The LDAP server is unavailable.", "what the message says"),
        ("Get-Mailbox is not there: the account's roles hide it", "View-Only Recipients"),
    ],
)
def test_a_count_that_was_not_made_advises_what_helps(reason: str, advised: str) -> None:
    unread = replace(Story().case(), identity=None, errors={"identity": reason})
    for check in ("HMA-ID-001", "HMA-ID-002"):
        (found,) = [item for item in identity.sign_in_names(unread) if item.id == check]
        assert (found.status, found.message) == ("not_checked", reason)
        assert advised in found.fix
        assert advised == "View-Only Recipients" or "View-Only Recipients" not in found.fix


@pytest.mark.parametrize(("reason", "advised"), [("HTTP 503", "Mend"), ("lacks Domain.Read.All", "Domain.Read.All")])
def test_so_it_is_with_domains(reason: str, advised: str) -> None:
    first = verified_domains.verified_domains(case(verified_domains=None, unread=[Unread("verified_domains", reason)]))[
        0
    ]
    assert first.message == reason
    assert advised in first.fix
    assert ("Read.All" in first.fix) == (advised != "Mend")


def test_every_missing_name_says_whose_it_is() -> None:
    first = names.registered(case(missing=[EAS, MAIL]))[0]
    assert f"not registered: {EAS} (EX3 activesync); {MAIL} (EX1 mapi, ews, oab, activesync; EX2 " in first.message
