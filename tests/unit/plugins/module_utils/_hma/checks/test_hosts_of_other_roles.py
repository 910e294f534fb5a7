# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of the inventory that are servers of the organization, and none that clients sign in to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates, tenants
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import ServerEntry, TenantEntry

from tests.unit.audit_story import Story


@pytest.mark.parametrize("edge", [True, False])
def test_an_edge_server_and_a_mailbox_server_of_2013(edge: bool) -> None:
    """Both were told that Exchange was taken from them, or that they are of another organization."""
    case = Story().case()
    first = case.organization.servers[0]
    other = replace(
        first, name="EX9", fqdn="ex9.corp.contoso.test", edge=edge, client_access=False,
        roles="Edge" if edge else "Mailbox",
    )  # fmt: skip
    read = replace(case.organization, servers=(*case.organization.servers, other))
    hosts = [*case.servers, ServerEntry("ex9", server="ex9.corp.contoso.test")]
    found = gates.judge("preflight", replace(case, read=read, servers=hosts))
    (finding,) = [item for item in found if (item.id, item.object) == ("HMA-COV-002", "ex9")]
    assert finding.blocks
    assert "it is EX9, a server of organization 'Contoso' that no client signs in to" in finding.message
    assert f"roles {other.roles}" in finding.message
    assert finding.fix.startswith("Take its host out of exchange_servers")


def test_an_odd_server_that_is_the_first_of_the_inventory() -> None:
    """An Edge server has no Exchange shell to connect to, and was told to be made reachable, beside others that are."""
    said = "edge1: no Exchange shell."
    hosts = [ServerEntry("edge1", server="edge1"), ServerEntry("ex1", server="ex1.corp.contoso.test")]
    (finding,) = gates.organization_unread(hosts, said)
    assert finding.message == said
    assert "put another one before it" in finding.fix
    (alone,) = gates.organization_unread(hosts[:1], said)
    assert "before it" not in alone.fix


@pytest.mark.parametrize(
    ("domain", "right"),
    [
        ("contoso.onmicrosoft.com", True),
        ("CONTOSO.COM", True),
        ("bücher.example", True),
        ("xn--bcher-kva.example", True),
        ("@contoso.com", False),
        ("admin@contoso.com", False),
        ("https://contoso.com", False),
        ("contoso.com.", False),
        ("*.contoso.com", False),
        ("contoso.com, fabrikam.com", False),
        ("contoso", False),
        ("contoso.local", False),
        ("", False),
    ],
)
def test_the_domain_that_is_put_on_an_authserver(domain: str, right: bool) -> None:
    """Who may not read the tenant's domains would only hear of it from Set-AuthServer, in step 4."""
    case = Story().case()
    tenant = TenantEntry("contoso", "11111111-aaaa-4bbb-8ccc-000000000001", domain, names=[])
    found = [item for item in tenants.tenants(replace(case, tenants=[tenant])) if item.blocks and item.tenant]
    assert [item.message for item in found] == ([] if right else [f"hma_tenant_domain is {domain!r}."])
