# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The read of an organization, one shell however many servers there are: what is sent, and what is made of the
answers.

Every section says in ``sections`` how it was read; one that could not be read is null there and has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base import elements
from ..base.elements import Unread
from ..base.errors import ParseError, Refused
from ..base.values import Properties
from . import (
    authentication_policies,
    authserver,
    certificates,
    client_urls,
    device_access,
    hybrid,
    metadata,
    orgconfig,
    web_listing,
)
from .certificates import AuthCertificate
from .cmdlet import Cmdlet, CmdletResult
from .organization import NOT_ASKED, READ, UNASKED, UNREAD, Configuration, Organization, SectionState
from .server_objects import SERVERS, is_concerned, parse_server
from .virtual_directories import KINDS

Objects = Sequence[Properties]
_CONFIG_MORE: Final = ("EwsEnabled", "EwsApplicationAccessPolicy", "EwsAllowList", "EnableDownloadDomains")
_CONFIG: Final = Cmdlet(orgconfig.READ.name, {}, (*orgconfig.READ.returns, *_CONFIG_MORE))
_OUTLOOK_ANYWHERE: Final = Cmdlet(
    "Get-OutlookAnywhere", {"ADPropertiesOnly": True}, ("Identity", "ServerName", "SSLOffloading"), on_error="continue"
)
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


def _auth_certificate(configs: Objects, found: Objects, gaps: list[Unread]) -> AuthCertificate:
    if len(configs) != 1:
        raise Refused(
            f"{certificates.AUTH_CONFIG.name} returned {len(configs)} objects where exactly one was expected."
        )
    return certificates.parse_auth_certificate(configs[0], found, gaps)


def _offloading(objects: Objects, gaps: list[Unread]) -> list[str]:
    return [name for name, on in elements.parsed("ssl_offloading", objects, _parse_offloading, gaps) if on]


def _parse_offloading(outlook_anywhere: Properties) -> tuple[str, bool | None]:
    name = outlook_anywhere.optional_text("ServerName") or outlook_anywhere.text("Identity")
    return name, Properties(outlook_anywhere.found, f"{outlook_anywhere.where} {name}").optional_flag("SSLOffloading")


SECTIONS: Final[tuple[Section, ...]] = (
    Section("ssl_offloading", (_OUTLOOK_ANYWHERE,), _offloading),
    Section("auth_certificate", (certificates.AUTH_CONFIG, _CERTIFICATES), _auth_certificate),
    Section("hybrid", (hybrid.HYBRID,), hybrid.parse_hybrid),
    Section("accepted_domains", (hybrid.DOMAINS,), hybrid.parse_domains),
    Section("authentication_policies", (authentication_policies.READ,), authentication_policies.parse_policies),
    Section(web_listing.PART, web_listing.LISTED, web_listing.parse_objects),
    Section("setting_overrides", (hybrid.OVERRIDES,), hybrid.parse_overrides, full=True),
    Section("partner_applications", (hybrid.PARTNERS,), hybrid.parse_partners, full=True),
    Section("intra_organization_connectors", (hybrid.CONNECTORS,), hybrid.parse_connectors, full=True),
    Section("organization_relationships", (hybrid.RELATIONSHIPS,), hybrid.parse_relationships, full=True),
    Section(metadata.PART, (metadata.READ,), metadata.parse_mailboxes, full=True),
    Section(device_access.PART, (device_access.SETTINGS, device_access.RULES), device_access.parse_access, full=True),
)


def cmdlets(depth: str = "fast") -> tuple[Cmdlet, ...]:
    """What is sent, however many servers there are: 18 for the chain, seven more for a full audit."""
    parts = [cmdlet for section in SECTIONS if depth == "full" or not section.full for cmdlet in section.cmdlets]
    return (_CONFIG, SERVERS, *client_urls.SCP, *(kind.get_urls() for kind in KINDS.values()), authserver.READ, *parts)


def parse_organization(
    results: Sequence[CmdletResult], *, read: Mapping[str, Any], depth: str = "fast"
) -> Organization:
    """The organization. What could not be read is None or left out, and ``unread`` has object, field, value and
    reason."""
    by_name = dict(zip((cmdlet.name for cmdlet in cmdlets(depth)), results, strict=True))
    gaps: list[Unread] = []
    config = _parse_config(by_name[_CONFIG.name].only(_CONFIG.name), gaps)
    servers = elements.parsed(
        "servers", by_name[SERVERS.name].properties(SERVERS.name), parse_server, gaps, is_concerned
    )
    listed = client_urls.list_directories(by_name, servers, gaps)
    points = client_urls.service_connection_points(by_name, servers, gaps)
    auth_servers, odd = authserver.parse_authservers(by_name[authserver.READ.name].properties(authserver.READ.name))
    gaps += odd
    sections = _sections_always_read(gaps)
    parts = {}
    for section in SECTIONS:
        parts[section.name], sections[section.name] = _read(section, by_name, gaps)
        if sections[section.name].state == UNREAD:
            gaps.append(Unread(section.name, sections[section.name].reason or ""))
    return Organization(
        read={**read, "depth": depth},
        config=config,
        servers=tuple(servers),
        client_urls=(*listed.urls, *points),
        directories=tuple(listed.front_ends),
        other_directories=tuple(listed.others),
        auth_servers=tuple(auth_servers),
        sections=sections,
        unread=tuple(gaps),
        **parts,
    )


_ALWAYS: Final[Mapping[str, str]] = {
    "config": _CONFIG.name,
    "servers": SERVERS.name,
    "client_urls": "Get-*VirtualDirectory -ADPropertiesOnly",
    "directories": "Get-*VirtualDirectory -ADPropertiesOnly",
    "auth_servers": authserver.READ.name,
}


def _sections_always_read(gaps: Iterable[Unread]) -> dict[str, SectionState]:
    """The parts without which there are no facts at all; of the client URLs a kind may be missing."""
    sections = {name: SectionState(READ, [cmdlet], None) for name, cmdlet in _ALWAYS.items()}
    for gap in gaps:
        if gap.object is None and gap.what.startswith("client_urls"):
            sections["client_urls"] = SectionState(UNREAD, sections["client_urls"].cmdlets, gap.reason)
    return sections


def _read(section: Section, by_name: Mapping[str, CmdletResult], gaps: list[Unread]) -> tuple[Any, SectionState]:
    names = [cmdlet.name for cmdlet in section.cmdlets]
    results = {name: by_name[name] for name in names if name in by_name}
    if len(results) < len(names):
        return None, SectionState(NOT_ASKED, names, f"{UNASKED} (hma_info: read: full).")
    for name, result in results.items():
        if not result.ok:
            return None, SectionState(UNREAD, names, client_urls.reason_of(name, result))
    try:
        part = section.parse(*(result.properties(name) for name, result in results.items()), gaps)
    except (ParseError, Refused) as exc:
        return None, SectionState(UNREAD, names, str(exc))
    return tuple(part) if isinstance(part, list) else part, SectionState(READ, names, None)


# Field of Configuration, property, how it is read.
_CONFIG_FIELDS: Final[tuple[tuple[str, str, Callable[[Properties, str], Any]], ...]] = (
    ("name", "Name", Properties.text),
    ("guid", "Guid", Properties.guid),
    ("oauth2_client_profile_enabled", "OAuth2ClientProfileEnabled", Properties.flag),
    ("mapi_http_enabled", "MapiHttpEnabled", Properties.flag),
    ("default_authentication_policy", "DefaultAuthenticationPolicy", Properties.optional_text),
    ("ews_enabled", "EwsEnabled", Properties.optional_flag),
    ("ews_application_access_policy", "EwsApplicationAccessPolicy", Properties.optional_text),
    ("ews_allow_list", "EwsAllowList", Properties.optional_texts),
    ("download_domains", "EnableDownloadDomains", Properties.optional_flag),
)


def _parse_config(properties: Properties, gaps: list[Unread]) -> Configuration:
    """The organization's own object, field by field: one that is odd is None, or an empty list."""
    values: dict[str, Any] = {}
    for attribute, name, read in _CONFIG_FIELDS:
        try:
            values[attribute] = read(properties, name)
        except ParseError as exc:
            values[attribute] = [] if attribute == "ews_allow_list" else None
            gaps.append(elements.unread("config", properties, exc))
    return Configuration(**values)
