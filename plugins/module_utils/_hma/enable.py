# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The gate before step 5: every server, tenant and AuthServer, as read just now, or no switch is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import authserver
from .checks import CHECKS
from .finding import Finding
from .organization import auth_servers, client_access_servers
from .plan import Refused
from .preflight import default_of, server_of
from .versions import has_domain_name, parse_admin_display_version

_WHOLE: Final = CHECKS["HMA-RUN-001"]
_OAUTH: Final = CHECKS["HMA-VDIR-001"]
_NAMES: Final = CHECKS["HMA-SPN-001"]
_TRUST: Final = CHECKS["HMA-AUTH-003"]
_ALONE: Final = CHECKS["HMA-AUTH-002"]
_SERVER: Final = CHECKS["HMA-COV-003"]

_FLAG: Final = CHECKS["HMA-FLAG-002"]
_ENDPOINT: Final = CHECKS["HMA-AUTH-004"]

PREDICTED: Final = "not there yet; this run would do it"


def enable_gate(
    organization: Mapping[str, Any],
    *,
    kinds: Sequence[str],
    servers: Sequence[Mapping[str, Any]],
    tenants: Sequence[Mapping[str, Any]],
    excluded: Sequence[Mapping[str, str]],
    default_tenant: str | None,
    replace_default: str | None,
    narrowed: Sequence[str],
) -> list[Finding]:
    """Judge what was read for the expected hosts.

    ``servers`` holds one entry per expected host: {host, server, directories, predicted, error}; ``tenants`` one per
    expected tenant: {host, tenant_id, tenant_domain, cloud, missing, verified, predicted, error}. ``predicted`` is what
    this run would change (check mode): accepted in place of a reading, and said so.
    """
    return [
        *(_WHOLE.bad("this run", text, "Run enable_hma once over the whole inventory.") for text in narrowed),
        *_servers(organization, servers, excluded),
        *(finding for server in servers for finding in _directories(server, kinds)),
        *(_names(tenant) for tenant in tenants),
        *(_trust(organization, tenant) for tenant in tenants),
        *_alone(organization, tenants, default_tenant, replace_default),
    ]


def _servers(organization: Mapping[str, Any], servers: Sequence[Mapping[str, Any]], excluded: Sequence[Mapping[str, str]]) -> list[Finding]:
    findings = []
    left_out = {item["name"].casefold() for item in excluded}
    for server in client_access_servers(organization):
        if {server["name"].casefold(), server["fqdn"].casefold()} & left_out and server_of(servers, server) is None:
            continue
        message = "no host of this run read its virtual directories."
        fix = "Make it reachable and run this again; a dead object goes to hma_servers_excluded with its reason."
        findings.append(_SERVER.judge(server["name"], server_of(servers, server) is not None, message, fix))
    return findings


def _directories(server: Mapping[str, Any], kinds: Sequence[str]) -> list[Finding]:
    host = str(server["host"])
    fix = f"ansible-playbook hybrid.exchange.prepare_vdirs --limit {host}"
    if server.get("error"):
        return [_OAUTH.unread(host, str(server["error"]), "Make the host reachable; then run enable_hma again.")]
    read = {item["kind"]: item for item in server.get("directories") or []}
    predicted = {item["kind"] for item in server.get("predicted") or [] if item["oauth"]}
    findings = []
    for kind in kinds:
        where = f"{host} {kind}"
        if kind not in read:
            findings.append(_OAUTH.unread(where, "the directory was not read.", fix))
        elif read[kind]["oauth"]:
            findings.append(_OAUTH.ok(where))
        elif kind in predicted:
            findings.append(_OAUTH.ok(where, PREDICTED))
        else:
            findings.append(_OAUTH.bad(where, f"{read[kind]['identity']} does not offer OAuth.", fix))
    return findings


def _names(tenant: Mapping[str, Any]) -> Finding:
    host = str(tenant["host"])
    fix = f"ansible-playbook hybrid.exchange.register_spns (for {host}), then run this again."
    if tenant.get("error"):
        return _NAMES.unread(host, str(tenant["error"]), fix)
    missing = tenant.get("missing")
    if missing is None:
        return _NAMES.unread(host, "the tenant's service principal names were not read.", fix)
    if not missing:
        return _NAMES.ok(host)
    if set(missing) <= set(tenant.get("predicted") or []):
        return _NAMES.ok(host, f"{', '.join(missing)}: {PREDICTED}")
    return _NAMES.bad(host, f"not registered: {', '.join(missing)}.", fix)


def _trust(organization: Mapping[str, Any], tenant: Mapping[str, Any]) -> Finding:
    host = str(tenant["host"])
    try:
        found = authserver.of_tenant(auth_servers(organization), str(tenant["tenant_id"]))
    except Refused as exc:
        return _TRUST.bad(host, str(exc), "See the message; then run this again.")
    if not found.enabled:
        return _TRUST.bad(host, f"AuthServer '{found.name}' is disabled.", f"Set-AuthServer '{found.name}' -Enabled $true")
    domain = str(tenant["tenant_domain"])
    if not _has_domain_name(organization) or authserver.merged(found.domain_names, [domain]):
        return _TRUST.ok(host)
    if authserver.merged(tenant.get("predicted_domains") or [], [domain]):
        return _TRUST.ok(host, f"{domain}: {PREDICTED}")
    return _TRUST.bad(host, f"AuthServer '{found.name}' does not know {domain}.", "Run enable_hma without --tags or --skip-tags.")


def _has_domain_name(organization: Mapping[str, Any]) -> bool:
    """An organization of 2013 servers alone has no DomainName; there is then one tenant, and nothing to confirm."""
    servers = client_access_servers(organization)
    return any(has_domain_name(parse_admin_display_version(item["admin_display_version"])) for item in servers)


def _alone(
    organization: Mapping[str, Any],
    tenants: Sequence[Mapping[str, Any]],
    default_tenant: str | None,
    replace_default: str | None,
) -> list[Finding]:
    tenant = default_of(tenants, default_tenant)
    if tenant is None:
        fix = "Set hma_default_tenant."
        return [_ALONE.bad("hma_default_tenant", "no tenant is named whose endpoint clients are to get.", fix)]
    servers = auth_servers(organization)
    try:
        target = authserver.of_tenant(servers, str(tenant["tenant_id"]))
        authserver.plan_default(servers, target, default=True, replace=replace_default)
    except Refused as exc:
        return [_ALONE.bad(organization["name"], str(exc), "See the message; then run this again.")]
    return [_ALONE.ok(organization["name"])]


def verify_gate(organization: Mapping[str, Any], tenants: Sequence[Mapping[str, Any]], default_tenant: str | None) -> list[Finding]:
    """Step 6, as far as the organization itself tells: the two switches of step 5 read back."""
    name = organization["name"]
    on = organization["config"]["oauth2_client_profile_enabled"]
    findings = [_FLAG.judge(name, on, "OAuth2ClientProfileEnabled is false.", "Run enable_hma.")]
    tenant = default_of(tenants, default_tenant)
    found = authserver.defaults(auth_servers(organization))
    wanted = str(tenant["tenant_id"]).casefold() if tenant else ""
    right = len(found) == 1 and found[0].tenant_id == wanted
    shown = ", ".join(f"'{item.name}'" for item in found) or "none"
    findings.append(_ENDPOINT.judge(name, right, f"default authorization endpoint: {shown}.", "Run enable_hma."))
    return findings
