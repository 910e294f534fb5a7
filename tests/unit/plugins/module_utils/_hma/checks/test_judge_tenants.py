# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges of the tenants: one that cannot be read stops what would write to another, and a domain belongs to its
tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates, tenants, verified_domains
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TenantEntry

from tests.unit.audit_story import Story

GUID = "11111111-aaaa-4bbb-8ccc-000000000001"


def case(*tenants: dict[str, Any]) -> Inputs:
    given: dict[str, Any] = {
        "host": "contoso",
        "cloud": "global",
        "tenant_id": GUID,
        "tenant_domain": "contoso.onmicrosoft.com",
        "names": [],
        "verified_domains": None,
        "error": None,
    }
    found: Inputs = Story().case()
    return Inputs(
        found.read, found.now, found.names, tenants=[TenantEntry(**{**given, **tenant}) for tenant in tenants]
    )


def said(findings: Sequence[Finding]) -> list[tuple[str, str, bool]]:
    return [(item.id, item.status, item.blocks) for item in findings]


def test_a_tenant_that_cannot_be_read_stops_the_run_with_its_reason() -> None:
    found = tenants.readable(case({"error": "AADSTS7000215: wrong secret"}, {"host": "fabrikam"}))
    assert said(found) == [("HMA-TEN-003", "not_checked", True), ("HMA-TEN-003", "pass", False)]
    assert found[0].message == "AADSTS7000215: wrong secret"
    assert found[0].object == found[0].tenant == "contoso"
    assert found[0].fix


def test_a_tenant_without_a_result_is_unread() -> None:
    assert said(tenants.readable(case({"names": None}))) == [("HMA-TEN-003", "not_checked", True)]


def test_each_reason_is_one_finding() -> None:
    """An id that is none is what is wrong, not the sign-in with it; and its domains are not missed a second time."""
    placeholder = case({"tenant_id": "<tenant id>", "error": "hma_tenant_id is ..."})
    assert said(tenants.readable(placeholder)) == [("HMA-TEN-003", "not_applicable", False)]
    assert said(tenants.identified(placeholder)) == [("HMA-TEN-001", "fail", True)]
    assert said(tenants.domains(placeholder)) == [("HMA-TEN-004", "not_applicable", False)]
    assert said(verified_domains.verified_domains(placeholder)) == [("HMA-ID-004", "not_applicable", False)]
    stopping = [item for item in gates.judge("tenants", placeholder) if item.blocks]
    assert [item.id for item in stopping] == ["HMA-TEN-001"]


def test_an_id_that_neither_entra_nor_exchange_knows_is_said_once() -> None:
    nobody = case({"tenant_id": "00000000-0000-0000-0000-000000000000", "error": "AADSTS90002: Tenant not found"})
    found = [
        item for item in gates.judge("preflight", nobody) if item.blocks and item.id.startswith(("HMA-TEN", "HMA-AUTH"))
    ]
    assert [item.id for item in found] == ["HMA-TEN-003"]
    lost = case({"tenant_id": "00000000-0000-0000-0000-000000000000"})
    found = [
        item for item in gates.judge("preflight", lost) if item.blocks and item.id.startswith(("HMA-TEN", "HMA-AUTH"))
    ]
    # That the domain is on another tenant's AuthServer is the hint that the id is the wrong one.
    assert {item.id for item in found} == {"HMA-AUTH-001", "HMA-AUTH-007"}


@pytest.mark.parametrize(
    ("domain", "verified", "status"),
    [
        ("contoso.onmicrosoft.com", ["contoso.com", "Contoso.OnMicrosoft.com"], "pass"),
        ("fabrikam.com", ["contoso.com"], "fail"),
        ("strasse.de", ["straße.de"], "fail"),
        ("mail.contoso.com", ["contoso.com"], "fail"),
        ("contoso.com", [], "fail"),
        ("contoso.com", None, "not_applicable"),
        ("contoso", ["contoso.com"], "not_applicable"),
    ],
)
def test_a_domain_is_one_of_the_tenants_own(domain: str, verified: list[str] | None, status: str) -> None:
    (found,) = tenants.domains(case({"tenant_domain": domain, "verified_domains": verified}))
    assert found.status == status
    assert found.blocks is (status == "fail")
    assert status != "fail" or domain in found.message


def test_two_domains_that_are_exchanged_are_two_findings() -> None:
    exchanged = case(
        {"tenant_domain": "fabrikam.com", "verified_domains": ["contoso.com"]},
        {"host": "fabrikam", "tenant_domain": "contoso.com", "verified_domains": ["fabrikam.com"]},
    )
    assert [item.object for item in tenants.domains(exchanged) if item.blocks] == ["contoso", "fabrikam"]


def test_three_thousand_domains_are_one_message_that_can_be_read() -> None:
    (found,) = tenants.domains(
        case({"tenant_domain": "x.com", "verified_domains": [f"d{number}.contoso.com" for number in range(3000)]})
    )
    assert found.blocks
    assert len(found.message) <= 1000
