# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What hybrid and its policies look like on premises: configuration objects beside the AuthServers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base import elements
from ..base.comparison import fold, has
from ..base.elements import Unread
from ..base.facts import Facts
from ..base.values import Properties
from ..entra.domains import can_be_verified
from ..entra.spns import EXCHANGE_ONLINE
from .cmdlet import Cmdlet

Objects = Iterable[Properties]

# CVE-2025-53786; ConfigureExchangeHybridApplication of CSS-Exchange.
WIZARD_UPLOADS: Final = (
    "With OAuth the wizard uploads the auth certificate to the shared service principal of Exchange Online again; "
    "ConfigureExchangeHybridApplication.ps1 -ResetFirstPartyServicePrincipalKeyCredentials (CSS-Exchange) clears it, "
    "and HMA does not need it there."
)
HYBRID: Final = Cmdlet("Get-HybridConfiguration", {}, ("Domains", "Features", "ServiceInstance"), on_error="continue")
DOMAINS: Final = Cmdlet("Get-AcceptedDomain", {}, ("DomainName", "DomainType"), on_error="continue")
OVERRIDES: Final = Cmdlet(
    "Get-SettingOverride", {}, ("Name", "ComponentName", "SectionName", "Parameters", "Server"), on_error="continue"
)
PARTNERS: Final = Cmdlet(
    "Get-PartnerApplication", {}, ("Name", "ApplicationIdentifier", "Enabled", "Realm"), on_error="continue"
)
CONNECTORS: Final = Cmdlet(
    "Get-IntraOrganizationConnector",
    {},
    ("Name", "Enabled", "TargetAddressDomains", "DiscoveryEndpoint", "TargetSharingEpr"),
    on_error="continue",
)
RELATIONSHIPS: Final = Cmdlet(
    "Get-OrganizationRelationship",
    {},
    ("Name", "Enabled", "DomainNames", "TargetAutodiscoverEpr", "TargetSharingEpr"),
    on_error="continue",
)


@dataclass(frozen=True)
class HybridConfiguration(Facts):
    """What the Hybrid Configuration Wizard left behind."""

    configured: bool
    domains: list[str]


@dataclass(frozen=True)
class AcceptedDomain(Facts):
    """A domain that the organization receives mail for. With a wildcard it stands for others, as relays have it."""

    domain: str
    type: str

    @property
    def wildcard(self) -> bool:
        return "*" in self.domain


def domains_of_people(domains: Iterable[AcceptedDomain]) -> list[str]:
    """The domains that a sign-in name can end in. One with a wildcard names none, and Entra verifies none; nor does it
    verify contoso.local."""
    return [item.domain for item in domains if not item.wildcard and can_be_verified(item.domain)]


@dataclass(frozen=True)
class SettingOverride(Facts):
    """A setting override. Its parameters count, not that the object is there: Enabled=false is no override in force."""

    name: str
    component: str
    section: str
    parameters: list[str]
    everywhere: bool

    def is_on(self, component: str, section: str) -> bool:
        """Whether it switches this section on, on every server: one for some servers leaves the others without."""
        named = fold(self.component) == fold(component) and fold(self.section) == fold(section)
        return self.everywhere and named and has(self.parameters, "Enabled=true")


@dataclass(frozen=True)
class PartnerApplication(Facts):
    """An application that the organization trusts."""

    name: str
    application_identifier: str
    enabled: bool
    exchange_online: bool


@dataclass(frozen=True)
class Relationship(Facts):
    """An intra-organization connector or an organization relationship, with the addresses it sends requests to."""

    name: str
    enabled: bool
    addresses: list[str]


def parse_hybrid(objects: Objects, gaps: list[Unread]) -> HybridConfiguration:
    """The Hybrid Configuration Wizard leaves one object; none means that it never ran."""
    configurations = list(objects)[:1]
    domains = elements.parsed(
        "hybrid", configurations, lambda configuration: configuration.optional_texts("Domains"), gaps
    )
    return HybridConfiguration(bool(configurations), domains[0] if domains else [])


def parse_domains(objects: Objects, gaps: list[Unread]) -> list[AcceptedDomain]:
    return elements.parsed(
        "accepted_domains",
        objects,
        lambda domain: AcceptedDomain(domain.text("DomainName"), domain.text("DomainType")),
        gaps,
    )


def parse_overrides(objects: Objects, gaps: list[Unread]) -> list[SettingOverride]:
    return elements.parsed("setting_overrides", objects, _parse_override, gaps)


def parse_partners(objects: Objects, gaps: list[Unread]) -> list[PartnerApplication]:
    return elements.parsed("partner_applications", objects, _parse_partner, gaps)


def parse_connectors(objects: Objects, gaps: list[Unread]) -> list[Relationship]:
    return _parse_relationships(
        "intra_organization_connectors", objects, ("DiscoveryEndpoint", "TargetSharingEpr"), gaps
    )


def parse_relationships(objects: Objects, gaps: list[Unread]) -> list[Relationship]:
    return _parse_relationships(
        "organization_relationships", objects, ("TargetAutodiscoverEpr", "TargetSharingEpr"), gaps
    )


def _parse_override(override: Properties) -> SettingOverride:
    return SettingOverride(
        name=override.text("Name"),
        component=override.optional_text("ComponentName") or "",
        section=override.optional_text("SectionName") or "",
        parameters=override.texts("Parameters"),
        everywhere=not override.raw("Server"),
    )


def _parse_partner(partner: Properties) -> PartnerApplication:
    identifier = partner.optional_text("ApplicationIdentifier") or ""
    return PartnerApplication(
        partner.text("Name"), identifier, partner.flag("Enabled"), fold(identifier) == EXCHANGE_ONLINE
    )


def _parse_relationships(part: str, objects: Objects, fields: Sequence[str], gaps: list[Unread]) -> list[Relationship]:
    def parse(relationship: Properties) -> Relationship:
        addresses = [relationship.optional_text(field) for field in fields]
        return Relationship(
            relationship.text("Name"), relationship.flag("Enabled"), [address for address in addresses if address]
        )

    return elements.parsed(part, objects, parse, gaps)
