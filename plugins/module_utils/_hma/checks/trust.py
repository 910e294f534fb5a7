# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of trust: the tenants as the inventory has them, and the AuthServer objects Exchange has for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ..base import values
from ..base.command import Command, PowerShell, Setting, look
from ..base.comparison import fold, has
from ..exchange import authserver
from ..exchange.hybrid import WIZARD_UPLOADS
from ..exchange.versions import has_domain_name
from . import tenant_ids
from .application import OVERWRITES
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, NOT_STATED, READ_ORGANIZATION

_ENABLE: Final = "Run enable_hma, which sets it."
_NEWER: Final = (
    "Give a server of 2016 CU18, 2019 CU7, Subscription Edition or newer a host of its own in the inventory (one "
    "without hma_server), then run this again."
)


DOMAIN_ON_ONE_AUTHSERVER: Final = Check(
    "HMA-AUTH-007", "A domain is on one AuthServer", "high", "organization", gate=True,
    why="Exchange finds the tenant of a user by DomainName. With a domain on two objects it is not known which "
        "tenant's tokens it accepts.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, DomainName of the enabled ones of Type AzureAD, against "
        f"hma_tenant_domain of every tenant.",
    remedy="Take the domain off the AuthServer whose tenant has not verified it: Set-AuthServer '<name>' -DomainName "
        "<the others>.", source=NOT_STATED,
)  # fmt: skip


def shared(inputs: Inputs) -> list[Finding]:
    """A domain that two enabled AuthServer objects have, or would have after step 4; one finding per domain."""
    holders: dict[str, dict[str, str]] = {}
    for server in (item for item in inputs.trust if item.is_azure_ad and item.enabled):
        for domain in server.domain_names:
            holders.setdefault(fold(domain), {})[server.tenant_id or server.name] = f"AuthServer '{server.name}'"
    wanted = {fold(item.tenant_domain) for item in inputs.tenants}
    for tenant in inputs.tenants:
        name = f"host {tenant.host} (hma_tenant_domain; step 4 would add it)"
        # A tenant that could not be read stops the run by itself, and what it would add says nothing.
        if tenant.tenant_domain and not tenant.error:
            holders.setdefault(fold(tenant.tenant_domain), {}).setdefault(fold(tenant.tenant_id), name)
    twins = {domain: found for domain, found in sorted(holders.items()) if len(found) > 1}
    expected = ", ".join(sorted(wanted - {""})) or "no domain"
    return [_shared(inputs, *pair) for pair in twins.items()] or [
        DOMAIN_ON_ONE_AUTHSERVER.passed(inputs.name, expected=f"{expected}: each on one AuthServer")
    ]


def _shared(inputs: Inputs, domain: str, found: Mapping[str, str]) -> Finding:
    names = " and ".join(f"{name} of tenant {tenant}" for tenant, name in found.items())
    message = (
        f"{domain} is on {names}. Exchange finds a user's tenant by these lists; which of two objects it "
        f"takes is documented nowhere, "
        "so tokens of the right tenant may be refused, and requests of this domain may go to the other tenant."
    )
    fix, commands = _take_off(inputs, domain, found)
    return DOMAIN_ON_ONE_AUTHSERVER.failed(
        domain, message, fix, expected="one AuthServer", actual=names, commands=commands
    )


def _take_off(inputs: Inputs, domain: str, found: Mapping[str, str]) -> tuple[str, tuple[Command, ...]]:
    """Which object is to lose the domain, and how: the tenant that has verified it keeps it."""
    verified = {
        fold(item.tenant_id): [fold(name) for name in item.verified_domains]
        for item in inputs.tenants
        if item.verified_domains
    }
    owners = [tenant for tenant in found if domain in verified.get(tenant, [])]
    if len(owners) != 1:
        return (
            f"A domain is verified in one tenant: see which of them has {domain} (Get-MgDomain, or Domains "
            f"in its admin center). "
            "Take it off the AuthServer of every other one, or correct hma_tenant_domain of the host."
        ), ()
    wrong = [
        item
        for item in inputs.trust
        if item.is_azure_ad and item.enabled and item.tenant_id in found and item.tenant_id not in owners
    ]
    others = [item for item in wrong if has(item.domain_names, domain)]
    hosts = [name for tenant, name in found.items() if tenant not in owners and name.startswith("host ")]
    steps = ["take it off the other AuthServer"] * bool(others) + [
        f"correct hma_tenant_domain of {name}" for name in hosts
    ]
    return f"{domain} is verified in tenant {owners[0]}: {', and '.join(steps)}.", tuple(
        _remove_added(item, domain) for item in others
    )


def _remove_added(server: authserver.AuthServer, domain: str) -> Command:
    rest = [name for name in server.domain_names if fold(name) != domain]
    return PowerShell("Set-AuthServer", {"DomainName": rest or None}, (server.name,))


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
    why="It is how Exchange trusts the tenant's tokens. Missing or disabled, no token is accepted; twice, nobody "
        "knows which one is used.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, by Type AzureAD and by Realm or issuer in any spelling, never by name.",
    remedy=f"Missing: run the Hybrid Configuration Wizard for the tenant. {WIZARD_UPLOADS} Twice: keep one. Disabled: "
        f"Set-AuthServer -Enabled $true.", source=ARTICLE,
)  # fmt: skip


def _present(servers: Sequence[authserver.AuthServer], tenant: TenantEntry) -> Finding:
    check, host = AUTHSERVER_PRESENT, tenant.host
    expected = f"one enabled AuthServer of Type AzureAD with realm {tenant.tenant_id}"
    matches = authserver.trusting(servers, tenant.tenant_id)
    if len(matches) != 1:
        return _none_or_several(servers, tenant, matches, expected)
    (found,) = matches
    fix, enable = (
        "Find out why it is disabled, then enable it.",
        (PowerShell("Set-AuthServer", {"Enabled": True}, (found.name,)),),
    )
    shown = f"'{found.name}', {'enabled' if found.enabled else 'disabled'}"
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
        message, compare = authserver.why_several(matches, wanted), (look("Get-AuthServer", "Format-List"),)
        names = ", ".join(item.name for item in matches)
        return check.failed(
            host, message, authserver.KEEP_ONE, expected=expected, actual=names, tenant=host, commands=compare
        )
    if tenant.error:
        # Known neither to Entra nor to Exchange: it is the id that is wrong, and that is said once.
        said = "HMA-TEN-003" if values.is_guid(wanted) else "HMA-TEN-001"
        return check.not_applicable(
            host, f"no AuthServer has this realm, and the tenant could not be read: {said} says why.", tenant=host
        )
    message, fix = authserver.why_none(servers, wanted), authserver.how_to_make(servers, wanted)
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
    trusted = [item for item in inputs.trust if item.is_azure_ad and item.enabled]
    strangers = [item for item in trusted if item.tenant_id not in known]
    return [_stranger(item, known) for item in strangers] or [
        TENANTS_KNOWN.passed(inputs.name, expected="a host of the inventory for each", actual=f"{len(trusted)} trusted")
    ]


def _stranger(server: authserver.AuthServer, known: set[str]) -> Finding:
    message = (
        f"AuthServer {authserver.described(server)} is of a tenant that no host of the inventory has "
        f"(hma_tenant_id: {', '.join(sorted(known)) or 'none'})."
    )
    fix = "Add the tenant to entra_tenants; where it is not yours any more, disable the AuthServer."
    disable = (PowerShell("Set-AuthServer", {"Enabled": False}, (server.name,)),)
    return TENANTS_KNOWN.failed(
        server.name, message, fix, expected="a tenant of the inventory", actual=server.tenant_id or "no tenant id",
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
    matches = authserver.trusting(inputs.trust, tenant.tenant_id)
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
    DOMAIN_ON_ONE_AUTHSERVER,
    TENANTS_KNOWN,
)
