# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is new, or not there any more, between a folder's inventory and the organization as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..base.comparison import fold
from ..base.facts import Facts
from .fleet import Fleet

_TENANT: Final = "tenant"


@dataclass(frozen=True)
class Known(Facts):
    """What an inventory has: the names of its servers, and the ids of its tenants by their hosts.

    ``elsewhere`` are the names of hosts in none of the two groups, and the ids of those of them that are tenants.
    """

    servers: tuple[str, ...]
    tenants: Mapping[str, str]
    elsewhere: tuple[str, ...] = ()
    tenants_elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class FleetChange(Facts):
    """Names of servers and of tenants. An inventory may call a server by hma_server, or a tenant by another name."""

    new_servers: tuple[str, ...]
    gone_servers: tuple[str, ...]
    new_tenants: tuple[str, ...]
    gone_tenants: tuple[str, ...]
    # Servers that the inventory has in a group that somebody made, where no playbook looks for them.
    elsewhere: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        return any((self.new_servers, self.gone_servers, self.new_tenants, self.gone_tenants))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs, a sentence for each kind; none where nothing does."""
        parts = (
            ("New in the organization", self.new_servers),
            ("Not in the organization any more", self.gone_servers),
            ("New tenants", self.new_tenants),
            ("Tenants that no AuthServer trusts any more", self.gone_tenants),
            ("In the inventory, but in no group below exchange_servers", self.elsewhere),
        )
        return tuple(f"{what}: {', '.join(names)}." for what, names in parts if names)


def fleet_change(known: Known, fleet: Fleet) -> FleetChange:
    """Names compare as the directory compares them. A tenant whose AuthServer names no domain is not asked for yet."""
    servers = {fold(server.fqdn): server.fqdn for server in fleet.servers}
    short = {fold(server.name) for server in fleet.servers}
    own, others = ({fold(name) for name in names} for names in (known.servers, known.elsewhere))
    tenants = {fold(tenant.tenant_id): tenant.host for tenant in fleet.tenants}
    ids = {fold(tenant_id) for tenant_id in (*known.tenants.values(), *known.tenants_elsewhere)}
    missing = _without(servers, own)
    new = _without({fold(name): name for name in missing}, others)
    return FleetChange(
        new_servers=new,
        gone_servers=tuple(name for name in known.servers if fold(name) not in {*servers, *short}),
        new_tenants=tuple(
            tenant.host for tenant in fleet.tenants if tenant.domain and fold(tenant.tenant_id) not in ids
        ),
        elsewhere=tuple(name for name in missing if name not in new),
        gone_tenants=tuple(host for host, tenant_id in known.tenants.items() if fold(tenant_id) not in tenants),
    )


def _without(names: Mapping[str, str], known: Iterable[str]) -> tuple[str, ...]:
    """Those that are not known, by their full name or its first part."""
    wanted = set(known)
    return tuple(
        name for folded, name in names.items() if folded not in wanted and folded.partition(".")[0] not in wanted
    )


def lines(servers: Iterable[str], tenants: Iterable[str]) -> list[str]:
    """An inventory in lines that a diff compares."""
    return [*sorted(servers), *(f"{_TENANT} {host}" for host in sorted(tenants))]
