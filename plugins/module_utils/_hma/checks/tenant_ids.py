# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A tenant id that is wrong, told from a tenant that the Hybrid Configuration Wizard never saw: Exchange
trusts another tenant by this very domain, or by an id that differs in a letter or two."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from ..base.comparison import fold, has
from ..exchange.authserver import AuthServer
from .inventory import TenantEntry

# 36 letters of which two are wrong are 0.94 alike; ids of two tenants are less than 0.7 alike.
_ALIKE = 0.9


def meant(servers: Sequence[AuthServer], tenant: TenantEntry, tenants: Iterable[TenantEntry]) -> tuple[str, str] | None:
    """The id that was most likely meant, and why; None where nothing says that ``tenant`` has a wrong one."""
    trusted = [item for item in servers if item.is_azure_ad and item.tenant_id]
    wanted = fold(tenant.tenant_id)
    if tenant.error or any(wanted in item.tenant_ids for item in trusted):
        return None
    taken = {fold(item.tenant_id) for item in tenants}
    free = {item.tenant_id: item for item in trusted if item.tenant_id and item.tenant_id not in taken}
    for found, server in free.items():
        if has(server.domain_names, tenant.tenant_domain):
            return found, f"AuthServer '{server.name}' of tenant {found} has its domain {tenant.tenant_domain}"
    alike = difflib.get_close_matches(wanted, list(free), 1, _ALIKE)
    return (alike[0], f"AuthServer '{free[alike[0]].name}' is of tenant {alike[0]}") if alike else None
