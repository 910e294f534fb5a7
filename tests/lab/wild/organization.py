# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a drawn organization trusts, and what else its directory holds."""

from __future__ import annotations

from typing import Any

from ..assumptions import NOT_DRAWN, SWITCHES
from . import pool
from .draw import Draw


def auth_servers(draw: Draw, tenants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each tenant one as a rule; beside them those of other types, leftovers, and one that is the default."""
    found = [_of_tenant(draw, tenant, number) for number, tenant in enumerate(tenants) if draw.chance(0.97)]
    if draw.chance(0.03):
        found.append({**_of_tenant(draw, tenants[0], 8), "name": "EvoSts - twin"})
    if draw.chance(0.4):
        found.append(
            {
                "name": draw.pick(["ACS", "ACS - 9d3c1f11-12f6-4a9b-9c60-2a7b3c9d4e5f"]),
                "type": "MicrosoftACS", "issuer": "00000001-0000-0000-c000-000000000000", "realm": tenants[0]["id"],
                "domain_names": [tenants[0]["domain"]],
            }
        )  # fmt: skip
    if draw.chance(0.2):
        found.append({"name": "EvoSTS - old tenant", "tenant_id": pool.OLD_TENANT, "enabled": draw.chance(0.5)})
    if draw.chance(0.1):
        found.append(
            {"name": "AD FS", "type": "ADFS", "issuer": "http://adfs.contoso.test/adfs/services/trust", "realm": ""}
        )
    if found and draw.chance(0.35):
        draw.pick(list(reversed(found)))["default"] = True
    if len(found) > 1 and draw.chance(0.03):
        found[0]["default"] = found[1]["default"] = True
    return found


def _of_tenant(draw: Draw, tenant: dict[str, Any], number: int) -> dict[str, Any]:
    spelled = {"id": tenant["id"], "upper": tenant["id"].upper(), "domain": tenant["domain"]}
    own = pool.TENANTS[number % len(pool.TENANTS)][3]
    name = draw.odd(0.15, f"EvoSts - {number}c8cd4ba-65ea-4b8d-a4f6-6b3a7e1b6b01", pool.HOSTILE)
    found: dict[str, Any] = {
        "name": f"EvoSTS {number}" if draw.chance(0.3) else f"{name} {number}" if number else name,
        "tenant_id": tenant["id"],
        "realm": draw.odd(0.1, "{id}", pool.REALMS).format(**spelled),
        "issuer": draw.odd(0.06, "https://sts.windows.net/{id}/", pool.ISSUERS).format(**spelled),
        "domain_names": draw.some([tenant["domain"], own], 0.6),
        "metadata": draw.pick([tenant["id"], tenant["domain"]]),
    }
    endpoint = draw.odd(0.04, draw.pick(pool.ENDPOINTS), pool.ODD_ENDPOINTS)
    found["endpoint"] = endpoint.format(**spelled) if endpoint else endpoint
    if draw.chance(0.03):
        found["enabled"] = False
    if draw.chance(0.05):
        found["application_identifier"] = "0d7b5a1e-0000-4000-8000-000000000042"
    return found


def more(draw: Draw) -> dict[str, Any]:
    """Certificates, policies, people, connectors; each of them mostly as it should be."""
    found: dict[str, Any] = {
        "auth_certificate_days": draw.odd(0.08, 400, (20, 59, -5)),
        "hybrid": not draw.chance(0.1),
        "config": {
            "OAuth2ClientProfileEnabled": draw.chance(0.06),
            "MapiHttpEnabled": not draw.chance(0.06),
        },
        "connectors": draw.odd(0.3, [{"name": "HybridIOC"}], ([], [{"name": "IOC", "enabled": False}])),
        "replication_seconds": draw.odd(0.15, 0, (1, 2)),
    }
    if draw.chance(0.1):
        found["next_certificate"] = True
    if draw.chance(0.1):
        found["authentication_policies"] = [
            {"name": "Block basic", "blocks": draw.some(["Mapi", "WebServices", "Rpc"], 0.5)},
            {"name": "No modern", "blocks_modern": draw.some(["Mapi", "ActiveSync"], 0.2)},
        ]
    if draw.chance(0.1):
        found["mailboxes"] = [
            {"upn": "dave{}@contoso.local", "count": draw.number(1, 1500)},
            {"upn": "alice@contoso.test"},
            {"upn": "erin@contoso.test", "type": "LinkedMailbox"},
        ]
    if draw.chance(0.1):
        found["overrides"] = [
            {"name": "Hybrid app", "component": "Global", "section": "ExchangeOnpremAsThirdPartyAppId",
             "parameters": ["Enabled=true"]}
        ]  # fmt: skip
    return found


def positions(draw: Draw) -> dict[str, str]:
    """The switches of what nobody recorded."""
    drawn = {name: positions for name, positions in SWITCHES.items() if name not in NOT_DRAWN}
    return {name: draw.pick(positions[1:]) for name, positions in drawn.items() if draw.chance(0.2)}
