# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants of a drawn organization: their names, who may read them, and who else holds a name."""

from __future__ import annotations

from typing import Any

from . import pool
from .draw import Draw

_APP = "00000002-0000-0ff1-ce00-000000000000"
_RIGHTS = (
    ["Application.ReadWrite.All", "Domain.Read.All"],
    ["Application.ReadWrite.All"],
    ["Application.ReadWrite.All", "Domain.Read.All", "User.Read.All"],
)
_TOO_LITTLE: tuple[list[str], ...] = (["Application.Read.All"], ["Domain.Read.All"], [])


def tenants(draw: Draw, hosts: list[str]) -> list[dict[str, Any]]:
    """One to three; ``hosts`` are those that clients of the organization use."""
    number = 1 + draw.number(0, 5) // 3
    many = draw.chance(0.05)
    return [_tenant(draw, index, hosts, many=many) for index in range(min(number + many, len(pool.TENANTS)))]


def _tenant(draw: Draw, index: int, hosts: list[str], *, many: bool) -> dict[str, Any]:
    identity, domain, short, own = pool.TENANTS[index]
    client = f"{'abc'[index] * 8}-0000-4000-8000-00000000000{index + 1}"
    signed = draw.chance(0.3)
    way = {"certificate": True} if signed else {"secret": f"sEcr3t~{short}&=%'\"$"}
    rights = list(draw.odd(0.04, draw.pick(_RIGHTS), _TOO_LITTLE))
    return {
        "id": identity, "domain": domain, "inventory_name": short, "use": "certificate" if signed else "secret",
        "applications": [{"client_id": client, "rights": rights, **way}],
        "verified_domains": [domain, own] if draw.chance(0.97) else ["other.test"],
        "service_principals": _principals(draw, index, hosts, many=many),
    }  # fmt: skip


def _principals(draw: Draw, index: int, hosts: list[str], *, many: bool) -> list[dict[str, Any]]:
    names = [_spelled(draw, host) for host in draw.some(hosts, 0.5)]
    names += draw.some(pool.FOREIGN_NAMES, 0.3)
    names += [f"https://app{number}.contoso.test/" for number in range(draw.number(100, 3000) if many else 0)]
    first = {
        "id": f"{'abc'[index] * 8}-1111-4000-8000-000000000001", "app_id": _APP,
        "display_name": "Office 365 Exchange Online", "names": list(dict.fromkeys(names)),
    }  # fmt: skip
    missing = [host for host in hosts if f"https://{host.lower()}/" not in {name.lower() for name in names}]
    if not missing or not draw.chance(0.04):
        return [first]
    holder = {
        "id": f"{'abc'[index] * 8}-2222-4000-8000-000000000002",
        "app_id": f"{'abc'[index] * 8}-3333-4000-8000-000000000003",
        "display_name": "An application of somebody's", "names": [f"https://{missing[0].lower()}/"],
    }  # fmt: skip
    return [first, holder]


def _spelled(draw: Draw, host: str) -> str:
    """As the Hybrid Configuration Wizard writes a name, or as people do."""
    form = draw.odd(0.25, "https://{}/", ("https://{}", "http://{}/", "HTTPS://{}/", "https://{}:443/"))
    return form.format(host.title() if draw.chance(0.1) else host.lower())
