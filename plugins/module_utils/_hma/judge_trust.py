# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of trust: the tenants as the inventory has them, and the AuthServer objects Exchange has for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from . import authserver, values
from .case import Case, Entry
from .checks import CHECKS
from .command import Command, PowerShell, Setting
from .comparison import fold, has
from .finding import Finding
from .plan import Refused
from .versions import has_domain_name, parse_admin_display_version

PREDICTED: Final = "not there yet; this run would do it"
_SEE: Final = "See the message; then run this again."
_ENABLE: Final = "Run enable_hma, which sets it."


def tenants(case: Case) -> list[Finding]:
    """Told apart, and in one cloud."""
    check = CHECKS["HMA-TEN-001"]
    if not case.tenants:
        return [check.bad("entra_tenants", "the inventory names no tenant.", "Add a host per Entra tenant to the group.")]
    clouds = sorted({str(item["cloud"]) for item in case.tenants})
    fix = "Run them as separate organizations; Microsoft does not support a mix."
    message = f"clouds are mixed: {', '.join(clouds)}."
    findings = [check.judge("entra_tenants", len(clouds) == 1, message, fix, expected="one cloud", actual=", ".join(clouds))]
    for tenant in case.tenants:
        host = str(tenant["host"])
        fix = "Set hma_tenant_id to the tenant's id (a GUID) and hma_tenant_domain to its domain, as contoso.onmicrosoft.com."
        if not values.is_guid(str(tenant["tenant_id"])):
            findings.append(check.bad(host, f"hma_tenant_id is {values.shown(tenant['tenant_id'])}.", fix, tenant=host))
        if "." not in str(tenant["tenant_domain"]):
            findings.append(check.bad(host, f"hma_tenant_domain is {values.shown(tenant['tenant_domain'])}.", fix, tenant=host))
    return [*findings, *distinct(case), _default_named(case)]


def distinct(case: Case) -> list[Finding]:
    """No two hosts are one tenant, and no two tenants have one domain: what is wanted of one would be done to the other."""
    check = CHECKS["HMA-TEN-001"]
    ids = [
        check.bad(twin, f"hosts {', '.join(hosts)} of the inventory are this one tenant.", "Keep one host per tenant, or correct hma_tenant_id.", actual=twin)
        for twin, hosts in _shared_by(case, "tenant_id").items()
    ]
    fix = "Set hma_tenant_domain of each to a domain of its own tenant, as contoso.onmicrosoft.com."
    message = "tenants {} have this one hma_tenant_domain: Exchange finds the tenant of a user by it."
    domains = [check.bad(twin, message.format(", ".join(hosts)), fix, actual=twin) for twin, hosts in _shared_by(case, "tenant_domain").items()]
    return ids + domains


def _shared_by(case: Case, key: str) -> dict[str, list[str]]:
    """Values that several hosts of the tenants' group have, with these hosts."""
    found: dict[str, list[str]] = {}
    for item in case.tenants:
        if item[key]:
            found.setdefault(fold(str(item[key])), []).append(str(item["host"]))
    return {value: hosts for value, hosts in sorted(found.items()) if len(hosts) > 1}


def shared(case: Case) -> list[Finding]:
    """A domain that two enabled AuthServer objects have, or would have after step 4; one finding per domain."""
    holders: dict[str, dict[str, str]] = {}
    for server in (item for item in case.trust if item.is_azure_ad and item.enabled):
        for domain in server.domain_names:
            holders.setdefault(fold(domain), {})[server.tenant_id or server.name] = f"AuthServer '{server.name}'"
    wanted = {fold(str(item["tenant_domain"])) for item in case.tenants}
    for tenant in case.tenants:
        name = f"host {tenant['host']} (hma_tenant_domain; step 4 would add it)"
        # A tenant that could not be read stops the run by itself, and what it would add says nothing.
        if tenant["tenant_domain"] and not tenant.get("error"):
            holders.setdefault(fold(str(tenant["tenant_domain"])), {}).setdefault(fold(str(tenant["tenant_id"])), name)
    twins = {domain: found for domain, found in sorted(holders.items()) if len(found) > 1}
    expected = ", ".join(sorted(wanted - {""})) or "no domain"
    return [_shared(case, *pair) for pair in twins.items()] or [CHECKS["HMA-AUTH-007"].ok(case.name, expected=f"{expected}: each on one AuthServer")]


def _shared(case: Case, domain: str, found: Mapping[str, str]) -> Finding:
    names = " and ".join(f"{name} of tenant {tenant}" for tenant, name in found.items())
    message = (
        f"{domain} is on {names}. Exchange finds a user's tenant by these lists; which of two objects it takes is documented nowhere, "
        "so tokens of the right tenant may be refused, and requests of this domain may go to the other tenant."
    )
    fix, commands = _take_off(case, domain, found)
    return CHECKS["HMA-AUTH-007"].bad(domain, message, fix, expected="one AuthServer", actual=names, commands=commands)


def _take_off(case: Case, domain: str, found: Mapping[str, str]) -> tuple[str, tuple[Command, ...]]:
    """Which object is to lose the domain, and how: the tenant that has verified it keeps it."""
    verified = {fold(str(item["tenant_id"])): [fold(name) for name in item["verified_domains"]] for item in case.tenants if item.get("verified_domains")}
    owners = [tenant for tenant in found if domain in verified.get(tenant, [])]
    if len(owners) != 1:
        return (
            f"A domain is verified in one tenant: see which of them has {domain} (Get-MgDomain, or Domains in its admin center). "
            "Take it off the AuthServer of every other one, or correct hma_tenant_domain of the host."
        ), ()
    wrong = [item for item in case.trust if item.is_azure_ad and item.enabled and item.tenant_id in found and item.tenant_id not in owners]
    others = [item for item in wrong if has(item.domain_names, domain)]
    hosts = [name for tenant, name in found.items() if tenant not in owners and name.startswith("host ")]
    steps = ["take it off the other AuthServer"] * bool(others) + [f"correct hma_tenant_domain of {name}" for name in hosts]
    return f"{domain} is verified in tenant {owners[0]}: {', and '.join(steps)}.", tuple(_without(item, domain) for item in others)


def _without(server: authserver.AuthServer, domain: str) -> Command:
    rest = [name for name in server.domain_names if fold(name) != domain]
    return PowerShell("Set-AuthServer", {"DomainName": rest or None}, (server.name,))


def _default_named(case: Case) -> Finding:
    given = case.default_tenant or "not set"
    message = f"{len(case.tenants)} tenants and hma_default_tenant is {given}: one of them has to be the default authorization endpoint."
    fix = "Set hma_default_tenant to the tenant id (or domain, or inventory name) of the one whose endpoint clients get."
    return CHECKS["HMA-TEN-002"].judge("hma_default_tenant", case.default is not None, message, fix, expected="one of the tenants", actual=given)


def present(case: Case) -> list[Finding]:
    """By type and realm, exactly one, enabled."""
    return [_present(case.trust, tenant) for tenant in case.tenants]


def _present(servers: Sequence[authserver.AuthServer], tenant: Entry) -> Finding:
    check, host = CHECKS["HMA-AUTH-001"], str(tenant["host"])
    expected = f"one enabled AuthServer of Type AzureAD with realm {tenant['tenant_id']}"
    try:
        found = authserver.of_tenant(servers, str(tenant["tenant_id"]))
    except Refused as exc:
        fitting = [item.name for item in servers if item.is_azure_ad and item.tenant_id == fold(str(tenant["tenant_id"]))]
        if not fitting and tenant.get("error"):
            # Known neither to Entra nor to Exchange: it is the id that is wrong, and that is said once.
            said = "HMA-TEN-003" if values.is_guid(str(tenant["tenant_id"])) else "HMA-TEN-001"
            return check.without_meaning(host, f"no AuthServer has this realm, and the tenant could not be read: {said} says why.", tenant=host)
        return check.bad(host, str(exc), _SEE, expected=expected, actual=", ".join(fitting) or "none", tenant=host)
    fix, enable = "Find out why it is disabled, then enable it.", (PowerShell("Set-AuthServer", {"Enabled": True}, (found.name,)),)
    shown = f"'{found.name}', {'enabled' if found.enabled else 'disabled'}"
    message = f"AuthServer '{found.name}' is disabled."
    return check.judge(host, bool(found.enabled), message, fix, expected=expected, actual=shown, tenant=host, commands=enable)


def replaced(case: Case) -> list[Finding]:
    """Whether step 5 may make the tenant's AuthServer the default: another default is replaced where it was named only."""
    check, tenant = CHECKS["HMA-AUTH-002"], case.default
    if tenant is None:
        return [check.unread("hma_default_tenant", "no tenant is named whose endpoint clients are to get.", "Set hma_default_tenant.")]
    try:
        target = authserver.of_tenant(case.trust, str(tenant["tenant_id"]))
    except Refused:
        return [check.without_meaning(case.name, "there is no AuthServer to make the default: HMA-AUTH-001 says why.")]
    try:
        authserver.plan_default(case.trust, target, default=True, replace=case.replace_default)
    except Refused as exc:
        expected, commands = f"no other default than {case.replace_default or 'ours'}", _replacing(case)
        return [check.bad(case.name, str(exc), _SEE, expected=expected, actual=_defaults(case), commands=commands)]
    return [check.ok(case.name, actual=_defaults(case))]


def _others(case: Case) -> list[authserver.AuthServer]:
    """The default endpoints that are not those of the tenant whose endpoint clients are to get."""
    wanted = fold(str(case.default["tenant_id"])) if case.default else None
    return [item for item in authserver.defaults(case.trust) if not item.is_azure_ad or item.tenant_id != wanted]


def _replacing(case: Case) -> tuple[Command, ...]:
    """What names the one other default that enable_hma may replace, and runs it. Of several only a person can choose."""
    others = _others(case)
    return (Setting("hma_replace_default_authserver", others[0].name), case.playbook("enable_hma")) if len(others) == 1 else ()


def known(case: Case) -> list[Finding]:
    """The tenant's domain is on the object: Exchange finds a user's tenant by it. That there is one is a check of its own."""
    return [_known(case, tenant) for tenant in case.tenants]


def _known(case: Case, tenant: Entry) -> Finding:
    check, host, domain = CHECKS["HMA-AUTH-003"], str(tenant["host"]), str(tenant["tenant_domain"])
    try:
        found = authserver.of_tenant(case.trust, str(tenant["tenant_id"]))
    except Refused:
        return check.without_meaning(host, "HMA-AUTH-001 says why.", tenant=host)
    actual = ", ".join(found.domain_names) or "no domain"
    if not found.enabled:
        return check.without_meaning(host, "HMA-AUTH-001 says why.", tenant=host)
    if not _has_domain_name(case):
        return check.ok(host, "no server of this organization has DomainName; there is then one tenant.", tenant=host)
    if authserver.merged(found.domain_names, [domain]):
        return check.ok(host, expected=domain, actual=actual, tenant=host)
    if authserver.merged(tenant.get("predicted_domains") or [], [domain]):
        return check.predicted(host, f"{domain}: {PREDICTED}", expected=domain, actual=actual, tenant=host)
    message, enable = f"AuthServer '{found.name}' does not know {domain}.", (case.playbook("enable_hma"),)
    return check.bad(host, message, _ENABLE, expected=domain, actual=actual, tenant=host, commands=enable)


def _has_domain_name(case: Case) -> bool:
    """An organization of 2013 servers alone has no DomainName; there is then one tenant, and nothing to confirm."""
    return any(has_domain_name(parse_admin_display_version(item["admin_display_version"])) for item in case.judged_clients)


def endpoint(case: Case) -> list[Finding]:
    """The default endpoint is the wanted tenant's. That it is alone, and not AD FS, are checks of their own."""
    check, found = CHECKS["HMA-AUTH-004"], authserver.defaults(case.trust)
    if case.default is None:
        return [check.unread("hma_default_tenant", "no tenant is named whose endpoint clients are to get.", "Set hma_default_tenant.")]
    if found and all(fold(item.type) == "adfs" for item in found):
        return [check.without_meaning(case.name, "HMA-AUTH-006 says it.")]
    wanted = fold(str(case.default["tenant_id"]))
    right = wanted in {item.tenant_id for item in found}
    message = f"default authorization endpoint: {_defaults(case)}."
    expected, enable = f"the AuthServer of tenant {wanted}", (case.playbook("enable_hma"),)
    return [check.judge(case.name, right, message, _ENABLE, expected=expected, actual=_defaults(case), commands=enable)]


def alone(case: Case) -> list[Finding]:
    found = authserver.defaults(case.trust)
    message = f"{len(found)} AuthServer objects are default authorization endpoint: {_defaults(case)}. Clients then get no authorization_uri."
    fix = "Clear those that are not wanted."
    clear = tuple(PowerShell("Set-AuthServer", {authserver.DEFAULT: False}, (item.name,)) for item in _others(case))
    adfs = [item.name for item in found if fold(item.type) == "adfs"]
    text = f"AD FS ('{', '.join(adfs)}') is the default authorization endpoint: clients are sent there, not to Entra."
    move = "Decide with the people who run AD FS; then name the AuthServer that may be replaced, and run enable_hma."
    return [
        CHECKS["HMA-AUTH-005"].judge(case.name, len(found) < 2, message, fix, expected="at most one", actual=_defaults(case), commands=clear),
        CHECKS["HMA-AUTH-006"].judge(case.name, not adfs, text, move, expected="Entra", actual=_defaults(case), commands=_replacing(case)),
    ]


def application(case: Case) -> list[Finding]:
    """The dedicated hybrid application is told, so that nobody wonders; it is never touched."""
    check = CHECKS["HMA-APP-001"]
    there = [item for item in case.trust if item.is_azure_ad and item.application_identifier]
    if not there:
        return [check.without_meaning(case.name, "no AuthServer has an ApplicationIdentifier.")]
    return [check.ok(item.name, f"ApplicationIdentifier {item.application_identifier} is not touched") for item in there]


def _defaults(case: Case) -> str:
    return ", ".join(f"'{item.name}' ({item.type})" for item in authserver.defaults(case.trust)) or "none"
