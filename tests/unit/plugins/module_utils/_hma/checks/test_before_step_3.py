# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What step 1 says, before names are registered, of what step 3 and step 4 would refuse; and where it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import directories, gates, inputs, trust
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import hosts as hosts_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import RunResults

from tests.unit.audit_story import Story

OLD = "Version 15.0 (Build 1497.2)"


def to(where: list[Any], value: Any) -> dict[str, Any]:
    return {"at": where, "to": value}


def server(number: int, key: str, value: Any) -> dict[str, Any]:
    return to(["organizations", 0, "servers", number, key], value)


def said(story: Story, **more: Any) -> list[tuple[str, str, str]]:
    return [(item.id, item.object, item.status) for item in directories.before_step_3(by_name(story.case(**more)))]


def by_name(case: Inputs) -> Inputs:
    """A case as step 1 has it where asking who a server is takes no shell: nothing was read of its directories."""
    return replace(case, servers=tuple(replace(item, directories=None, unread=()) for item in case.servers))


def test_a_directory_that_is_missing_stops_step_1() -> None:
    story = Story(server(1, "directories", {"oab": {"missing": True}}))
    assert said(story) == [("HMA-VDIR-001", "ex2.corp.contoso.test oab", "not_checked")]
    (item,) = [item for item in story.judge("preflight") if item.blocks]
    assert "Get-OabVirtualDirectory shows none of EX2 on the Default Web Site" in item.message
    assert "New-OabVirtualDirectory" in item.advice


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ([], {}),
        ([server(1, "directories", {"oab": {"missing": True}})], {"kinds": ["mapi", "ews"]}),
        # A server that does not answer stops the run by itself.
        ([server(1, "directories", {"oab": {"missing": True}}), server(1, "power", "off")], {}),
        # As is a directory of another web site (HMA-READ-002).
        ([server(1, "directories", {"ews": {"site": "Clients"}})], {}),
    ],
)
def test_nothing_is_said_of_what_step_3_would_not_refuse(changes: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert said(Story(*changes), **more) == []


def test_a_kind_that_could_not_be_read_is_not_called_missing() -> None:
    assert said(Story(hide=["Get-OabVirtualDirectory"])) == []


def test_an_empty_list_in_active_directory_is_a_warning() -> None:
    story = Story(server(0, "directories", {"mapi": {"internal_methods": [], "external_methods": []}}))
    assert said(story) == [("HMA-VDIR-002", "ex1.corp.contoso.test mapi", "warn")]
    assert not [item for item in story.judge("preflight") if item.blocks]
    # IIS has a list, and where it was read with the server's name nothing is left to warn of.
    assert directories.before_step_3(story.case()) == []


EMPTY_IN_IIS = {"methods": [], "internal_methods": ["Ntlm"], "external_methods": ["Ntlm"]}


def test_an_empty_list_in_iis_alone_stops_step_1_where_it_was_read() -> None:
    story = Story(server(0, "directories", {"mapi": EMPTY_IN_IIS}))
    assert said(story) == []
    (item,) = directories.before_step_3(story.case())
    assert (item.id, item.object, item.status, item.blocks) == (
        "HMA-VDIR-002", "ex1.corp.contoso.test mapi", "fail", True
    )  # fmt: skip
    assert "step 3 stops at this server, unless hma_vdir_mapi_empty is default" in item.message
    assert "hma_vdir_mapi_empty" in item.advice


@pytest.mark.parametrize(("of_host", "found"), [("default", []), ("refuse", ["HMA-VDIR-002"]), ("", ["HMA-VDIR-002"])])
def test_each_server_goes_by_its_own_variable(of_host: str, found: list[str]) -> None:
    results = Story(server(0, "directories", {"mapi": EMPTY_IN_IIS})).case()
    facts = {"servers": {item.host: {"identified": item.facts(), "mapi_empty": of_host} for item in results.servers}}
    case = replace(results, servers=RunResults(facts).servers("identified"))
    assert [item.id for item in directories.before_step_3(case)] == found


def test_a_directory_that_could_not_be_read_stops_step_1() -> None:
    """It stands in Active Directory, and IIS has none: step 3 cannot judge it either."""
    case = Story().case()
    first = replace(case.servers[0], directories=[], unread=[Unread("ews", "the answer has no OAuthAuthentication.")])
    (item,) = directories.before_step_3(replace(case, servers=(first, *case.servers[1:])))
    assert (item.id, item.object, item.status, item.blocks) == (
        "HMA-VDIR-001", "ex1.corp.contoso.test ews", "not_checked", True
    )  # fmt: skip
    assert "the answer has no OAuthAuthentication." in item.message
    # No host was prepared yet.
    assert item.advice == "Mend what the reason names; then run this again."


def old_servers(*more: dict[str, Any]) -> Story:
    return Story(*(server(number, "version", OLD) for number in range(4)), *more)


def without_domain(number: int) -> dict[str, Any]:
    return to(["organizations", 0, "auth_servers", number, "domain_names"], [])


def test_several_tenants_need_a_server_that_knows_their_domains() -> None:
    case = old_servers(without_domain(0)).case()
    (item,) = trust.domain_writable(case)
    assert (item.id, item.object, item.blocks) == ("HMA-AUTH-003", "contoso", True)
    assert "organization-wide writes go to host ex1.corp.contoso.test" in item.message
    assert "hma_server" in item.advice
    assert item.id in {found.id for found in gates.judge("audit", case) if found.status == "fail"}


def test_a_domain_that_is_there_needs_no_newer_server() -> None:
    assert trust.domain_writable(old_servers().case()) == []


def test_a_newer_server_without_a_connection_of_its_own_does_not_count() -> None:
    through = (server(number, "through", "EX2") for number in (0, 2, 3))
    story = Story(without_domain(0), server(1, "version", OLD), *through)
    assert [item.object for item in trust.domain_writable(story.case())] == ["contoso"]
    assert trust.domain_writable(Story(without_domain(0), server(1, "version", OLD)).case()) == []


def test_one_tenant_on_old_servers_alone_needs_no_domain() -> None:
    case = old_servers(without_domain(0)).case()
    case = replace(case, tenants=case.tenants[:1])
    assert trust.domain_writable(case) == []
    assert [item.status for item in trust.domain_registered(case)] == ["pass"]


def compared(servers: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often step 1 compares two names of servers, in a fleet of so many that are alike."""
    case = Story().case()
    (first, *_others), (host, *_more) = case.organization.servers, case.servers
    names = [f"S{number}" for number in range(servers)]
    organization = replace(
        case.organization,
        servers=tuple(replace(first, name=name, fqdn=f"{name}.corp.contoso.test") for name in names),
        directories=tuple(
            replace(item, server=name)
            for name in names
            for item in case.organization.directories
            if item.server == first.name
        ),
    )
    hosts = tuple(replace(host, host=name, server=f"{name}.corp.contoso.test") for name in names)
    count = 0

    def counting(compare: Callable[..., bool]) -> Callable[..., bool]:
        def counted(*given: Any) -> bool:
            nonlocal count
            count += 1
            return compare(*given)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(inputs, "stands_for", counting(inputs.stands_for))
        patch.setattr(hosts_of, "same_server", counting(hosts_of.same_server))
        found = gates.judge("preflight", replace(case, read=organization, servers=hosts))
    assert not [item for item in found if item.id.startswith("HMA-COV") and item.status != "pass"]
    return count


def test_nobody_compares_each_server_with_each_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With three thousand servers step 1 took a minute of a processor, nearly all of it for this."""
    assert compared(80, monkeypatch) <= 2 * compared(40, monkeypatch)
