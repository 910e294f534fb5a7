# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What hybrid and its policies look like on premises: configuration objects beside the AuthServers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base import elements, values
from ..base.comparison import fold
from ..base.elements import Unread
from ..entra.spns import EXCHANGE_ONLINE
from .cmdlet import Cmdlet

Objects = Sequence[Mapping[str, Any]]

HYBRID: Final = Cmdlet("Get-HybridConfiguration", {}, ("Domains", "Features", "ServiceInstance"), on_error="continue")
DOMAINS: Final = Cmdlet("Get-AcceptedDomain", {}, ("DomainName", "DomainType"), on_error="continue")
PROTOCOLS: Final = ("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "Pop", "Rpc", "WebServices")
# The three policy cmdlets are the only ones here without -DomainController.
POLICIES: Final = Cmdlet(
    "Get-AuthenticationPolicy",
    {},
    ("Name", *(f"Block{age}Auth{protocol}" for age in ("Legacy", "Modern") for protocol in PROTOCOLS)),
    on_error="continue",
    pin=False,
)
OVERRIDES: Final = Cmdlet("Get-SettingOverride", {}, ("Name", "ComponentName", "SectionName", "Parameters", "Server"), on_error="continue")
PARTNERS: Final = Cmdlet("Get-PartnerApplication", {}, ("Name", "ApplicationIdentifier", "Enabled", "Realm"), on_error="continue")
CONNECTORS: Final = Cmdlet(
    "Get-IntraOrganizationConnector", {}, ("Name", "Enabled", "TargetAddressDomains", "DiscoveryEndpoint", "TargetSharingEpr"), on_error="continue"
)
RELATIONSHIPS: Final = Cmdlet(
    "Get-OrganizationRelationship", {}, ("Name", "Enabled", "DomainNames", "TargetAutodiscoverEpr", "TargetSharingEpr"), on_error="continue"
)


def parse_hybrid(objects: Objects, gaps: list[Unread]) -> dict[str, Any]:
    """The Hybrid Configuration Wizard leaves one object; none means that it never ran."""
    domains = elements.parsed("hybrid", objects[:1], lambda found: values.optional_texts(found, "Domains", HYBRID.name), gaps)
    return {"configured": bool(objects), "domains": [domain for found in domains for domain in found]}


def parse_domains(objects: Objects, gaps: list[Unread]) -> list[dict[str, str]]:
    return elements.parsed("accepted_domains", objects, _domain, gaps)


def parse_policies(objects: Objects, gaps: list[Unread]) -> list[dict[str, Any]]:
    """Per policy the protocols for which it blocks legacy and modern authentication."""
    return elements.parsed("authentication_policies", objects, _policy, gaps)


def parse_overrides(objects: Objects, gaps: list[Unread]) -> list[dict[str, Any]]:
    """Setting overrides. The value counts, not that the object is there: Enabled=false is no override in force."""
    return elements.parsed("setting_overrides", objects, _override, gaps)


def parse_partners(objects: Objects, gaps: list[Unread]) -> list[dict[str, Any]]:
    return elements.parsed("partner_applications", objects, _partner, gaps)


def parse_connectors(objects: Objects, gaps: list[Unread]) -> list[dict[str, Any]]:
    def parse(found: Mapping[str, Any]) -> dict[str, Any]:
        return _with_addresses(found, CONNECTORS.name, ("DiscoveryEndpoint", "TargetSharingEpr"))

    return elements.parsed("intra_organization_connectors", objects, parse, gaps)


def parse_relationships(objects: Objects, gaps: list[Unread]) -> list[dict[str, Any]]:
    def parse(found: Mapping[str, Any]) -> dict[str, Any]:
        return _with_addresses(found, RELATIONSHIPS.name, ("TargetAutodiscoverEpr", "TargetSharingEpr"))

    return elements.parsed("organization_relationships", objects, parse, gaps)


def _domain(found: Mapping[str, Any]) -> dict[str, str]:
    return {"domain": values.text(found, "DomainName", DOMAINS.name), "type": values.text(found, "DomainType", DOMAINS.name)}


def _policy(found: Mapping[str, Any]) -> dict[str, Any]:
    name = values.text(found, "Name", POLICIES.name)

    def blocked(age: str) -> list[str]:
        return [protocol for protocol in PROTOCOLS if values.optional_flag(found, f"Block{age}Auth{protocol}", f"{POLICIES.name} {name}")]

    return {"name": name, "blocks_legacy": blocked("Legacy"), "blocks_modern": blocked("Modern")}


def _override(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": values.text(found, "Name", OVERRIDES.name),
        "component": values.optional_text(found, "ComponentName", OVERRIDES.name) or "",
        "section": values.optional_text(found, "SectionName", OVERRIDES.name) or "",
        "parameters": values.texts(found, "Parameters", OVERRIDES.name),
        "everywhere": not found.get("Server"),
    }


def _partner(found: Mapping[str, Any]) -> dict[str, Any]:
    application = values.optional_text(found, "ApplicationIdentifier", PARTNERS.name) or ""
    return {
        "name": values.text(found, "Name", PARTNERS.name),
        "application_identifier": application,
        "enabled": values.flag(found, "Enabled", PARTNERS.name),
        "exchange_online": fold(application) == EXCHANGE_ONLINE,
    }


def _with_addresses(found: Mapping[str, Any], where: str, fields: Sequence[str]) -> dict[str, Any]:
    return {
        "name": values.text(found, "Name", where),
        "enabled": values.flag(found, "Enabled", where),
        "addresses": [text for text in (values.optional_text(found, field, where) for field in fields) if text],
    }
