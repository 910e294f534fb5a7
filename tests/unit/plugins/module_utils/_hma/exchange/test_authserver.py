# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AuthServer objects: found by type and realm, merged, and the default endpoint as one unit."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, trusted
from hypothesis import given
from hypothesis import strategies as st

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"


OTHER = "22222222-aaaa-4bbb-8ccc-000000000002"


def auth(name: str, tenant: str | None = TENANT, **more: Any) -> authserver.AuthServer:
    facts = {
        "Name": name,
        "Guid": values_guid(name),
        "Type": "AzureAD",
        "Realm": tenant,
        "IssuerIdentifier": "",
        "Enabled": True,
        "IsDefaultAuthorizationEndpoint": False,
        "DomainName": [],
        **more,
    }
    return authserver.parse_authserver(Properties(facts, "Get-AuthServer"))


def values_guid(name: str) -> str:
    return f"00000000-0000-4000-8000-{abs(hash(name)) % 10**12:012d}"


def test_authserver_by_type_and_realm_never_by_name() -> None:
    servers = [
        auth(f"EvoSTS - {TENANT}", OTHER),
        auth("ACS", TENANT, Type="MicrosoftACS"),
        auth("anything", TENANT.upper()),
    ]
    assert trusted.of_tenant(servers, TENANT).name == "anything"


def test_authserver_by_issuer_where_the_realm_is_a_domain() -> None:
    server = auth("EvoSTS", "contoso.test", IssuerIdentifier=f"https://sts.windows.net/{TENANT}/")
    assert trusted.of_tenant([server], TENANT) is server


def test_authserver_missing_and_duplicate() -> None:
    with pytest.raises(Refused, match="Hybrid Configuration Wizard"):
        trusted.of_tenant([auth("EvoSTS", OTHER)], TENANT)
    with pytest.raises(Refused, match=r"2 AuthServer objects: 'a' .*; 'b' "):
        trusted.of_tenant([auth("a"), auth("b")], TENANT)
    assert trusted.of_tenant([auth("a", Enabled=False), auth("b")], TENANT).name == "b"


@given(
    st.lists(st.sampled_from(["a.test", "A.test", "b.test", "c.test"])),
    st.lists(st.sampled_from(["a.test", "d.test"]), max_size=2),
)
def test_domains_are_merged(present: list[str], wanted: list[str]) -> None:
    server = auth("EvoSTS", DomainName=present, ApplicationIdentifier="app")
    plan = authserver.plan_trust(server, enabled=None, domain_names=wanted)
    after = plan.changes[0].after["DomainName"] if plan.changes else present
    assert isinstance(after, (list, tuple))
    assert after[: len(present)] == present
    assert authserver.merged(after, wanted)
    for change in plan.changes:
        assert set(change.cmdlet.parameters) == {"Identity", "DomainName"}


def test_default_endpoint_is_one_unit() -> None:
    new, old = auth("new"), auth("old", OTHER, IsDefaultAuthorizationEndpoint=True)
    with pytest.raises(Refused, match=r'name it: hma_replace_default_authserver: "old"$'):
        authserver.plan_default([new, old], new, default=True)
    plan = authserver.plan_default([new, old], new, default=True, replace="OLD")
    assert [(change.cmdlet.parameters["Identity"], change.after) for change in plan.changes] == [
        (old.guid, {"IsDefaultAuthorizationEndpoint": False}),
        (new.guid, {"IsDefaultAuthorizationEndpoint": True}),
    ]


def test_two_other_defaults_are_refused() -> None:
    servers = [
        auth("new"),
        *(auth(name, OTHER, IsDefaultAuthorizationEndpoint=True) for name in ("one", "two", "three")),
    ]
    with pytest.raises(Refused, match="Several AuthServer objects"):
        authserver.plan_default(servers, servers[0], default=True, replace="one")


@pytest.mark.parametrize("tail", ["\n", "/\n", "/x", "\u2028"])
def test_an_issuer_ends_where_it_ends(tail: str) -> None:
    """A pattern that ends in $ takes a line feed behind it for nothing."""
    issuer = f"https://sts.windows.net/{TENANT}"
    assert auth("a", "contoso.test", IssuerIdentifier=issuer).tenant_id == TENANT
    assert auth("a", "contoso.test", IssuerIdentifier=issuer + tail).tenant_id is None


def test_an_object_and_its_facts() -> None:
    server = auth("EvoSTS", DomainName=["a.test"])
    assert authserver.AuthServer.from_facts(Properties(server.facts(), "facts")) == server
    assert {name: server.value(name) for name in ("DomainName", "Enabled", authserver.DEFAULT)} == {
        "DomainName": ["a.test"],
        "Enabled": True,
        authserver.DEFAULT: False,
    }
