# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the tenants as Entra has them: each can be signed in to and read, and has the domain it is
given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ..base import values
from ..base.command import Setting
from ..base.comparison import fold, has
from ..entra.domains import is_domain
from ..entra.permissions import WRITE_NAMES
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, GRAPH

_GRANT: Final = (
    "Grant Application.ReadWrite.All as an application permission, with admin consent; or let the team that owns Entra "
    "register the names, with a script that this run writes."
)
_LOOK_AT_PERMISSIONS: Final = (
    "Look at the application's API permissions in the Entra admin center: it takes Application.ReadWrite.All."
)
_SIGN_IN: Final = "Mend what the message says; then run this again."


def readable(inputs: Inputs) -> list[Finding]:
    """A gate: whoever writes to one tenant must be able to write to, and to verify, every one."""
    return [_readable(tenant) for tenant in inputs.tenants]


TENANT_READ: Final = Check(
    "HMA-TEN-003", "Every tenant can be signed in to and read", "high", "tenant", gate=True,
    why="A run that finds out in the middle has changed one tenant, or the servers, and leaves the rest undone.",
    read="The sign-in that the inventory describes, then Graph, service principal of Exchange Online "
        "(Application.Read.All).",
    remedy="The message names the tenant and the reason: a wrong or expired secret, a certificate file, an id, a "
        "permission.", source=GRAPH,
)  # fmt: skip


def _readable(tenant: TenantEntry) -> Finding:
    check, host, error = TENANT_READ, tenant.host, tenant.error
    if error and not values.is_guid(tenant.tenant_id):
        return check.not_applicable(host, "HMA-TEN-001 says why.", tenant=host)
    if error or tenant.names is None:
        return check.unread(
            host,
            error or "the tenant was not read.",
            _SIGN_IN,
            expected="a tenant that is read",
            actual="unread",
            tenant=host,
        )
    return check.passed(host, expected="a tenant that is read", actual=f"{len(tenant.names)} names", tenant=host)


NAMES_WRITABLE: Final = Check(
    "HMA-TEN-005", "The application may register the names that are missing", "high", "tenant", gate=True,
    why="Graph refuses the write in step 2 otherwise, after other tenants have been written to.",
    read="The permissions in the access token (roles, scp), and the owners of the service principal where the token "
        "has Application.ReadWrite.OwnedBy. A token that cannot be read is not checked.",
    remedy="Grant Application.ReadWrite.All with admin consent, or set hma_spn_mode: handoff or verify.",
    source=f"{GRAPH}/serviceprincipal-update",
)  # fmt: skip


def writable(inputs: Inputs) -> list[Finding]:
    """A gate: asked only where this run is to write. A read-only application passes where no name is missing."""
    return [_writable(tenant) for tenant in inputs.tenants]


def _writable(tenant: TenantEntry) -> Finding:
    check, host, access = NAMES_WRITABLE, tenant.host, tenant.access
    if tenant.error or tenant.missing is None:
        return check.not_applicable(host, "HMA-TEN-003 says why the tenant was not read.", tenant=host)
    if tenant.spn_mode != "apply" or not tenant.missing:
        reason = f"hma_spn_mode is {tenant.spn_mode}." if tenant.missing else "no name is missing."
        return check.not_applicable(host, f"Nothing is to be written: {reason}", tenant=host)
    if access is None or access.may_write is None:
        reason = "what the application may do cannot be read from its token; Graph decides when it is tried."
        # Whoever cannot be asked is not refused: the write itself will tell.
        return replace(check.unread(host, reason, _LOOK_AT_PERMISSIONS, tenant=host), gate=False)
    least = WRITE_NAMES.least
    if access.may_write:
        return check.passed(host, expected=least, actual=", ".join(access.permissions or ()), tenant=host)
    lacking = "1 name is" if len(tenant.missing) == 1 else f"{len(tenant.missing)} names are"
    message = f"{lacking} missing, and {access.why_not}"
    return check.failed(
        host, message, _GRANT, expected=least, actual=", ".join(access.permissions or ()) or "no permission",
        tenant=host, commands=(Setting("hma_spn_mode", "handoff"),),
    )  # fmt: skip


PRINCIPAL_ENABLED: Final = Check(
    "HMA-TEN-006", "The service principal of Exchange Online is enabled", "high", "tenant", gate=True,
    why="Entra issues no token for a service principal that is disabled (AADSTS500014): nobody could sign in.",
    read="Graph, accountEnabled of the service principal of Exchange Online (Application.Read.All).",
    remedy="Enable it: Update-MgServicePrincipal -AccountEnabled.", source=f"{GRAPH}/resources/serviceprincipal",
)  # fmt: skip


def enabled(inputs: Inputs) -> list[Finding]:
    """A gate: a service principal that somebody switched off."""
    return [_enabled(tenant) for tenant in inputs.tenants]


def _enabled(tenant: TenantEntry) -> Finding:
    check, host = PRINCIPAL_ENABLED, tenant.host
    if tenant.error or tenant.enabled is None:
        reason = "HMA-TEN-003 says why the tenant was not read." if tenant.error else "Graph did not say."
        return check.not_applicable(host, reason, tenant=host)
    message = (
        "Office 365 Exchange Online is disabled in this tenant (accountEnabled: false), so that Entra issues no token "
        "for it (AADSTS500014)."
    )
    fix = (
        "Find out who disabled it and why; then enable it (Entra admin center, Enterprise applications, Office 365 "
        "Exchange Online, Properties, Enabled for users to sign-in)."
    )
    actual = "enabled" if tenant.enabled else "disabled"
    return check.judge(host, tenant.enabled, message, fix, expected="enabled", actual=actual, tenant=host)


TENANTS_DISTINCT: Final = Check(
    "HMA-TEN-001", "The tenants are told apart and lie in one cloud", "high", "organization", gate=True,
    why="Several tenants are supported, several clouds are not; a tenant without id or domain cannot be told from "
        "another.",
    read="The inventory: hma_tenant_id, hma_tenant_domain, hma_cloud.", remedy="Correct the inventory.", source=ARTICLE,
)  # fmt: skip


def identified(inputs: Inputs) -> list[Finding]:
    """The part of HMA-TEN-001 that holds for a tenant by itself: there is an id to sign in with."""
    check, fix = TENANTS_DISTINCT, "Set hma_tenant_id to the tenant's id (a GUID)."
    wrong = [tenant for tenant in inputs.tenants if not values.is_guid(tenant.tenant_id)]
    return [
        check.failed(item.host, f"hma_tenant_id is {values.shown(item.tenant_id)}.", fix, tenant=item.host)
        for item in wrong
    ]


def domains(inputs: Inputs) -> list[Finding]:
    """A gate: the domain goes to the tenant's AuthServer, and on it depends where people are sent."""
    return [_domain(tenant) for tenant in inputs.tenants]


DOMAIN_VERIFIED: Final = Check(
    "HMA-TEN-004", "The domain given for a tenant is one of its verified domains", "high", "tenant", gate=True,
    why="It is put on the AuthServer object of the tenant, and Exchange finds a user's tenant by it: another tenant's "
        "domain sends people there.",
    read="Graph, domains (Domain.Read.All), against hma_tenant_domain. Where they cannot be read the question does "
        "not arise.",
    remedy="Set hma_tenant_domain to a verified domain of the tenant.", source=GRAPH,
)  # fmt: skip


def _domain(tenant: TenantEntry) -> Finding:
    check, host, domain = DOMAIN_VERIFIED, tenant.host, tenant.tenant_domain
    verified = tenant.verified_domains
    if verified is None:
        return check.not_applicable(
            host, "the verified domains of the tenant were not read: HMA-ID-004 says why.", tenant=host
        )
    if not is_domain(domain):
        return check.not_applicable(host, "HMA-TEN-001 says why.", tenant=host)
    actual = ", ".join(sorted(verified)) or "none"
    message = (
        f"hma_tenant_domain is {values.shown(domain)}, which is no verified domain of tenant {tenant.tenant_id}. "
        f"It has: {actual}."
    )
    fix = (
        "Set hma_tenant_domain to a verified domain of this tenant; with several tenants, look whether two are "
        "exchanged."
    )
    return check.judge(
        host, has(verified, domain), message[:1000], fix, expected=domain, actual=actual[:500], tenant=host
    )


def tenants(inputs: Inputs) -> list[Finding]:
    """Told apart, and in one cloud."""
    check = TENANTS_DISTINCT
    if not inputs.tenants:
        return [
            check.failed("entra_tenants", "the inventory names no tenant.", "Add a host per Entra tenant to the group.")
        ]
    clouds = sorted({item.cloud for item in inputs.tenants})
    fix = "Run them as separate organizations; Microsoft does not support a mix."
    message = f"clouds are mixed: {', '.join(clouds)}."
    findings = [
        check.judge("entra_tenants", len(clouds) == 1, message, fix, expected="one cloud", actual=", ".join(clouds))
    ]
    for tenant in inputs.tenants:
        host = tenant.host
        fix = (
            "Set hma_tenant_id to the tenant's id (a GUID) and hma_tenant_domain to its domain, as "
            "contoso.onmicrosoft.com."
        )
        if not values.is_guid(tenant.tenant_id):
            findings.append(check.failed(host, f"hma_tenant_id is {values.shown(tenant.tenant_id)}.", fix, tenant=host))
        if not is_domain(tenant.tenant_domain):
            findings.append(
                check.failed(host, f"hma_tenant_domain is {values.shown(tenant.tenant_domain)}.", fix, tenant=host)
            )
    return [*findings, *distinct(inputs), _default_named(inputs)]


def distinct(inputs: Inputs) -> list[Finding]:
    """No two hosts are one tenant, and no two tenants have one domain: what is wanted of one would be done to the
    other."""
    check = TENANTS_DISTINCT
    keep = "Keep one host per tenant, or correct hma_tenant_id."
    ids = [
        check.failed(twin, f"hosts {', '.join(hosts)} of the inventory are this one tenant.", keep, actual=twin)
        for twin, hosts in _shared_by(inputs, lambda tenant: tenant.tenant_id).items()
    ]
    fix = "Set hma_tenant_domain of each to a domain of its own tenant, as contoso.onmicrosoft.com."
    message = "tenants {} have this one hma_tenant_domain: Exchange finds the tenant of a user by it."
    domains = [
        check.failed(twin, message.format(", ".join(hosts)), fix, actual=twin)
        for twin, hosts in _shared_by(inputs, lambda tenant: tenant.tenant_domain).items()
    ]
    return ids + domains


def _shared_by(inputs: Inputs, of: Callable[[TenantEntry], str]) -> dict[str, list[str]]:
    """Values that several hosts of the tenants' group have, with these hosts."""
    found: dict[str, list[str]] = {}
    for item in inputs.tenants:
        if value := of(item):
            found.setdefault(fold(value), []).append(item.host)
    return {value: hosts for value, hosts in sorted(found.items()) if len(hosts) > 1}


DEFAULT_TENANT_NAMED: Final = Check(
    "HMA-TEN-002", "The tenant whose sign-in page clients get is named", "high", "organization", gate=True,
    why="Only one AuthServer can be the default; with several tenants somebody has to say whose.",
    read="The inventory: hma_default_tenant.",
    remedy="Set hma_default_tenant to the tenant id, domain or inventory name.", source=ARTICLE,
)  # fmt: skip


def _default_named(inputs: Inputs) -> Finding:
    given = inputs.settings.default_tenant or "not set"
    message = (
        f"{len(inputs.tenants)} tenants and hma_default_tenant is {given}: one of them has to be the default "
        f"authorization endpoint."
    )
    fix = (
        "Set hma_default_tenant to the tenant id (or domain, or inventory name) of the one whose endpoint clients get."
    )
    return DEFAULT_TENANT_NAMED.judge(
        "hma_default_tenant", inputs.default is not None, message, fix, expected="one of the tenants", actual=given
    )


CHECKS: Final = (
    TENANT_READ, NAMES_WRITABLE, PRINCIPAL_ENABLED, TENANTS_DISTINCT, DOMAIN_VERIFIED, DEFAULT_TENANT_NAMED,
)  # fmt: skip
