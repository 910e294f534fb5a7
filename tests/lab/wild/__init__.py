# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations as uneven as those of the field, drawn by a seed: python -m tests.lab wild SEED."""

from __future__ import annotations

import re
from random import Random
from typing import Any
from urllib.parse import urlsplit

from ..product import variables_of_scenario
from . import organization, pool, servers, tenants
from .draw import Draw

_USERS = [
    {"name": "CONTOSO\\hma", "password": 'Pa$$w0rd\'s "secret"'},
    {"name": "localadmin", "password": 'l0c4l "admin"'},
]
# Faults that come and go; a run has to get through them, or to say which one stopped it.
_FAULTS: tuple[dict[str, Any], ...] = (
    {"at": "output", "action": "noise"},
    {"at": "wsman", "name": "Receive", "action": "timeout", "count": 1},
    {"at": "graph", "method": "GET", "status": 429, "retry_after": 1, "count": 1},
    {"at": "graph", "method": "PATCH", "status": 503, "retry_after": 1, "count": 1},
    {"at": "graph", "method": "PATCH", "status": 504, "apply_first": True, "count": 1},
    {"at": "cmdlet", "action": "slow", "name": "Set-OabVirtualDirectory", "seconds": 2, "count": 1},
    {"at": "cmdlet", "action": "die_after", "name": "Set-MapiVirtualDirectory", "count": 1},
    {"at": "cmdlet", "action": "error", "name": "Set-OrganizationConfig", "message": "No.", "count": 1},
    {"at": "wsman", "name": "Create", "action": "busy", "count": 1},
)


def scenario(source: Random) -> dict[str, Any]:
    """A whole scenario, as a file has it."""
    draw = Draw(source)
    controllers = [f"dc{number}.corp.contoso.test" for number in range(1, 2 + draw.number(0, 2))]
    members = servers.servers(draw, controllers)
    for member in members:
        if "through" in member:
            member["through"] = members[0]["name"]
    drawn = tenants.tenants(draw, hosts_of(members))
    trust = organization.auth_servers(draw, drawn)
    odd = servers.odd_objects(draw, members[0]["name"])
    found: dict[str, Any] = {
        "about": "Drawn.",
        "connection": draw.odd(0.5, "ntlm", pool.WAYS),
        "organizations": [
            {
                "name": draw.odd(0.05, "Contoso", ("Con'toso {{ z }}", "Contoso $(x)")),
                "domain": draw.odd(0.1, pool.DOMAINS[0], pool.DOMAINS),
                "domain_controllers": controllers,
                "accepted_domains": ["contoso.test", "fabrikam.test", *draw.some(["*", "*.contoso.test"], 0.1)],
                "users": [dict(user) for user in _USERS],
                "servers": members,
                "auth_servers": trust,
                "odd": odd,
                "assumptions": organization.positions(draw),
                **organization.more(draw),
            }
        ],
        "tenants": drawn,
        "faults": [dict(fault) for fault in draw.some(_FAULTS, 0.03)],
    }
    if draw.chance(0.05):
        found["latency"] = {"shell": 0.2, "cmdlet": 0.02, "set": 0.1, "graph": 0.05}
    found["vars"] = variables_of_scenario(_wanted(draw, found))
    return found


def hosts_of(members: list[dict[str, Any]]) -> list[str]:
    """The hosts of a fleet's client URLs."""
    given = [member.get(key) for member in members for key in ("internal", "external", "scp")]
    given += [own.get(key) for member in members for own in member.get("directories", {}).values()
              for key in ("internal", "external")]  # fmt: skip
    hosts = {urlsplit(item if "://" in item else f"https://{item}").hostname or "" for item in given if item}
    return sorted(host for host in hosts if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host))


def _wanted(draw: Draw, found: dict[str, Any]) -> dict[str, Any]:
    """What its administrator decided, as far as a careful one would know."""
    first = found["organizations"][0]
    wanted: dict[str, Any] = {"excluded": []}
    if len(found["tenants"]) > 1 and draw.chance(0.95):
        wanted["default_tenant"] = draw.pick(found["tenants"])["domain"]
    default = next((item["name"] for item in first["auth_servers"] if item.get("default")), None)
    if default is not None and draw.chance(0.94):
        wanted["replaced"] = default
    left = [member for member in first["servers"] if member.get("power") == "off"]
    names = [member["name"] for member in left] + [
        item["name"].partition("\\")[0] for item in first["odd"] if item["name"].startswith(("EX7", "OLD"))
    ]
    for member in left if draw.chance(0.85) else []:
        # A server that is excluded is in no inventory.
        member.pop("inventory_name", None)
    wanted["excluded"] = names if draw.chance(0.9) else []
    if draw.chance(0.3):
        wanted["mapi_default"] = True
    return wanted


def of_seed(seed: int) -> dict[str, Any]:
    """The scenario of a seed: always the same."""
    return {**scenario(Random(seed)), "about": f"Drawn by seed {seed}."}  # noqa: S311 - nothing secret is drawn
