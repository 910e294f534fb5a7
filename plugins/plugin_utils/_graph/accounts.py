# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Single accounts of several tenants, by their sign-in names; takes User.Read.All."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import Account

from .client import GraphClient
from .session import nothing
from .tenant import Tenant

_SELECT: Final = "userPrincipalName,accountEnabled,onPremisesSyncEnabled,onPremisesSecurityIdentifier"


def accounts_of(
    tenants: Sequence[Mapping[str, Any]], names: Sequence[str], before_request: Callable[[], None] = nothing
) -> list[Account]:
    """The accounts of these names, in whichever tenant they are; GraphError where a tenant does not say."""
    accounts = []
    for tenant in [Tenant.of(options) for options in tenants]:
        client = GraphClient(tenant, before_request=before_request)
        for name in names:
            user = client.object_or_nothing(f"users/{quote(name, safe='@')}", _SELECT)
            if user is not None:
                accounts.append(_account(tenant, name, user))
    return accounts


def _account(tenant: Tenant, name: str, user: Mapping[str, Any]) -> Account:
    """Null, not false, is what Graph shows of an account that was never synchronized."""
    sid = user.get("onPremisesSecurityIdentifier")
    return Account(
        sign_in_name=name,
        tenant=tenant.tenant_id,
        enabled=user.get("accountEnabled") is True,
        synchronized=user.get("onPremisesSyncEnabled") is True,
        sid=sid if isinstance(sid, str) and sid else None,
    )
