# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the tenants as Entra has them: each can be signed in to and read, and has the domain it is given."""

from __future__ import annotations

from typing import Final

from . import values
from .case import Case, Entry
from .checks import CHECKS
from .comparison import has
from .finding import Finding

_SIGN_IN: Final = "Make the sign-in work, as the message says; then run this again."


def readable(case: Case) -> list[Finding]:
    """A gate: whoever writes to one tenant must be able to write to, and to verify, every one."""
    return [_readable(tenant) for tenant in case.tenants]


def _readable(tenant: Entry) -> Finding:
    check, host, error = CHECKS["HMA-TEN-003"], str(tenant["host"]), tenant.get("error")
    if error and not values.is_guid(str(tenant["tenant_id"])):
        return check.without_meaning(host, "HMA-TEN-001 says why.", tenant=host)
    if error or tenant.get("names") is None:
        return check.unread(host, str(error or "the tenant was not read."), _SIGN_IN, expected="a tenant that is read", actual="unread", tenant=host)
    return check.ok(host, expected="a tenant that is read", actual=f"{len(tenant['names'])} names", tenant=host)


def identified(case: Case) -> list[Finding]:
    """The part of HMA-TEN-001 that holds for a tenant by itself: there is an id to sign in with."""
    check, fix = CHECKS["HMA-TEN-001"], "Set hma_tenant_id to the tenant's id (a GUID)."
    wrong = [tenant for tenant in case.tenants if not values.is_guid(str(tenant["tenant_id"]))]
    return [check.bad(str(item["host"]), f"hma_tenant_id is {values.shown(item['tenant_id'])}.", fix, tenant=str(item["host"])) for item in wrong]


def domains(case: Case) -> list[Finding]:
    """A gate: the domain goes to the tenant's AuthServer, and on it depends where people are sent."""
    return [_domain(tenant) for tenant in case.tenants]


def _domain(tenant: Entry) -> Finding:
    check, host, domain = CHECKS["HMA-TEN-004"], str(tenant["host"]), str(tenant["tenant_domain"])
    verified = tenant.get("verified_domains")
    if verified is None:
        return check.without_meaning(host, "the verified domains of the tenant were not read: HMA-ID-004 says why.", tenant=host)
    if "." not in domain:
        return check.without_meaning(host, "HMA-TEN-001 says why.", tenant=host)
    actual = ", ".join(sorted(verified)) or "none"
    message = f"hma_tenant_domain is {values.shown(domain)}, which is no verified domain of tenant {tenant['tenant_id']}. It has: {actual}."
    fix = "Set hma_tenant_domain to a verified domain of this tenant; with several tenants, look whether two are exchanged."
    return check.judge(host, has(verified, domain), message[:1000], fix, expected=domain, actual=actual[:500], tenant=host)
