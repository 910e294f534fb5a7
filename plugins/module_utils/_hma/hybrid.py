# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What hybrid and its policies look like on premises: configuration objects beside the AuthServers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import values
from .cmdlet import Cmdlet
from .comparison import fold
from .names import EXCHANGE_ONLINE

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


def parse_hybrid(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The Hybrid Configuration Wizard leaves one object; none means that it never ran."""
    return {"configured": bool(objects), "domains": [str(item) for found in objects[:1] for item in found.get("Domains") or []]}


def parse_domains(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"domain": str(item.get("DomainName")), "type": str(item.get("DomainType"))} for item in objects]


def parse_policies(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Per policy the protocols for which it blocks legacy and modern authentication."""
    return [
        {
            "name": values.text(item, "Name", POLICIES.name),
            "blocks_legacy": [name for name in PROTOCOLS if item.get(f"BlockLegacyAuth{name}") is True],
            "blocks_modern": [name for name in PROTOCOLS if item.get(f"BlockModernAuth{name}") is True],
        }
        for item in objects
    ]


def parse_overrides(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Setting overrides. The value counts, not that the object is there: Enabled=false is no override in force."""
    return [
        {
            "name": values.text(item, "Name", OVERRIDES.name),
            "component": str(item.get("ComponentName") or ""),
            "section": str(item.get("SectionName") or ""),
            "parameters": values.texts(item, "Parameters", OVERRIDES.name),
            "everywhere": not item.get("Server"),
        }
        for item in objects
    ]


def parse_partners(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(item.get("Name")),
            "application_identifier": str(item.get("ApplicationIdentifier") or ""),
            "enabled": values.flag(item, "Enabled", PARTNERS.name),
            "exchange_online": fold(str(item.get("ApplicationIdentifier") or "")) == EXCHANGE_ONLINE,
        }
        for item in objects
    ]


def parse_connectors(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_with_addresses(item, CONNECTORS.name, ("DiscoveryEndpoint", "TargetSharingEpr")) for item in objects]


def parse_relationships(objects: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_with_addresses(item, RELATIONSHIPS.name, ("TargetAutodiscoverEpr", "TargetSharingEpr")) for item in objects]


def _with_addresses(found: Mapping[str, Any], where: str, fields: Sequence[str]) -> dict[str, Any]:
    return {
        "name": values.text(found, "Name", where),
        "enabled": values.flag(found, "Enabled", where),
        "addresses": [text for text in (values.optional_text(found, field, where) for field in fields) if text],
    }
