# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Step 1, prerequisites: gates and warnings that the organization read can judge (design 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from . import authserver, values, versions
from .checks import CHECKS
from .finding import Finding
from .names import Names
from .organization import auth_servers, client_access_servers
from .plan import Refused

_FLOOR: Final = CHECKS["HMA-ORG-001"]
_MAPI_HTTP: Final = CHECKS["HMA-MAPI-001"]
_CERTIFICATE: Final = CHECKS["HMA-CERT-001"]
_TENANTS: Final = CHECKS["HMA-TEN-001"]
_DEFAULT_TENANT: Final = CHECKS["HMA-TEN-002"]
_TRUST: Final = CHECKS["HMA-AUTH-001"]
_DEFAULT: Final = CHECKS["HMA-AUTH-002"]
_COVERED: Final = CHECKS["HMA-COV-001"]
_KNOWN: Final = CHECKS["HMA-COV-002"]
_NAMES: Final = CHECKS["HMA-NAME-001"]
_HTTP: Final = CHECKS["HMA-NAME-002"]
_URLS: Final = CHECKS["HMA-NAME-003"]
_OFFLOADING: Final = CHECKS["HMA-SSL-001"]
_LIFECYCLE: Final = CHECKS["HMA-LIFE-001"]
_MIXED: Final = CHECKS["HMA-LIFE-002"]
_HYBRID_APP: Final = CHECKS["HMA-APP-001"]
_LIVE: Final = CHECKS["HMA-FLAG-001"]


def preflight(
    organization: Mapping[str, Any],
    *,
    hosts: Sequence[Mapping[str, Any]],
    tenants: Sequence[Mapping[str, Any]],
    excluded: Sequence[Mapping[str, str]],
    default_tenant: str | None,
    replace_default: str | None,
    now: datetime,
) -> list[Finding]:
    """Judge facts read in this run. ``hosts`` says who each inventory host is: {host, server, error}."""
    return [
        *_builds(organization, now),
        _MAPI_HTTP.judge(
            organization["name"],
            organization["config"]["mapi_http_enabled"],
            "MapiHttpEnabled is false: Outlook stays on Outlook Anywhere, which never does modern authentication.",
            "Set-OrganizationConfig -MapiHttpEnabled $true, wait for Outlook to follow, then run this again.",
        ),
        _certificate(organization, now),
        *_tenant_checks(tenants, default_tenant),
        *_trust_checks(organization, tenants),
        *_default_check(organization, tenants, default_tenant, replace_default),
        *_coverage(organization, hosts, excluded),
        *_warnings(organization),
    ]


def name_checks(organization: Mapping[str, Any], names: Names) -> list[Finding]:
    """What the client URLs say. An unset URL sends no client anywhere, so it is no finding."""
    findings = []
    for item in names.problems:
        if item.code == "unset":
            continue
        check = _NAMES if item.blocks else _HTTP
        fix = "Correct the URL, or list its host in hma_spn_ignored with the reason."
        findings.append(check.bad(item.source, f"{item.value}: {item.message}", fix))
    findings += [
        _URLS.unread(item["what"], item["reason"], "Check the account's roles; then run this again.")
        for item in organization["unread"]
        if item["what"].startswith("client_urls")
    ]
    if not names.wanted:
        findings.append(_NAMES.bad(organization["name"], "no client URL gives a name.", "Set the URLs of the virtual directories."))
    return findings


def server_of(hosts: Iterable[Mapping[str, Any]], server: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The inventory host that stands for a server: by FQDN, which is unique; a bare name matches the NetBIOS name."""
    for host in hosts:
        name = str(host.get("server") or "").casefold()
        if name == server["fqdn"].casefold() or ("." not in name and name == server["name"].casefold()):
            return host
    return None


def writer_of(organization: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]]) -> str | None:
    """The host for organization-wide writes: reachable, a connection of its own, the highest build."""
    best: tuple[versions.Build, str] | None = None
    for server in client_access_servers(organization):
        host = server_of([item for item in hosts if not item.get("error") and not item.get("through")], server)
        build = versions.parse_admin_display_version(server["admin_display_version"])
        if host is not None and (best is None or build > best[0]):
            best = build, str(host["host"])
    return best[1] if best else None


def default_of(tenants: Sequence[Mapping[str, Any]], default_tenant: str | None) -> Mapping[str, Any] | None:
    """The tenant that is to be the default endpoint: the only one, or the one named by id, domain or inventory name."""
    if default_tenant is None:
        return tenants[0] if len(tenants) == 1 else None
    wanted = default_tenant.casefold()
    keys = ("tenant_id", "tenant_domain", "host")
    return next((item for item in tenants if wanted in {str(item.get(key, "")).casefold() for key in keys}), None)


def _builds(organization: Mapping[str, Any], now: datetime) -> list[Finding]:
    findings = []
    for server in organization["servers"]:
        if server["edge"]:
            continue
        build = versions.parse_admin_display_version(server["admin_display_version"])
        fix = "Update or decommission it, then run this again: partial HMA is not supported."
        findings.append(_FLOOR.judge(server["name"], versions.meets_hma_floor(build), f"{build.label} cannot do HMA.", fix))
        if versions.out_of_support(build, now.date()):
            message = f"{build.label} left support."
            findings.append(_LIFECYCLE.bad(server["name"], message, "Plan the move to Exchange Server SE."))
    builds: dict[str, set[str]] = {}
    for server in client_access_servers(organization):
        builds.setdefault(server["product"], set()).add(server["version"])
    findings += [
        _MIXED.bad(f"Exchange {product}", f"builds {', '.join(sorted(found))}", "Bring them to the same update.")
        for product, found in builds.items()
        if len(found) > 1
    ]
    return findings


def _certificate(organization: Mapping[str, Any], now: datetime) -> Finding:
    certificate, name = organization["auth_certificate"], organization["name"]
    fix = "Run MonitorExchangeAuthCertificate.ps1 (CSS-Exchange), then the Hybrid Configuration Wizard again."
    if certificate is None:
        return _CERTIFICATE.unread(name, "Get-AuthConfig or Get-ExchangeCertificate could not be read.", "Check the account's roles.")
    if not certificate["thumbprint"]:
        return _CERTIFICATE.bad(name, "Get-AuthConfig names no certificate.", fix)
    if not certificate["not_after"]:
        message = f"certificate {certificate['thumbprint']} is not on the server that was read."
        return _CERTIFICATE.bad(name, message, fix)
    left = datetime.fromisoformat(certificate["not_after"]) - now
    if left <= timedelta(0):
        return _CERTIFICATE.bad(name, f"certificate {certificate['thumbprint']} expired on {certificate['not_after']}.", fix)
    return _CERTIFICATE.ok(name, f"{left.days} days left")


def _tenant_checks(tenants: Sequence[Mapping[str, Any]], default_tenant: str | None) -> list[Finding]:
    if not tenants:
        return [_TENANTS.bad("entra_tenants", "the inventory names no tenant.", "Add a host per Entra tenant to the group.")]
    findings = []
    clouds = sorted({str(item["cloud"]) for item in tenants})
    fix = "Run them as separate organizations; Microsoft does not support a mix."
    findings.append(_TENANTS.judge("entra_tenants", len(clouds) == 1, f"clouds are mixed: {', '.join(clouds)}.", fix))
    for tenant in tenants:
        fix = "Set hma_tenant_id to the tenant's id (a GUID) and hma_tenant_domain to its domain, as contoso.onmicrosoft.com."
        if not values.is_guid(str(tenant["tenant_id"])):
            findings.append(_TENANTS.bad(str(tenant["host"]), f"hma_tenant_id is {values.shown(tenant['tenant_id'])}.", fix))
        if "." not in str(tenant["tenant_domain"]):
            findings.append(_TENANTS.bad(str(tenant["host"]), f"hma_tenant_domain is {values.shown(tenant['tenant_domain'])}.", fix))
    ids = [str(item["tenant_id"]).casefold() for item in tenants]
    for twin in sorted({item for item in ids if ids.count(item) > 1}):
        findings.append(_TENANTS.bad(twin, "two hosts of the inventory are this tenant.", "Keep one host per tenant."))
    message = f"{len(tenants)} tenants and hma_default_tenant is {default_tenant or 'not set'}: one of them has to be the default authorization endpoint."
    fix = "Set hma_default_tenant to the tenant id (or domain, or inventory name) of the one whose endpoint clients get."
    findings.append(_DEFAULT_TENANT.judge("hma_default_tenant", default_of(tenants, default_tenant) is not None, message, fix))
    return findings


def _trust_checks(organization: Mapping[str, Any], tenants: Sequence[Mapping[str, Any]]) -> list[Finding]:
    findings = []
    for tenant in tenants:
        try:
            found = authserver.of_tenant(auth_servers(organization), str(tenant["tenant_id"]))
        except Refused as exc:
            findings.append(_TRUST.bad(str(tenant["host"]), str(exc), "See the message; then run this again."))
            continue
        message = f"AuthServer '{found.name}' is disabled."
        fix = f"Find out why, then: Set-AuthServer '{found.name}' -Enabled $true"
        findings.append(_TRUST.judge(str(tenant["host"]), found.enabled, message, fix))
    return findings


def _default_check(
    organization: Mapping[str, Any],
    tenants: Sequence[Mapping[str, Any]],
    default_tenant: str | None,
    replace_default: str | None,
) -> list[Finding]:
    tenant = default_of(tenants, default_tenant)
    if tenant is None:
        return []
    servers = auth_servers(organization)
    try:
        target = authserver.of_tenant(servers, str(tenant["tenant_id"]))
        authserver.plan_default(servers, target, default=True, replace=replace_default)
    except Refused as exc:
        return [_DEFAULT.bad(organization["name"], str(exc), "See the message; then run this again.")]
    return [_DEFAULT.ok(organization["name"])]


def _coverage(organization: Mapping[str, Any], hosts: Sequence[Mapping[str, Any]], excluded: Sequence[Mapping[str, str]]) -> list[Finding]:
    findings = []
    left_out = {item["name"].casefold(): item["reason"] for item in excluded}
    for server in client_access_servers(organization):
        reason = left_out.get(server["name"].casefold()) or left_out.get(server["fqdn"].casefold())
        host = server_of(hosts, server)
        if reason and host is None:
            findings.append(_COVERED.ok(server["name"], f"excluded: {reason}"))
            continue
        message = f"{server['fqdn']} is a client access server, but no host of the inventory stands for it."
        fix = (
            "Add it to exchange_servers; without a connection of its own give the host another server's address and "
            "hma_server; a dead object goes to hma_servers_excluded with its reason."
        )
        findings.append(_COVERED.judge(server["name"], host is not None, message, fix))
    findings += [_host_known(organization, host) for host in hosts]
    return findings


def _host_known(organization: Mapping[str, Any], host: Mapping[str, Any]) -> Finding:
    if host.get("error"):
        return _KNOWN.unread(str(host["host"]), str(host["error"]), "Make the host reachable, or exclude its server with a reason.")
    found = [item for item in client_access_servers(organization) if server_of([host], item)]
    message = f"it says it is {host.get('server')}, which organization '{organization['name']}' does not list as client access server."
    fix = "One run is one organization: keep each organization's servers and tenants in an inventory of its own."
    return _KNOWN.judge(str(host["host"]), bool(found), message, fix)


def _warnings(organization: Mapping[str, Any]) -> list[Finding]:
    findings = []
    offloading = organization["ssl_offloading"]
    if offloading is None:
        findings.append(_OFFLOADING.unread(organization["name"], "Get-OutlookAnywhere could not be read.", "Check the account's roles."))
    elif offloading:
        message = f"SSLOffloading is true on {', '.join(offloading)} (Outlook Anywhere; HMA does not use it)."
        findings.append(_OFFLOADING.bad(organization["name"], message, "Make sure the load balancer does not offload TLS."))
    findings += [
        _HYBRID_APP.ok(item.name, f"ApplicationIdentifier {item.application_identifier} is not touched")
        for item in auth_servers(organization)
        if item.is_azure_ad and item.application_identifier
    ]
    if organization["config"]["oauth2_client_profile_enabled"]:
        message = "OAuth2ClientProfileEnabled is already true: every write to a directory or AuthServer is live for clients at once."
        findings.append(_LIVE.bad(organization["name"], message, "Run in a maintenance window."))
    return findings
