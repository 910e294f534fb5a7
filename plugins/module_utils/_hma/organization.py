# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The organization read: one shell, a fixed number of cmdlets, canonical facts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import authserver, orgconfig, values
from .cmdlet import Cmdlet, CmdletResult
from .directories import FRONT_END, KINDS
from .plan import Refused
from .versions import parse_admin_display_version

SCHEMA: Final = 1

_SERVERS: Final = Cmdlet(
    "Get-ExchangeServer",
    {},
    (
        "Name", "Fqdn", "Guid", "AdminDisplayVersion", "ServerRole", "Site",
        "IsEdgeServer", "IsClientAccessServer", "IsMailboxServer", "InternetWebProxy",
    ),
)  # fmt: skip
_SCP_RETURNS: Final = ("Name", "Fqdn", "AutoDiscoverServiceInternalUri")
# 2016 and later know Get-ClientAccessService, 2013 only Get-ClientAccessServer, and which one this shell has
# is known only by asking: both are sent, the first that answers is used.
_SCP: Final = tuple(Cmdlet(name, {}, _SCP_RETURNS, on_error="continue") for name in ("Get-ClientAccessService", "Get-ClientAccessServer"))
_OUTLOOK_ANYWHERE: Final = Cmdlet("Get-OutlookAnywhere", {"ADPropertiesOnly": True}, ("Identity", "ServerName", "SSLOffloading"), on_error="continue")
_AUTH_CONFIG: Final = Cmdlet("Get-AuthConfig", {}, ("CurrentCertificateThumbprint", "NextCertificateThumbprint"), on_error="continue")
# Over remoting the object has one useful property: the certificate itself.
_CERTIFICATES: Final = Cmdlet("Get-ExchangeCertificate", {}, ("RawData",), on_error="continue")
_HYBRID: Final = Cmdlet("Get-HybridConfiguration", {}, ("Domains", "Features", "ServiceInstance"), on_error="continue")
_DOMAINS: Final = Cmdlet("Get-AcceptedDomain", {}, ("DomainName", "DomainType"), on_error="continue")

CMDLETS: Final[tuple[Cmdlet, ...]] = (
    orgconfig.READ,
    _SERVERS,
    *_SCP,
    *(kind.get_urls() for kind in KINDS.values()),
    _OUTLOOK_ANYWHERE,
    authserver.READ,
    _AUTH_CONFIG,
    _CERTIFICATES,
    _HYBRID,
    _DOMAINS,
)


def parse_organization(results: Sequence[CmdletResult]) -> dict[str, Any]:
    """Canonical facts of the organization. What could not be read stands in ``unread`` with its reason."""
    by_name = dict(zip((cmdlet.name for cmdlet in CMDLETS), results, strict=True))
    unread: list[dict[str, str]] = []
    config = orgconfig.parse_organization_config(only(by_name[orgconfig.READ.name], orgconfig.READ.name))
    servers = [_server(item) for item in by_name[_SERVERS.name].objects]
    return {
        "schema": SCHEMA,
        "name": config.name,
        "guid": config.guid,
        "config": config.facts(),
        "servers": servers,
        "client_urls": _client_urls(by_name, servers, unread),
        "auth_servers": [authserver.parse_authserver(item).facts() for item in by_name[authserver.READ.name].objects],
        "auth_certificate": _auth_certificate(by_name, unread),
        "ssl_offloading": _ssl_offloading(by_name[_OUTLOOK_ANYWHERE.name], unread),
        "hybrid": _hybrid(by_name[_HYBRID.name], unread),
        "accepted_domains": _accepted_domains(by_name[_DOMAINS.name], unread),
        "unread": unread,
    }


def only(result: CmdletResult, name: str) -> Mapping[str, Any]:
    """The one object of a read. Exchange answers a wrong identity with *all* objects, so the count is checked."""
    if len(result.objects) != 1:
        raise Refused(f"{name} returned {len(result.objects)} objects where exactly one was expected.")
    return result.objects[0]


def auth_servers(organization: Mapping[str, Any]) -> list[authserver.AuthServer]:
    return [authserver.AuthServer(**item) for item in organization["auth_servers"]]


def client_access_servers(organization: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The servers clients talk to: every client access server, Edge left out."""
    return [item for item in organization["servers"] if item["client_access"] and not item["edge"]]


def _server(found: Mapping[str, Any]) -> dict[str, Any]:
    where = f"Get-ExchangeServer {found.get('Name', '')}".strip()
    display = values.text(found, "AdminDisplayVersion", where)
    build = parse_admin_display_version(display)
    roles = values.text(found, "ServerRole", where)
    edge = bool(found.get("IsEdgeServer")) or "edge" in roles.casefold()
    return {
        "name": values.text(found, "Name", where),
        "fqdn": values.text(found, "Fqdn", where),
        "guid": values.guid(found, "Guid", where),
        "admin_display_version": display,
        "version": str(build),
        "product": build.product,
        "label": build.label,
        "roles": roles,
        "edge": edge,
        "client_access": values.flag(found, "IsClientAccessServer", where) if "IsClientAccessServer" in found else not edge,
        "site": values.optional_text(found, "Site", where),
        "internet_web_proxy": values.optional_text(found, "InternetWebProxy", where),
    }


def _client_urls(by_name: Mapping[str, CmdletResult], servers: Sequence[Mapping[str, Any]], unread: list[dict[str, str]]) -> list[dict[str, Any]]:
    edges = {item["name"].casefold() for item in servers if item["edge"]}
    urls = [item for kind in KINDS.values() for item in _directory_urls(kind.key, by_name[f"Get-{kind.noun}"], unread)]
    scp = next((by_name[cmdlet.name] for cmdlet in _SCP if by_name[cmdlet.name].ok), None)
    if scp is None:
        unread.append(_gap("client_urls.scp", by_name[_SCP[0].name]))
    else:
        for found in scp.objects:
            server = values.text(found, "Name", _SCP[0].name)
            url = values.optional_text(found, "AutoDiscoverServiceInternalUri", f"{_SCP[0].name} {server}")
            urls.append({"server": server, "kind": "autodiscover", "where": "scp", "url": url})
    return [item for item in urls if item["server"].casefold() not in edges]


def _directory_urls(kind: str, result: CmdletResult, unread: list[dict[str, str]]) -> list[dict[str, Any]]:
    noun = KINDS[kind].noun
    if not result.ok:
        unread.append(_gap(f"client_urls.{kind}", result))
        return []
    # The Autodiscover directory has no URLs of its own after 2010; clients are told the SCP's.
    places = () if kind == "autodiscover" else (("internal", "InternalUrl"), ("external", "ExternalUrl"))
    urls = []
    for found in result.objects:
        where = f"Get-{noun} {found.get('Identity', '')}".strip()
        if not values.text(found, "Name", where).endswith(FRONT_END):
            continue
        for place, field in places:
            url = values.optional_text(found, field, where)
            urls.append({"server": values.text(found, "Server", where), "kind": kind, "where": place, "url": url})
    return urls


def _auth_certificate(by_name: Mapping[str, CmdletResult], unread: list[dict[str, str]]) -> dict[str, Any] | None:
    config, certificates = by_name[_AUTH_CONFIG.name], by_name[_CERTIFICATES.name]
    for result in (config, certificates):
        if not result.ok:
            unread.append(_gap("auth_certificate", result))
            return None
    found = only(config, _AUTH_CONFIG.name)
    known = dict(_certificate(item) for item in certificates.objects)
    current = (values.optional_text(found, "CurrentCertificateThumbprint", "Get-AuthConfig") or "").upper()
    return {
        "thumbprint": current or None,
        "next_thumbprint": values.optional_text(found, "NextCertificateThumbprint", "Get-AuthConfig"),
        "not_after": known.get(current),
    }


def _certificate(found: Mapping[str, Any]) -> tuple[str, str]:
    """Thumbprint and end of validity of one certificate: computed from RawData, the rest is lost over remoting."""
    # msal brings cryptography; hosts that only run hma_probe import this module without it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(values.text(found, "RawData", _CERTIFICATES.name)))
    except (binascii.Error, ValueError) as exc:
        raise values.ParseError(f"{_CERTIFICATES.name}: RawData is not a certificate ({exc}).") from exc
    # The thumbprint is SHA-1 by definition; it identifies, it does not protect.
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
    return thumbprint, certificate.not_valid_after_utc.isoformat()


def _ssl_offloading(result: CmdletResult, unread: list[dict[str, str]]) -> list[str] | None:
    if not result.ok:
        unread.append(_gap("ssl_offloading", result))
        return None
    return [str(item.get("ServerName") or item.get("Identity")) for item in result.objects if item.get("SSLOffloading") is True]


def _hybrid(result: CmdletResult, unread: list[dict[str, str]]) -> dict[str, Any] | None:
    if not result.ok:
        unread.append(_gap("hybrid", result))
        return None
    if not result.objects:
        return {"configured": False}
    return {"configured": True, "domains": [str(item) for item in result.objects[0].get("Domains") or []]}


def _accepted_domains(result: CmdletResult, unread: list[dict[str, str]]) -> list[dict[str, str]] | None:
    if not result.ok:
        unread.append(_gap("accepted_domains", result))
        return None
    return [{"domain": str(item.get("DomainName")), "type": str(item.get("DomainType"))} for item in result.objects]


def _gap(what: str, result: CmdletResult) -> dict[str, str]:
    reason = "; ".join(f"{error.reason}: {error.message}" for error in result.errors) or "not run"
    return {"what": what, "reason": reason}
