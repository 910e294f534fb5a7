# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of whose a domain is: the AuthServer objects that have it, and the tenants that have verified it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ..base.command import Command, PowerShell
from ..base.comparison import fold, has
from ..exchange.authserver import AuthServer
from . import tenant_ids
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import NOT_STATED, READ_ORGANIZATION

DOMAIN_ON_ONE_AUTHSERVER: Final = Check(
    "HMA-AUTH-007", "A domain is on one AuthServer, that of its tenant", "high", "organization", gate=True,
    why="Exchange finds the tenant of a user by DomainName. With a domain on two objects it is not known which "
        "tenant's tokens it accepts; on the object of a tenant that does not have it, it looks in the wrong one.",
    read=f"{READ_ORGANIZATION}Get-AuthServer, DomainName of the enabled ones of Type AzureAD, against "
        f"hma_tenant_domain of every tenant, and against its verified domains where they are read (Domain.Read.All).",
    remedy="Take the domain off the AuthServer whose tenant has not verified it: Set-AuthServer '<name>' -DomainName "
        "<the others>.", source=NOT_STATED,
)  # fmt: skip


class _Holder(NamedTuple):
    """Who has a domain: an AuthServer, or the host of a tenant for which step 4 would add it."""

    name: str
    is_host: bool = False


def shared(inputs: Inputs) -> list[Finding]:
    """A domain that two enabled AuthServer objects have, or would have after step 4, and one that is on the object of
    another tenant than the one that has verified it; one finding per domain."""
    holders, owners = _holders(inputs), _owners(inputs)
    found = [
        finding
        for domain, of_domain in sorted(holders.items())
        for finding in _judged(inputs, domain, of_domain, owners.get(domain, []))
    ]
    expected = ", ".join(sorted({fold(item.tenant_domain) for item in inputs.tenants} - {""})) or "no domain"
    return found or [DOMAIN_ON_ONE_AUTHSERVER.passed(inputs.name, expected=f"{expected}: each on one AuthServer")]


def _holders(inputs: Inputs) -> dict[str, dict[str, _Holder]]:
    """Who has each domain, by tenant; an object that names no tenant stands for itself."""
    holders: dict[str, dict[str, _Holder]] = {}
    for server in _enabled(inputs):
        key = _tenant_of(inputs, server)
        name = f"AuthServer '{server.name}'{f' of tenant {key}' if key else ' (it names no tenant)'}"
        for domain in server.domain_names:
            holders.setdefault(fold(domain), {})[key or server.name] = _Holder(name)
    nameless = _nameless(inputs)
    for tenant in inputs.tenants:
        key, domain = fold(tenant.tenant_id), fold(tenant.tenant_domain)
        name = f"host {tenant.host} (hma_tenant_domain; step 4 would add it) of tenant {key}"
        # A tenant that could not be read, or whose id is wrong, stops the run by itself, and what it would add says
        # nothing. An object that names no tenant may well be this one's.
        if (
            domain
            and not tenant.error
            and not _mistaken(inputs, tenant)
            and nameless.isdisjoint(holders.get(domain, ()))
        ):
            holders.setdefault(domain, {}).setdefault(key, _Holder(name, is_host=True))
    return holders


def _enabled(inputs: Inputs) -> list[AuthServer]:
    return [item for item in inputs.trust if item.is_azure_ad and item.enabled]


def _nameless(inputs: Inputs) -> frozenset[str]:
    """Objects that name no tenant (HMA-AUTH-001 or HMA-AUTH-009 says it): nobody knows whose domains theirs are."""
    return frozenset(server.name for server in _enabled(inputs) if not server.tenant_ids)


def _tenant_of(inputs: Inputs, server: AuthServer) -> str | None:
    """Of two tenants that an object names (HMA-AUTH-001 says it) the one that is in the inventory."""
    known = {fold(tenant.tenant_id) for tenant in inputs.tenants}
    return next((item for item in server.tenant_ids if item in known), server.tenant_id)


def _mistaken(inputs: Inputs, tenant: TenantEntry) -> bool:
    """Whether the id of a tenant is wrong: HMA-AUTH-001 says it."""
    return tenant_ids.meant(inputs.trust, tenant, inputs.tenants) is not None


def _owners(inputs: Inputs) -> dict[str, list[str]]:
    """The tenants that have verified each domain, as far as their domains were read."""
    owners: dict[str, list[str]] = {}
    for tenant in (item for item in inputs.tenants if not _mistaken(inputs, item)):
        for domain in tenant.verified_domains or ():
            owners.setdefault(fold(domain), []).append(fold(tenant.tenant_id))
    return owners


def _judged(inputs: Inputs, domain: str, found: Mapping[str, _Holder], owners: Sequence[str]) -> Iterator[Finding]:
    names = " and ".join(holder.name for holder in found.values())
    if len(found) > 1:
        message = (
            f"{domain} is on {names}. Exchange finds a user's tenant by these lists; which of two objects it takes is "
            "documented nowhere, so tokens of the right tenant may be refused, and requests of this domain may go to "
            "the other tenant."
        )
    elif len(owners) == 1 and not found.keys() & {owners[0], *_nameless(inputs)}:
        message = (
            f"{domain} is on {names}, and is verified in tenant {owners[0]}. Exchange finds a user's tenant by these "
            "lists: it looks for people of this domain in a tenant that does not have them."
        )
    else:
        return
    fix, commands = _take_off(inputs, domain, found, owners)
    yield DOMAIN_ON_ONE_AUTHSERVER.failed(
        domain, message, fix, expected="one AuthServer, that of its tenant", actual=names, commands=commands
    )


def _take_off(
    inputs: Inputs, domain: str, found: Mapping[str, _Holder], owners: Sequence[str]
) -> tuple[str, tuple[Command, ...]]:
    """Which object is to lose the domain, and how: the tenant that has verified it keeps it."""
    if len(owners) != 1:
        return (
            f"A domain is verified in one tenant: see which of them has {domain} (Get-MgDomain, or Domains "
            f"in its admin center). "
            "Take it off the AuthServer of every other one, or correct hma_tenant_domain of the host."
        ), ()
    others = [
        item for item in _enabled(inputs) if _tenant_of(inputs, item) not in owners and has(item.domain_names, domain)
    ]
    hosts = [holder.name for tenant, holder in found.items() if tenant not in owners and holder.is_host]
    steps = ["take it off the other AuthServer"] * bool(others) + [
        f"correct hma_tenant_domain of {name}" for name in hosts
    ]
    return f"{domain} is verified in tenant {owners[0]}: {', and '.join(steps)}.", tuple(
        _without(item, domain) for item in others
    )


def _without(server: AuthServer, domain: str) -> Command:
    rest = [name for name in server.domain_names if fold(name) != domain]
    return PowerShell("Set-AuthServer", {"DomainName": rest or None}, (server.name,))


CHECKS: Final = (DOMAIN_ON_ONE_AUTHSERVER,)
