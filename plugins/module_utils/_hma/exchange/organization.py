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

from ..base import elements, values
from ..base.elements import Unread
from ..base.errors import ParseError, Refused
from . import authserver, certificates, client_urls, hybrid, orgconfig
from .cmdlet import Cmdlet, CmdletResult
from .server_objects import SERVERS, concerned, parse_server
from .virtual_directories import KINDS

SCHEMA: Final = 1
Objects = Sequence[Mapping[str, Any]]

_CONFIG_MORE: Final = ("DefaultAuthenticationPolicy", "EwsEnabled", "EwsApplicationAccessPolicy", "EwsAllowList", "EnableDownloadDomains")
_CONFIG: Final = Cmdlet(orgconfig.READ.name, {}, (*orgconfig.READ.returns, *_CONFIG_MORE))
_OUTLOOK_ANYWHERE: Final = Cmdlet("Get-OutlookAnywhere", {"ADPropertiesOnly": True}, ("Identity", "ServerName", "SSLOffloading"), on_error="continue")
_CERTIFICATES: Final = certificates.read_certificates()


@dataclass(frozen=True)
class Section:
    """A part of the facts that may be missing for want of rights: the cmdlets behind it, and how to read their objects.

    ``parse`` takes the objects of each cmdlet, and a list for the objects that are not as documented.
    """

    name: str
    cmdlets: tuple[Cmdlet, ...]
    parse: Callable[..., Any]
    full: bool = False


def _single(objects: Objects, name: str) -> Mapping[str, Any]:
    if len(objects) != 1:
        raise Refused(f"{name} returned {len(objects)} objects where exactly one was expected.")
    return objects[0]


def _auth_certificate(config: Objects, found: Objects, gaps: list[Unread]) -> dict[str, Any]:
    return certificates.parse_auth_certificate(_single(config, certificates.AUTH_CONFIG.name), found, gaps)


def _offloading(found: Objects, gaps: list[Unread]) -> list[str]:
    return [name for name, on in elements.parsed("ssl_offloading", found, _offloaded, gaps) if on]


def _offloaded(found: Mapping[str, Any]) -> tuple[str, bool | None]:
    where = _OUTLOOK_ANYWHERE.name
    name = values.optional_text(found, "ServerName", where) or values.text(found, "Identity", where)
    return name, values.optional_flag(found, "SSLOffloading", f"{where} {name}")


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
    return (_CONFIG, SERVERS, *client_urls.SCP, *(kind.get_urls() for kind in KINDS.values()), authserver.READ, *parts)


def parse_organization(results: Sequence[CmdletResult], *, read: Mapping[str, Any], depth: str = "fast") -> dict[str, Any]:
    """Canonical facts of the organization. What could not be read is null or left out, and ``unread`` has object, field, value and reason."""
    by_name = dict(zip((cmdlet.name for cmdlet in cmdlets(depth)), results, strict=True))
    gaps: list[Unread] = []
    config = _config(only(by_name[_CONFIG.name], _CONFIG.name), gaps)
    servers = elements.parsed("servers", by_name[SERVERS.name].objects, parse_server, gaps, concerned)
    directories = client_urls.listed(by_name, servers, gaps)
    points = client_urls.service_connection_points(by_name, servers, gaps)
    trusts, odd = authserver.parse_authservers(by_name[authserver.READ.name].objects)
    facts = {
        "schema": SCHEMA,
        "name": config["name"],
        "guid": config["guid"],
        "read": {**read, "depth": depth},
        "config": config,
        "servers": servers,
        "client_urls": [*(url for item in directories for url in item.client_urls()), *points],
        "directories": [item.facts() for item in directories],
        "auth_servers": [item.facts() for item in trusts],
    }
    gaps += odd
    how = {name: {"state": "read", "cmdlets": [by], "reason": None} for name, by in _ALWAYS.items()}
    for gap in gaps:
        if gap.object is None and gap.what.startswith("client_urls"):
            how["client_urls"] = {"state": "unread", "cmdlets": how["client_urls"]["cmdlets"], "reason": gap.reason}
    for section in SECTIONS:
        facts[section.name], reason, state = _read(section, by_name, gaps)
        how[section.name] = {"state": state, "cmdlets": [cmdlet.name for cmdlet in section.cmdlets], "reason": reason}
        if state == "unread":
            gaps.append(Unread(section.name, str(reason)))
    return {**facts, "sections": how, "unread": [gap.facts() for gap in gaps]}


_ALWAYS: Final[Mapping[str, str]] = {
    "config": _CONFIG.name,
    "servers": SERVERS.name,
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


def _read(section: Section, by_name: Mapping[str, CmdletResult], gaps: list[Unread]) -> tuple[Any, str | None, str]:
    found = [by_name[cmdlet.name] for cmdlet in section.cmdlets if cmdlet.name in by_name]
    if len(found) < len(section.cmdlets):
        return None, "not asked for; read: full reads it.", "not_asked"
    for cmdlet, result in zip(section.cmdlets, found, strict=True):
        if not result.ok:
            return None, client_urls.reason_of(cmdlet.name, result), "unread"
    try:
        return section.parse(*(result.objects for result in found), gaps), None, "read"
    except (ParseError, Refused) as exc:
        return None, str(exc), "unread"


# Property, key of the facts, how it is read. The last five are not shown by every version, and null where this one does not.
_CONFIG_FIELDS: Final[tuple[tuple[str, str, Callable[[Mapping[str, Any], str, str], Any]], ...]] = (
    ("Name", "name", values.text),
    ("Guid", "guid", values.guid),
    ("OAuth2ClientProfileEnabled", "oauth2_client_profile_enabled", values.flag),
    ("MapiHttpEnabled", "mapi_http_enabled", values.flag),
    ("DefaultAuthenticationPolicy", "default_authentication_policy", values.optional_text),
    ("EwsEnabled", "ews_enabled", values.optional_flag),
    ("EwsApplicationAccessPolicy", "ews_application_access_policy", values.optional_text),
    ("EwsAllowList", "ews_allow_list", values.optional_texts),
    ("EnableDownloadDomains", "download_domains", values.optional_flag),
)


def _config(found: Mapping[str, Any], gaps: list[Unread]) -> dict[str, Any]:
    """The organization's own object, field by field: one that is odd is null."""
    facts: dict[str, Any] = {"name": None, "guid": None, "ews_allow_list": []}
    for field, key, read in _CONFIG_FIELDS:
        try:
            facts[key] = read(found, field, _CONFIG.name)
        except ParseError as exc:
            facts.setdefault(key, None)
            gaps.append(elements.unread("config", found, exc))
    return facts
