# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding about an AuthServer names the objects that are there, and an object is found in every spelling alike."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, trusted

from tests.unit.audit_story import Story
from tests.unit.test_checks import auth, to

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
ISSUER = f"https://sts.windows.net/{TENANT}/"
ENDPOINT = f"https://login.microsoftonline.com/{TENANT}/oauth2/authorize"
RIGHT = "https://login.microsoftonline.com/common/oauth2/authorize"


def blocking(story: Story, gate: str) -> dict[str, Finding]:
    return {item.id: item for item in story.judge(gate) if item.blocks}


def raw(realm: str | None, issuer: str | None, kind: str = "AzureAD") -> Properties:
    found: dict[str, Any] = {
        "Name": "EvoSts", "Guid": TENANT, "Type": kind, "Realm": realm, "IssuerIdentifier": issuer, "Enabled": True,
        "IsDefaultAuthorizationEndpoint": True, "DomainName": [],
    }  # fmt: skip
    return Properties(found, "Get-AuthServer")


@pytest.mark.parametrize(
    ("realm", "issuer"),
    [
        (TENANT, None),
        (TENANT.upper(), None),
        (f"{{{TENANT}}}", None),
        ("", ISSUER),
        (None, f"https://sts.windows.net/{{{TENANT.upper()}}}"),
        ("contoso.onmicrosoft.com", ISSUER),
    ],
)
def test_an_object_is_found_by_realm_or_issuer_in_every_spelling(realm: str | None, issuer: str | None) -> None:
    """By the gate, by the writer that makes it the default, and by the way out alike."""
    server = authserver.parse_authserver(raw(realm, issuer))
    assert trusted.of_tenant([server], TENANT) is server
    assert enabling.wrong_endpoint([server], TENANT) is None
    assert authserver.parse_endpoint(raw(realm, issuer)).tenant_id == TENANT


def test_an_object_of_another_type_is_named_once() -> None:
    found = blocking(Story(base="manual_wrong_type"), "preflight")
    assert set(found) == {"HMA-AUTH-001"}
    finding = found["HMA-AUTH-001"]
    for part in ("'EvoSts'", "Type Unknown", f"realm {TENANT}", f"issuer {ISSUER}"):
        assert part in finding.message
    assert finding.fix.startswith("Remove 'EvoSts': no parameter of Set-AuthServer changes a Type.")
    assert "WindowsAzureACS" not in finding.fix
    assert "uploads the auth certificate" in finding.fix


def test_an_object_whose_realm_is_a_domain_is_named_with_it() -> None:
    issuer = "https://sts.windows.net/contoso.onmicrosoft.com/"
    odd = {"name": "EvoSTS", "realm": "contoso.onmicrosoft.com", "issuer": issuer, "default": True}
    finding = blocking(Story(to(["organizations", 0, "auth_servers", 0], odd)), "preflight")["HMA-AUTH-001"]
    assert "'EvoSTS' (Type AzureAD, realm contoso.onmicrosoft.com, issuer https://sts" in finding.message


def test_ad_fs_as_default_is_named_where_the_tenant_has_no_object() -> None:
    found = blocking(Story(base="adfs_only"), "preflight")
    assert {"HMA-AUTH-001", "HMA-AUTH-002"} <= set(found)
    assert "'ADFS' (Type ADFS, realm none, issuer http://adfs.contoso.test/" in found["HMA-AUTH-002"].message
    assert found["HMA-AUTH-002"].commands[0].text == 'hma_replace_default_authserver: "ADFS"'


def test_a_disabled_object_is_one_finding() -> None:
    assert set(blocking(Story(*auth(0, enabled=False)), "preflight")) == {"HMA-AUTH-001"}


@pytest.mark.parametrize("gate", ["preflight", "enable", "verify", "audit"])
def test_a_default_endpoint_of_one_tenant_fails_in_every_gate(gate: str) -> None:
    finding = blocking(Story(base="tenant_endpoint"), gate)["HMA-AUTH-008"]
    assert finding.object == "EvoSTS"
    assert (finding.actual, finding.expected) == (ENDPOINT, RIGHT)
    assert ENDPOINT in finding.message
    assert RIGHT in finding.message
    assert [item.text for item in finding.commands] == ["Set-AuthServer 'EvoSTS' -RefreshAuthMetadata"]


def test_a_default_endpoint_of_one_tenant_is_right_where_there_is_one() -> None:
    changes = [
        {"at": ["tenants"], "keep": [0]},
        *auth(0, endpoint=ENDPOINT),
        to(["vars", "hma_default_tenant"], TENANT),
    ]
    (finding,) = [item for item in Story(*changes).judge() if item.id == "HMA-AUTH-008"]
    assert finding.status == "pass"


def test_the_script_of_the_hybrid_application_is_named_where_a_domain_is_missing() -> None:
    changes = auth(0, domain_names=["contoso.test"], application_identifier="cccccccc-0000-4000-8000-000000000003")
    (finding,) = [item for item in Story(*changes).judge() if item.id == "HMA-AUTH-003" and item.status == "fail"]
    assert "ConfigureExchangeHybridApplication.ps1" in finding.message


def test_an_enabled_object_of_a_tenant_outside_the_inventory_is_named() -> None:
    (finding,) = [item for item in Story(*auth(2, enabled=True)).judge() if item.id == "HMA-AUTH-009"]
    assert finding.status == "warn"
    assert "33333333-aaaa-4bbb-8ccc-000000000003" in finding.message
    assert [item.text for item in finding.commands] == ["Set-AuthServer 'EvoSTS - old tenant' -Enabled $false"]
