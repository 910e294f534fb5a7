# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The organization read: one shell, a fixed number of cmdlets, canonical facts.

Every section says in ``sections`` how it was read; one that could not be read is null there and has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import authserver, certificates, hybrid, orgconfig, urls, values
from .cmdlet import Cmdlet, CmdletResult
from .comparison import fold
from .directories import KINDS
from .plan import Refused
from .versions import parse_admin_display_version

SCHEMA: Final = 1
Objects = Sequence[Mapping[str, Any]]

_CONFIG_MORE: Final = ("DefaultAuthenticationPolicy", "EwsEnabled", "EwsApplicationAccessPolicy", "EwsAllowList", "EnableDownloadDomains")
_CONFIG: Final = Cmdlet(orgconfig.READ.name, {}, (*orgconfig.READ.returns, *_CONFIG_MORE))
_SERVERS: Final = Cmdlet(
    "Get-ExchangeServer",
    {},
    (
        "Name", "Fqdn", "Guid", "AdminDisplayVersion", "ServerRole", "Site",
        "IsEdgeServer", "IsClientAccessServer", "IsMailboxServer", "InternetWebProxy",
    ),
)  # fmt: skip
_OUTLOOK_ANYWHERE: Final = Cmdlet("Get-OutlookAnywhere", {"ADPropertiesOnly": True}, ("Identity", "ServerName", "SSLOffloading"), on_error="continue")
_CERTIFICATES: Final = certificates.read_certificates()


@dataclass(frozen=True)
class Section:
    """A part of the facts that may be missing for want of rights: the cmdlets behind it, and how to read their objects."""

    name: str
    cmdlets: tuple[Cmdlet, ...]
    parse: Callable[..., Any]
    full: bool = False


def _single(objects: Objects, name: str) -> Mapping[str, Any]:
    if len(objects) != 1:
        raise Refused(f"{name} returned {len(objects)} objects where exactly one was expected.")
    return objects[0]


def _auth_certificate(config: Objects, found: Objects) -> dict[str, Any]:
    return certificates.parse_auth_certificate(_single(config, certificates.AUTH_CONFIG.name), found)


def _offloading(found: Objects) -> list[str]:
    return [str(item.get("ServerName") or item.get("Identity")) for item in found if item.get("SSLOffloading") is True]


SECTIONS: Final[tuple[Section, ...]] = (
    Section("ssl_offloading", (_OUTLOOK_ANYWHERE,), _offloading),
    Section("auth_certificate", (certificates.AUTH_CONFIG, _CERTIFICATES), _auth_certificate),
    Section("hybrid", (hybrid.HYBRID,), hybrid.parse_hybrid),
    Section("accepted_domains", (hybrid.DOMAINS,), hybrid.parse_domains),
    Section("authentication_policies", (hybrid.POLICIES,), hybrid.parse_policies),
    Section("setting_overrides", (hybrid.OVERRIDES,), hybrid.parse_overrides, full=True),
    Section("partner_applications", (hybrid.PARTNERS,), hybrid.parse_partners, full=True),
    Section("intra_organization_connectors", (hybrid.CONNECTORS,), hybrid.parse_connectors, full=True),
    Section("organization_relationships", (hybrid.RELATIONSHIPS,), hybrid.parse_relationships, full=True),
)


def cmdlets(depth: str = "fast") -> tuple[Cmdlet, ...]:
    """What is sent, however many servers there are: 16 for the chain, four more for a full audit."""
    parts = [cmdlet for section in SECTIONS if depth == "full" or not section.full for cmdlet in section.cmdlets]
    return (_CONFIG, _SERVERS, *urls.SCP, *(kind.get_urls() for kind in KINDS.values()), authserver.READ, *parts)


def parse_organization(results: Sequence[CmdletResult], *, read: Mapping[str, Any], depth: str = "fast") -> dict[str, Any]:
    """Canonical facts of the organization. What could not be read is null, and ``sections`` has the reason."""
    by_name = dict(zip((cmdlet.name for cmdlet in cmdlets(depth)), results, strict=True))
    config = orgconfig.parse_organization_config(only(by_name[_CONFIG.name], _CONFIG.name))
    servers = [_server(item) for item in by_name[_SERVERS.name].objects]
    gaps: list[dict[str, str]] = []
    facts = {
        "schema": SCHEMA,
        "name": config.name,
        "guid": config.guid,
        "read": {**read, "depth": depth},
        "config": {**config.facts(), **_more_config(by_name[_CONFIG.name].objects[0])},
        "servers": servers,
        "client_urls": urls.client_urls(by_name, servers, gaps),
        "directories": urls.directories(by_name, servers),
        "auth_servers": [authserver.parse_authserver(item).facts() for item in by_name[authserver.READ.name].objects],
    }
    how = {name: {"state": "read", "cmdlets": [by], "reason": None} for name, by in _ALWAYS.items()}
    for gap in gaps:
        how["client_urls"] = {"state": "unread", "cmdlets": how["client_urls"]["cmdlets"], "reason": gap["reason"]}
    for section in SECTIONS:
        facts[section.name], reason, state = _read(section, by_name)
        how[section.name] = {"state": state, "cmdlets": [cmdlet.name for cmdlet in section.cmdlets], "reason": reason}
        if state == "unread":
            gaps.append({"what": section.name, "reason": str(reason)})
    return {**facts, "sections": how, "unread": gaps}


_ALWAYS: Final[Mapping[str, str]] = {
    "config": _CONFIG.name,
    "servers": _SERVERS.name,
    "client_urls": "Get-*VirtualDirectory -ADPropertiesOnly",
    "directories": "Get-*VirtualDirectory -ADPropertiesOnly",
    "auth_servers": authserver.READ.name,
}


def only(result: CmdletResult, name: str) -> Mapping[str, Any]:
    """The one object of a read. Exchange answers a wrong identity with *all* objects, so the count is checked."""
    return _single(result.objects, name)


def auth_servers(organization: Mapping[str, Any]) -> list[authserver.AuthServer]:
    return [authserver.AuthServer(**item) for item in organization["auth_servers"]]


def client_access_servers(organization: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The servers clients talk to: every client access server, Edge left out."""
    return [item for item in organization["servers"] if item["client_access"] and not item["edge"]]


def why_unread(organization: Mapping[str, Any], section: str) -> str:
    """Why a section is null, for a finding."""
    return str(organization["sections"].get(section, {}).get("reason") or "it was not read.")


def _read(section: Section, by_name: Mapping[str, CmdletResult]) -> tuple[Any, str | None, str]:
    found = [by_name[cmdlet.name] for cmdlet in section.cmdlets if cmdlet.name in by_name]
    if len(found) < len(section.cmdlets):
        return None, "not asked for; read: full reads it.", "not_asked"
    for cmdlet, result in zip(section.cmdlets, found, strict=True):
        if not result.ok:
            return None, urls.reason_of(cmdlet.name, result), "unread"
    try:
        return section.parse(*(result.objects for result in found)), None, "read"
    except (values.ParseError, Refused) as exc:
        return None, str(exc), "unread"


def _more_config(found: Mapping[str, Any]) -> dict[str, Any]:
    """Properties that not every version has; null where this one does not show them."""
    where = _CONFIG.name
    return {
        "default_authentication_policy": values.optional_text(found, "DefaultAuthenticationPolicy", where),
        "ews_enabled": found.get("EwsEnabled"),
        "ews_application_access_policy": values.optional_text(found, "EwsApplicationAccessPolicy", where),
        "ews_allow_list": [str(item) for item in found.get("EwsAllowList") or []],
        "download_domains": found.get("EnableDownloadDomains"),
    }


def _server(found: Mapping[str, Any]) -> dict[str, Any]:
    where = f"Get-ExchangeServer {found.get('Name', '')}".strip()
    display = values.text(found, "AdminDisplayVersion", where)
    build = parse_admin_display_version(display)
    roles = values.text(found, "ServerRole", where)
    edge = bool(found.get("IsEdgeServer")) or "edge" in fold(roles)
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
