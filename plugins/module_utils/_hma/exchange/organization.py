# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The organization read: one shell, a fixed number of cmdlets, canonical facts.

Every section says in ``sections`` how it was read; one that could not be read is null there and has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ..base.elements import Reason, Unread
from ..base.facts import Facts, plain
from ..base.values import Properties
from ..entra.spns import ClientUrl
from .authentication_policies import AuthenticationPolicy
from .authserver import AuthServer
from .certificates import AuthCertificate
from .client_urls import ListedDirectory, OtherDirectory
from .device_access import DeviceAccess
from .hybrid import AcceptedDomain, HybridConfiguration, PartnerApplication, Relationship, SettingOverride
from .server_objects import ExchangeServer
from .web_listing import ListedWebDirectory

SCHEMA: Final = 1
Part = TypeVar("Part")

# The parts that may be missing for want of rights, in the order of the facts.
PARTS: Final = (
    "ssl_offloading", "auth_certificate", "hybrid", "accepted_domains", "authentication_policies",
    "setting_overrides", "partner_applications", "intra_organization_connectors", "organization_relationships",
    "web_directories", "metadata_mailboxes", "device_access",
)  # fmt: skip
READ, UNREAD, NOT_ASKED = "read", "unread", "not_asked"
# Why something that only a full audit looks at is not known: nobody asked for it, and nothing is wrong.
UNASKED: Final = "not asked for; hma_audit_read: full reads it"


@dataclass(frozen=True)
class Configuration(Facts):
    """The organization's own object. A field that is odd is None; the last five are not shown by every version."""

    name: str | None
    guid: str | None
    oauth2_client_profile_enabled: bool | None
    mapi_http_enabled: bool | None
    default_authentication_policy: str | None
    ews_enabled: bool | None
    ews_application_access_policy: str | None
    ews_allow_list: list[str]
    download_domains: bool | None


@dataclass(frozen=True)
class SectionState(Facts):
    """How a section of the facts was read (read, unread, not_asked), by which cmdlets, and the reason where it was
    not."""

    state: str
    cmdlets: list[str]
    reason: str | None


@dataclass(frozen=True)
class Organization:
    """An Exchange organization as one read showed it. A section that is None was not read; ``sections`` says why."""

    read: Mapping[str, Any]
    config: Configuration
    servers: tuple[ExchangeServer, ...]
    client_urls: tuple[ClientUrl, ...]
    directories: tuple[ListedDirectory, ...]
    auth_servers: tuple[AuthServer, ...]
    ssl_offloading: tuple[str, ...] | None
    auth_certificate: AuthCertificate | None
    hybrid: HybridConfiguration | None
    accepted_domains: tuple[AcceptedDomain, ...] | None
    authentication_policies: tuple[AuthenticationPolicy, ...] | None
    setting_overrides: tuple[SettingOverride, ...] | None
    partner_applications: tuple[PartnerApplication, ...] | None
    intra_organization_connectors: tuple[Relationship, ...] | None
    organization_relationships: tuple[Relationship, ...] | None
    web_directories: tuple[ListedWebDirectory, ...] | None = None
    # The names of the arbitration mailboxes that fetch Entra's metadata.
    metadata_mailboxes: tuple[str, ...] | None = None
    device_access: DeviceAccess | None = None
    # Those of other web sites than the default one; facts of an older run name none.
    other_directories: tuple[OtherDirectory, ...] = ()
    sections: Mapping[str, SectionState] = field(default_factory=dict)
    unread: tuple[Unread, ...] = ()

    @classmethod
    def from_facts(cls, facts: Properties) -> Organization:
        """The organization as ``facts()`` gave it, back from a task's options or a file."""
        sections = facts.child("sections")
        return cls(
            read=facts.child("read").found,
            config=Configuration.from_facts(facts.child("config")),
            servers=tuple(map(ExchangeServer.from_facts, facts.children("servers"))),
            client_urls=tuple(map(ClientUrl.from_facts, facts.children("client_urls"))),
            directories=tuple(map(ListedDirectory.from_facts, facts.children("directories"))),
            auth_servers=tuple(map(AuthServer.from_facts, facts.children("auth_servers"))),
            ssl_offloading=None if facts.raw("ssl_offloading") is None else tuple(facts.texts("ssl_offloading")),
            auth_certificate=_optional(facts, "auth_certificate", AuthCertificate.from_facts),
            hybrid=_optional(facts, "hybrid", HybridConfiguration.from_facts),
            accepted_domains=_optional_list(facts, "accepted_domains", AcceptedDomain.from_facts),
            authentication_policies=_optional_list(facts, "authentication_policies", AuthenticationPolicy.from_facts),
            setting_overrides=_optional_list(facts, "setting_overrides", SettingOverride.from_facts),
            partner_applications=_optional_list(facts, "partner_applications", PartnerApplication.from_facts),
            intra_organization_connectors=_optional_list(
                facts, "intra_organization_connectors", Relationship.from_facts
            ),
            organization_relationships=_optional_list(facts, "organization_relationships", Relationship.from_facts),
            web_directories=_optional_list(facts, "web_directories", ListedWebDirectory.from_facts),
            metadata_mailboxes=None
            if facts.raw("metadata_mailboxes") is None
            else tuple(facts.texts("metadata_mailboxes")),
            device_access=_optional(facts, "device_access", DeviceAccess.from_facts),
            other_directories=_optional_list(facts, "other_directories", OtherDirectory.from_facts) or (),
            sections={name: SectionState.from_facts(sections.child(name)) for name in sections.found},
            unread=tuple(map(Unread.from_facts, facts.children("unread"))),
        )

    def facts(self) -> dict[str, Any]:
        """The canonical facts; their schema is docs/schemas/facts.schema.json."""
        return {
            "schema": SCHEMA,
            "name": self.config.name,
            "guid": self.config.guid,
            "read": dict(self.read),
            "config": self.config.facts(),
            "servers": plain(self.servers),
            "client_urls": plain(self.client_urls),
            "directories": plain(self.directories),
            "other_directories": plain(self.other_directories),
            "auth_servers": plain(self.auth_servers),
            **{name: plain(getattr(self, name)) for name in PARTS},
            "sections": plain(self.sections),
            "unread": plain(self.unread),
        }

    @property
    def client_access_servers(self) -> list[ExchangeServer]:
        """The servers clients talk to: every client access server, Edge left out."""
        return [server for server in self.servers if server.client_access and not server.edge]

    def not_asked(self, section: str) -> bool:
        """Whether a section is None because this run does not read it, not because it could not."""
        state = self.sections.get(section)
        return state is not None and state.state == NOT_ASKED

    def why_unread(self, section: str) -> Reason:
        """Why a section is None, for a finding."""
        state = self.sections.get(section)
        return Reason((state.reason if state else None) or "it was not read.", self.not_asked(section))


def _optional(facts: Properties, name: str, make: Callable[[Properties], Part]) -> Part | None:
    return None if facts.raw(name) is None else make(facts.child(name))


def _optional_list(facts: Properties, name: str, make: Callable[[Properties], Part]) -> tuple[Part, ...] | None:
    return None if facts.raw(name) is None else tuple(map(make, facts.children(name)))
