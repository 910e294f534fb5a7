# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of trust: the tenants as the inventory has them, and the AuthServer objects Exchange has for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base import values
from ..base.command import PowerShell, Setting, look
from ..base.comparison import fold, has
from ..exchange import authserver, trusted
from ..exchange.hybrid import WIZARD_UPLOADS
from ..exchange.versions import has_domain_name
from . import tenant_ids
from .application import OVERWRITES
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, READ_ORGANIZATION

_ENABLE: Final = "Run enable_hma, which sets it."
_LOOK: Final = look(
    "Get-AuthServer", "Format-List", "Name", "Type", "Realm", "IssuerIdentifier", "AuthMetadataUrl", "Enabled"
)
_NAMELESS: Final = (
    "Look at its AuthMetadataUrl. Where that is a tenant's of the inventory, Set-AuthServer -RefreshAuthMetadata reads "
    "it anew; disable the object once every tenant has one of its own (HMA-AUTH-001)."
)
_NEWER: Final = (
    "Give a server of 2016 CU18, 2019 CU7, Subscription Edition or newer a host of its own in the inventory (one "
    "without hma_server), then run this again."
)


def authserver_present(inputs: Inputs) -> list[Finding]:
    """By type and realm, exactly one, enabled."""
    return [_mistaken(inputs, tenant) or _present(inputs.trust, tenant) for tenant in inputs.tenants]


def _mistaken(inputs: Inputs, tenant: TenantEntry) -> Finding | None:
    """An id that is wrong is corrected; the wizard would make an object for a tenant that nobody meant."""
    found = tenant_ids.meant(inputs.trust, tenant, inputs.tenants)
    if found is None:
        return None
    right, why = found
    message = f"hma_tenant_id is {tenant.tenant_id}, which no AuthServer has as its realm; {why}."
    return AUTHSERVER_PRESENT.failed(
        tenant.host, message, f"Correct hma_tenant_id of host {tenant.host}.",
        expected=f"one enabled AuthServer of Type AzureAD with realm {tenant.tenant_id}", actual="none",
        tenant=tenant.host, commands=(Setting("hma_tenant_id", right),),
    )  # fmt: skip


AUTHSERVER_PRESENT: Final = Check(
    "HMA-AUTH-001", "One enabled EvoSTS AuthServer per tenant", "high", "tenant", gate=True,
    why="It is how Exchange trusts the tenant's tokens. Missing or disabled, no token is accepted; twice, or with the "
        "realm of one tenant and the issuer of another, nobody knows which one is used.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, by Type AzureAD and by Realm or issuer in any spelling, never by name.",
    remedy=f"Missing: run the Hybrid Configuration Wizard for the tenant. {WIZARD_UPLOADS} Twice: keep one. Disabled: "
        f"Set-AuthServer -Enabled $true.", source=ARTICLE,
)  # fmt: skip


def _present(servers: Sequence[authserver.AuthServer], tenant: TenantEntry) -> Finding:
    check, host = AUTHSERVER_PRESENT, tenant.host
    expected = f"one enabled AuthServer of Type AzureAD with realm {tenant.tenant_id}"
    matches = trusted.trusting(servers, tenant.tenant_id)
    if len(matches) != 1:
        return _none_or_several(servers, tenant, matches, expected)
    (found,) = matches
    shown = f"'{found.name}', {'enabled' if found.enabled else 'disabled'}"
    if contradiction := trusted.why_contradictory(found):
        return check.failed(
            host, contradiction, trusted.MEND_CONTRADICTION, expected=expected,
            actual=f"realm {found.realm}, issuer {found.issuer}", tenant=host, commands=(_LOOK,),
        )  # fmt: skip
    fix, enable = (
        "Find out why it is disabled, then enable it.",
        (PowerShell("Set-AuthServer", {"Enabled": True}, (found.name,)),),
    )
    message = f"AuthServer '{found.name}' is disabled."
    return check.judge(
        host, bool(found.enabled), message, fix, expected=expected, actual=shown, tenant=host, commands=enable
    )


def _none_or_several(
    servers: Sequence[authserver.AuthServer],
    tenant: TenantEntry,
    matches: Sequence[authserver.AuthServer],
    expected: str,
) -> Finding:
    check, host, wanted = AUTHSERVER_PRESENT, tenant.host, tenant.tenant_id
    if matches:
        message, compare = trusted.why_several(matches, wanted), (look("Get-AuthServer", "Format-List"),)
        names = ", ".join(item.name for item in matches)
        return check.failed(
            host, message, trusted.keep_one(matches), expected=expected, actual=names, tenant=host, commands=compare
        )
    if tenant.error:
        # Known neither to Entra nor to Exchange: it is the id that is wrong, and that is said once.
        said = "HMA-TEN-003" if values.is_guid(wanted) else "HMA-TEN-001"
        return check.not_applicable(
            host, f"no AuthServer has this realm, and the tenant could not be read: {said} says why.", tenant=host
        )
    message, fix = trusted.why_none(servers, wanted), trusted.how_to_make(servers, wanted)
    return check.failed(host, message, fix, expected=expected, actual="none", tenant=host)


TENANTS_KNOWN: Final = Check(
    "HMA-AUTH-009", "Every tenant that Exchange trusts is in the inventory", "medium", "organization", on_bad="warn",
    why="Exchange takes tokens of every tenant that has an enabled AuthServer. A tenant that no run knows gets no "
        "names, so its people cannot sign in; one that is not yours any more is trusted all the same.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, the enabled ones of Type AzureAD, against hma_tenant_id of every host.",
    remedy="Add the tenant to entra_tenants, or disable the AuthServer: Set-AuthServer '<name>' -Enabled $false.",
    source=ARTICLE,
)  # fmt: skip


def unknown_tenants(inputs: Inputs) -> list[Finding]:
    """The enabled objects whose tenant no host of the inventory has."""
    known = {fold(tenant.tenant_id) for tenant in inputs.tenants}
    enabled = [item for item in inputs.trust if item.is_azure_ad and item.enabled]
    strangers = [item for item in enabled if known.isdisjoint(item.tenant_ids)]
    return [_stranger(item, known) for item in strangers] or [
        TENANTS_KNOWN.passed(inputs.name, expected="a host of the inventory for each", actual=f"{len(enabled)} trusted")
    ]


def _stranger(server: authserver.AuthServer, known: set[str]) -> Finding:
    check, described = TENANTS_KNOWN, authserver.described(server)
    expected, disable = "a tenant of the inventory", (PowerShell("Set-AuthServer", {"Enabled": False}, (server.name,)),)
    if not server.tenant_ids:
        message = f"AuthServer {described} names no tenant: neither its Realm nor its issuer has a tenant's id."
        return check.failed(
            server.name, message, _NAMELESS, expected=expected, actual="no tenant id", commands=(_LOOK,)
        )
    message = (
        f"AuthServer {described} is of a tenant that no host of the inventory has "
        f"(hma_tenant_id: {', '.join(sorted(known)) or 'none'})."
    )
    # While clients are sent to it, disabling it would cut them off.
    first = "make another one the default endpoint first, then " if server.default else ""
    fix = f"Add the tenant to entra_tenants; where it is not yours any more, {first}disable the AuthServer."
    return check.failed(
        server.name, message, fix, expected=expected, actual=", ".join(server.tenant_ids),
        commands=() if server.default else disable,
    )  # fmt: skip


def domain_registered(inputs: Inputs) -> list[Finding]:
    """The tenant's domain is on the object: Exchange finds a user's tenant by it. That there is one is a check of its
    own."""
    return [_known(inputs, tenant) for tenant in inputs.tenants]


DOMAIN_REGISTERED: Final = Check(
    "HMA-AUTH-003", "The AuthServer of every tenant knows its domain", "high", "tenant", gate=True,
    why="With several tenants Exchange finds the tenant of a user by DomainName; without the domain the lookup fails.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, DomainName.",
    remedy="ansible-playbook hybrid.exchange.enable_hma (step 4 merges the domain). Where the domain was there before, "
        "ConfigureExchangeHybridApplication.ps1 was most likely run: it overwrites DomainName. Run enable_hma after "
        "it.",
    source=ARTICLE,
)  # fmt: skip


def _known(inputs: Inputs, tenant: TenantEntry) -> Finding:
    check, host, domain = DOMAIN_REGISTERED, tenant.host, tenant.tenant_domain
    matches = trusted.trusting(inputs.trust, tenant.tenant_id)
    if len(matches) != 1 or not matches[0].enabled:
        return check.not_applicable(host, "HMA-AUTH-001 says why.", tenant=host)
    (found,) = matches
    actual = ", ".join(found.domain_names) or "no domain"
    if authserver.merged(found.domain_names, [domain]):
        return check.passed(host, expected=domain, actual=actual, tenant=host)
    if not _needs_domain_name(inputs):
        return check.passed(
            host, "no server of this organization has DomainName, and there is one tenant.", tenant=host
        )
    if has(tenant.predicted_domains, domain):
        return check.predicted(host, f"{domain}: {PREDICTED}", expected=domain, actual=actual, tenant=host)
    message, enable = f"AuthServer '{found.name}' does not know {domain}.", (inputs.playbook("enable_hma"),)
    if found.application_identifier:
        message += f" {OVERWRITES}"
    if too_old := _too_old(inputs):
        return check.failed(host, f"{message} {too_old}", _NEWER, expected=domain, actual=actual, tenant=host)
    return check.failed(host, message, _ENABLE, expected=domain, actual=actual, tenant=host, commands=enable)


def _needs_domain_name(inputs: Inputs) -> bool:
    """An organization of old servers alone has no DomainName, and needs none with one tenant. With several there is
    nothing else to tell them apart by."""
    return len(inputs.tenants) > 1 or any(has_domain_name(item.build) for item in inputs.judged_clients)


def _too_old(inputs: Inputs) -> str:
    """Why step 4 cannot write a domain: the server that it would use is the newest one with a host of its own."""
    build = inputs.writer_build
    if build is None or has_domain_name(build):
        return ""
    return (
        f"Step 4 cannot add it: organization-wide writes go to host {inputs.writer}, {build.label}, whose "
        f"Set-AuthServer lacks DomainName (it came with 2016 CU18 and 2019 CU7)."
    )


def domain_writable(inputs: Inputs) -> list[Finding]:
    """Before anything is written: the domains that step 4 would have to add and cannot."""
    known = domain_registered(inputs) if _too_old(inputs) else []
    return [item for item in known if item.status == "fail"]


CHECKS: Final = (
    AUTHSERVER_PRESENT,
    DOMAIN_REGISTERED,
    TENANTS_KNOWN,
)
