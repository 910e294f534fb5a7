# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The server objects of the organization, as Get-ExchangeServer shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.values import Properties
from .cmdlet import Cmdlet
from .versions import Build, parse_admin_display_version

SERVERS: Final = Cmdlet(
    "Get-ExchangeServer",
    {},
    (
        "Name", "Fqdn", "Guid", "AdminDisplayVersion", "ServerRole", "Site",
        "IsEdgeServer", "IsClientAccessServer", "IsMailboxServer", "InternetWebProxy",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ExchangeServer:
    """One server of the organization. Its build is parsed here, once; product, version and label come from it."""

    name: str
    fqdn: str
    guid: str
    admin_display_version: str
    build: Build
    roles: str
    edge: bool
    client_access: bool
    site: str | None
    internet_web_proxy: str | None

    @classmethod
    def from_facts(cls, facts: Properties) -> ExchangeServer:
        return cls(
            name=facts.text("name"),
            fqdn=facts.text("fqdn"),
            guid=facts.text("guid"),
            admin_display_version=facts.text("admin_display_version"),
            build=_build(facts, "admin_display_version"),
            roles=facts.text("roles"),
            edge=facts.flag("edge"),
            client_access=facts.flag("client_access"),
            site=facts.optional_text("site"),
            internet_web_proxy=facts.optional_text("internet_web_proxy"),
        )

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.name, "fqdn": self.fqdn, "guid": self.guid,
            "admin_display_version": self.admin_display_version,
            "version": str(self.build), "product": self.build.product, "label": self.build.label, "roles": self.roles,
            "edge": self.edge, "client_access": self.client_access, "site": self.site,
            "internet_web_proxy": self.internet_web_proxy,
        }  # fmt: skip


def parse_server(properties: Properties) -> ExchangeServer:
    """One server object; ParseError names the field that is not as documented."""
    server = properties.named("Name")
    build = _build(server, "AdminDisplayVersion")
    return ExchangeServer(
        name=server.text("Name"),
        fqdn=server.text("Fqdn"),
        guid=server.guid("Guid"),
        admin_display_version=server.text("AdminDisplayVersion"),
        build=build,
        roles=server.text("ServerRole"),
        edge=_is_edge(server),
        client_access=_has_client_access(server, build),
        site=server.optional_text("Site"),
        internet_web_proxy=server.optional_text("InternetWebProxy"),
    )


def is_concerned(properties: Properties) -> bool:
    """Whether an object that could not be read may be a server that clients talk to, or one that keeps HMA from being
    enabled."""
    return not (properties.raw("IsEdgeServer") is True or _says_edge(properties))


def _build(server: Properties, field: str) -> Build:
    version = server.text(field)
    try:
        return parse_admin_display_version(version)
    except ParseError as exc:
        # The pattern's own message does not know the object.
        raise ParseError(f"{server.where}: {exc}", field=field, value=exc.value) from None


def _is_edge(server: Properties) -> bool:
    return bool(server.optional_flag("IsEdgeServer")) or _says_edge(server)


def _says_edge(server: Properties) -> bool:
    roles = server.raw("ServerRole")
    return isinstance(roles, str) and "edge" in fold(roles)


def _has_client_access(server: Properties, build: Build) -> bool:
    """2003 and older have no client access role, and their objects leave the property unset."""
    if "IsClientAccessServer" not in server:
        return not _is_edge(server)
    if server.raw("IsClientAccessServer") is None and build.product == "2010":
        return False
    return server.flag("IsClientAccessServer")
