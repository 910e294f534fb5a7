# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wrong tenant id is corrected, and nobody is sent to the Hybrid Configuration Wizard for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import trust
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import TenantEntry

from tests.unit.audit_story import Story

CONTOSO = "11111111-aaaa-4bbb-8ccc-000000000001"
OTHER = "99999999-dddd-4eee-9fff-123456789abc"


def judged(tenant_id: str, domain: str = "contoso.onmicrosoft.com", error: str | None = None) -> Finding:
    inputs = Story().case()
    tenant = TenantEntry("contoso", tenant_id, domain, names=(), error=error)
    # What Exchange trusts for contoso alone, so that the id of the other tenant is in no inventory.
    (finding,) = trust.authserver_present(replace(inputs, tenants=[tenant]))
    return finding


@pytest.mark.parametrize(
    ("wrong", "domain"),
    [
        pytest.param(OTHER, "contoso.onmicrosoft.com", id="another tenant of ours: its AuthServer has the domain"),
        pytest.param(CONTOSO[:-1] + "7", "unknown.test", id="a slip: the id of the AuthServer differs in a letter"),
    ],
)
def test_the_right_id_is_named(wrong: str, domain: str) -> None:
    finding = judged(wrong, domain)
    assert (finding.id, finding.status) == ("HMA-AUTH-001", "fail")
    assert f"hma_tenant_id is {wrong}, which no AuthServer has as its realm" in finding.message
    assert [command.text for command in finding.commands] == [f'hma_tenant_id: "{CONTOSO}"']
    assert "Wizard" not in finding.message + finding.fix


def test_a_tenant_that_exchange_never_saw_still_needs_the_wizard() -> None:
    finding = judged(OTHER, "unknown.test")
    assert "Wizard" in finding.message + finding.fix
    assert not finding.commands


def test_the_right_id_and_a_tenant_that_was_not_read_are_judged_as_before() -> None:
    assert judged(CONTOSO).status == "pass"
    assert judged(OTHER, error="AADSTS90002: Tenant not found").status == "not_applicable"
