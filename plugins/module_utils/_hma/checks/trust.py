# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of trust: the tenants as the inventory has them, and the AuthServer objects Exchange has for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ..base import values
from ..base.command import Command, PowerShell
from ..base.comparison import fold, has
from ..base.errors import Refused
from ..exchange import authserver
from ..exchange.versions import has_domain_name
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import ARTICLE, CSS, NOT_STATED, READ_ORGANIZATION

_SEE: Final = "Mend what the reason names; then run this again."
_ENABLE: Final = "Run enable_hma, which sets it."


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
    return [_present(inputs.trust, tenant) for tenant in inputs.tenants]


AUTHSERVER_PRESENT: Final = Check(
    "HMA-AUTH-001", "One enabled EvoSTS AuthServer per tenant", "high", "tenant", gate=True,
    why="It is how Exchange trusts the tenant's tokens. Missing or disabled, no token is accepted; twice, nobody "
        "knows which one is used.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, by Type AzureAD and Realm, never by name.",
    remedy="Missing: run the Hybrid Configuration Wizard for the tenant. Twice: keep one. Disabled: Set-AuthServer "
        "-Enabled $true.", source=ARTICLE,
)  # fmt: skip


def _present(servers: Sequence[authserver.AuthServer], tenant: TenantEntry) -> Finding:
    check, host = AUTHSERVER_PRESENT, tenant.host
    expected = f"one enabled AuthServer of Type AzureAD with realm {tenant.tenant_id}"
    try:
        found = authserver.of_tenant(servers, tenant.tenant_id)
    except Refused as exc:
        fitting = [item.name for item in servers if item.is_azure_ad and item.tenant_id == fold(tenant.tenant_id)]
        if not fitting and tenant.error:
            # Known neither to Entra nor to Exchange: it is the id that is wrong, and that is said once.
            said = "HMA-TEN-003" if values.is_guid(tenant.tenant_id) else "HMA-TEN-001"
            return check.not_applicable(
                host, f"no AuthServer has this realm, and the tenant could not be read: {said} says why.", tenant=host
            )
        return check.failed(host, str(exc), _SEE, expected=expected, actual=", ".join(fitting) or "none", tenant=host)
    fix, enable = (
        "Find out why it is disabled, then enable it.",
        (PowerShell("Set-AuthServer", {"Enabled": True}, (found.name,)),),
    )
    shown = f"'{found.name}', {'enabled' if found.enabled else 'disabled'}"
    message = f"AuthServer '{found.name}' is disabled."
    return check.judge(
        host, bool(found.enabled), message, fix, expected=expected, actual=shown, tenant=host, commands=enable
    )


def domain_registered(inputs: Inputs) -> list[Finding]:
    """The tenant's domain is on the object: Exchange finds a user's tenant by it. That there is one is a check of its
    own."""
    return [_known(inputs, tenant) for tenant in inputs.tenants]


DOMAIN_REGISTERED: Final = Check(
    "HMA-AUTH-003", "The AuthServer of every tenant knows its domain", "high", "tenant", gate=True,
    why="With several tenants Exchange finds the tenant of a user by DomainName; without the domain the lookup fails.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, DomainName.",
    remedy="ansible-playbook hybrid.exchange.enable_hma (step 4 merges the domain).", source=ARTICLE,
)  # fmt: skip


def _known(inputs: Inputs, tenant: TenantEntry) -> Finding:
    check, host, domain = DOMAIN_REGISTERED, tenant.host, tenant.tenant_domain
    try:
        found = authserver.of_tenant(inputs.trust, tenant.tenant_id)
    except Refused:
        return check.not_applicable(host, "HMA-AUTH-001 says why.", tenant=host)
    actual = ", ".join(found.domain_names) or "no domain"
    if not found.enabled:
        return check.not_applicable(host, "HMA-AUTH-001 says why.", tenant=host)
    if not _has_domain_name(inputs):
        return check.passed(
            host, "no server of this organization has DomainName; there is then one tenant.", tenant=host
        )
    if authserver.merged(found.domain_names, [domain]):
        return check.passed(host, expected=domain, actual=actual, tenant=host)
    if has(tenant.predicted_domains, domain):
        return check.predicted(host, f"{domain}: {PREDICTED}", expected=domain, actual=actual, tenant=host)
    message, enable = f"AuthServer '{found.name}' does not know {domain}.", (inputs.playbook("enable_hma"),)
    return check.failed(host, message, _ENABLE, expected=domain, actual=actual, tenant=host, commands=enable)


def _has_domain_name(inputs: Inputs) -> bool:
    """An organization of 2013 servers alone has no DomainName; there is then one tenant, and nothing to confirm."""
    return any(has_domain_name(item.build) for item in inputs.judged_clients)


HYBRID_APPLICATION: Final = Check(
    "HMA-APP-001", "Dedicated hybrid application is left alone", "info", "organization", on_bad="warn",
    why="It uses the same AuthServer object: ApplicationIdentifier and its domains have to survive.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, ApplicationIdentifier.",
    remedy="Nothing: this collection never touches it.",
    source=f"{CSS}/Hybrid/ConfigureExchangeHybridApplication/",
)  # fmt: skip


def application(inputs: Inputs) -> list[Finding]:
    """The dedicated hybrid application is told, so that nobody wonders; it is never touched."""
    check = HYBRID_APPLICATION
    there = [item for item in inputs.trust if item.is_azure_ad and item.application_identifier]
    if not there:
        return [check.not_applicable(inputs.name, "no AuthServer has an ApplicationIdentifier.")]
    return [
        check.passed(item.name, f"ApplicationIdentifier {item.application_identifier} is not touched") for item in there
    ]


CHECKS: Final = (AUTHSERVER_PRESENT, DOMAIN_REGISTERED, DOMAIN_ON_ONE_AUTHSERVER, HYBRID_APPLICATION)
