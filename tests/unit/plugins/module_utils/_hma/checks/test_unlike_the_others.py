# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations that are not like the others: addresses of another tenant, a second web site, parts out of service."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding

from tests.unit.audit_story import Story
from tests.unit.test_checks import auth, server, to

OTHER = "99999999-aaaa-4bbb-8ccc-000000000009"
OWN = "11111111-aaaa-4bbb-8ccc-000000000001"

READABLE = {"at": ["tenants", 0, "applications", 0, "rights"], "append": "Domain.Read.All"}
DOMAINS = to(["tenants", 0, "verified_domains"], ["contoso.onmicrosoft.com", "contoso.test"])


def one(found: list[Finding], check: str) -> Finding:
    (finding,) = [item for item in found if item.id == check]
    return finding


@pytest.mark.parametrize(
    ("endpoint", "status", "said"),
    [
        ("https://login.windows.net/common/oauth2/authorize", "pass", ""),
        (f"https://login.windows.net/{OWN.upper()}/oauth2/authorize", "pass", ""),
        ("https://login.windows.net/contoso.onmicrosoft.com/oauth2/authorize", "pass", ""),
        (f"https://login.windows.net/{OTHER}/oauth2/authorize", "fail", "is not this tenant's"),
        ("https://login.windows.net/fabrikam.onmicrosoft.com/oauth2/authorize", "fail", "is not this tenant's"),
        (
            "https://login.chinacloudapi.cn/common/oauth2/authorize",
            "fail",
            "is of another cloud than hma_cloud: global",
        ),
        (None, "fail", "is empty"),
        ("http://login.windows.net/common/oauth2/authorize", "fail", "no https address"),
    ],
)
@pytest.mark.parametrize("gate", ["preflight", "audit"])
def test_with_one_tenant_the_default_address_is_its_own_or_everybodys(
    endpoint: str | None, status: str, said: str, gate: str
) -> None:
    story = Story(*auth(0, endpoint=endpoint), READABLE, DOMAINS, base="single")
    finding = one(story.judge(gate), "HMA-AUTH-008")
    assert (finding.status, said in finding.message) == (status, True)
    assert finding.blocks == (status == "fail")


def test_a_domain_that_nobody_could_look_up_stops_nothing() -> None:
    endpoint = "https://login.windows.net/fabrikam.onmicrosoft.com/oauth2/authorize"
    finding = one(Story(*auth(0, endpoint=endpoint), base="single").judge("preflight"), "HMA-AUTH-008")
    assert finding.status == "pass"


@pytest.mark.parametrize("gate", ["preflight", "audit"])
def test_a_second_web_site_is_named_with_its_urls_and_its_names_are_not_registered(gate: str) -> None:
    partner = "https://partner.contoso.test/EWS/Exchange.asmx"
    odd: dict[str, Any] = {"class": "vdir:ews", "name": "EX1\\EWS (Partners)"}
    odd["set"] = {"Server": "EX1", "Identity": "EX1\\EWS (Partners)", "ExternalUrl": partner}
    found = Story(to(["organizations", 0, "odd"], [odd])).judge(gate)
    finding = one(found, "HMA-VDIR-004")
    assert finding.status == "warn"
    assert "EX1\\EWS (Partners)" in finding.message
    assert partner in finding.message
    assert "hma_spn_extra_names" in finding.fix


def test_the_back_end_is_no_second_web_site() -> None:
    odd = {"class": "vdir:ews", "name": "EX1\\EWS (Exchange Back End)", "set": {"Server": "EX1"}}
    assert one(Story(to(["organizations", 0, "odd"], [odd])).judge(), "HMA-VDIR-004").status == "pass"


def test_a_directory_whose_iis_has_oauth_alone_is_named_although_active_directory_has_more() -> None:
    lists = {"methods": ["OAuth"], "internal_methods": ["Ntlm", "OAuth"], "external_methods": []}
    finding = one(Story(*server(1, directories={"mapi": lists})).judge(), "HMA-VDIR-003")
    assert finding.status == "warn"
    assert "IISAuthenticationMethods: OAuth" in finding.message


def test_what_a_failed_setup_left_out_of_service_names_the_kinds_and_who_may_hold_it() -> None:
    parts = {"EwsProxy": "Inactive", "MapiProxy": "Draining", "ForwardSyncDaemon": "Inactive"}
    finding = next(
        item for item in Story(*server(1, components=parts)).judge() if item.id == "HMA-MNT-001" and item.fix
    )
    assert "EwsProxy" in finding.message
    assert "MapiProxy" in finding.message
    assert "ForwardSyncDaemon" not in finding.message
    assert "ServerWideOffline is Inactive" not in finding.message
    assert "Functional" in finding.fix
    assert len(finding.commands) == 2


def test_an_odd_objects_exclusion_is_one_that_is_used() -> None:
    """A server whose object cannot be read is excluded by its name all the same."""
    odd = {"class": "server", "name": "EX77", "hide": ["AdminDisplayVersion"]}
    excluded = to(["vars", "hma_servers_excluded"], [{"name": "ex77.corp.contoso.test", "reason": "It is dead."}])
    found = Story(to(["organizations", 0, "odd"], [odd]), excluded).judge()
    assert one(found, "HMA-COV-005").status == "pass"


@pytest.mark.parametrize("full", [True, False])
def test_a_directory_that_is_missing_or_twice_is_no_gap_of_the_reading(full: bool) -> None:
    """The fast audit says what the check before step 3 says."""
    twin = {"class": "vdir:ews", "name": "EX1\\EWS2 (Default Web Site)", "set": {"Server": "EX1"}}
    missing = server(1, directories={"oab": {"missing": True}})
    found = Story(to(["organizations", 0, "odd"], [twin]), *missing, full=full).judge("audit" if full else "preflight")
    said = {item.object: item for item in found if item.id == "HMA-VDIR-001" and item.status == "not_checked"}
    assert len(said) == 2
    for item in said.values():
        assert "exactly one" in item.message
        assert "or it was not read" not in item.message


def test_a_server_without_any_directory_is_half_installed() -> None:
    kinds = ("mapi", "ews", "oab", "autodiscover", "activesync")
    missing = {kind: {"missing": True} for kind in kinds}
    found = Story(*server(1, directories=missing), full=False).judge()
    said = [item for item in found if item.id == "HMA-VDIR-001" and item.status == "not_checked"]
    assert len(said) == len(kinds)
    assert all("its setup did not end" in item.fix for item in said)
