# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The users of several tenants as one directory: it stays in the process, and only what is counted in it
leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState

from .client import GraphClient
from .errors import GraphError
from .tenant import Tenant


def users_or_reason(tenants: Sequence[Mapping[str, Any]]) -> tuple[dict[str, AccountState] | None, list[Unread]]:
    """The users of all tenants, or why they are not known: a permission that nothing else needs must not cost the
    counts of Exchange."""
    if not tenants:
        return None, []
    try:
        return users_of(tenants), []
    except (GraphError, Refused) as exc:
        return None, [Unread("missing", str(exc))]


def users_of(tenants: Sequence[Mapping[str, Any]]) -> dict[str, AccountState]:
    """Sign-in names, folded, and what the account of that name is, at its best. All tenants, or none."""
    accounts: dict[str, AccountState] = {}
    for tenant in [Tenant.of(options) for options in tenants]:
        for name, state in GraphClient(tenant).users().items():
            accounts[name] = max(state, accounts.get(name, state))
    return accounts
