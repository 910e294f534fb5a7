# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and results of hma_info, one result for each scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import server_files
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.certificates import Certificate
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import LoggedError, Way
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_oauth import OAuthTest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_listing import Switch

from .._exchange.contract import Answer
from .._on_server import OnServer
from .base import ExchangeOptions, Result


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """What is read, of which server and how deep; ``domains`` and what follows them count people, but the last one."""

    scope: str
    read: str
    server: str | None
    kinds: Sequence[str]
    directories: bool
    domains: list[str]
    domains_from: str
    page: int
    tenants: Sequence[Mapping[str, Any]]
    despite_owa: Sequence[str]
    organization: Mapping[str, Any]
    known_as: str | None
    mailbox: str
    cloud: str

    @property
    def on_server(self) -> tuple[Cmdlet, ...]:
        """What the server itself is asked: nothing where the organization is not known, or less than all is read."""
        if self.read != "full" or not self.organization:
            return ()
        facts = Organization.from_facts(Properties(self.organization, "organization"))
        return server_files.commands(facts, self.server or self.known_as or "")


@dataclass(frozen=True)
class Reading(Facts):
    """Who answered, how it was reached, and when."""

    host: str
    fqdn: str
    transport: str
    domain_controller: str | None
    time: str

    @classmethod
    def of(cls, host: str, answer: Answer) -> Self:
        """Of an answer that has just come."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(host, answer.host.fqdn, answer.transport, answer.domain_controller, now)


@dataclass(frozen=True, kw_only=True)
class _Read(Result):
    read: Reading


@dataclass(frozen=True, kw_only=True)
class Host(_Read):
    """Who answers on this connection; ``through`` another server's endpoint."""

    server: str
    through: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationRead(_Read):
    """The organization as its configuration has it."""

    organization: Organization


@dataclass(frozen=True, kw_only=True)
class SwitchRead(_Read):
    """Whether modern authentication is on, in which organization, and whether Outlook on the web needs it."""

    switch: Switch


@dataclass(frozen=True, kw_only=True)
class ServerRead(_Read):
    """The directories of a server, and which could not be read; ``through`` another server's endpoint."""

    server: str
    through: bool
    directories: Sequence[Directory]
    unread: Sequence[Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class ServerReadInFull(ServerRead):
    """The same with certificates and components; a part that could not be read is None."""

    certificates: Sequence[Certificate] | None
    components: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class ServerReadItself(ServerReadInFull):
    """The same with what is of the server itself; a part that could not be read is None."""

    version: str | None
    events: Sequence[LoggedError] | None
    ways: Sequence[Way] | None

    @classmethod
    def of(cls, read: ServerReadInFull, own: OnServer) -> Self:
        known = {key.name: getattr(read, key.name) for key in fields(read)}
        unread = [*read.unread, *(gap.brief_facts() for gap in own.unread)]
        return cls(**{**known, "unread": unread, "version": own.version, "events": own.events, "ways": own.ways})


@dataclass(frozen=True, kw_only=True)
class OAuthRead(_Read):
    """What came of signing in to Exchange Online as Exchange does it."""

    oauth: OAuthTest


@dataclass(frozen=True, kw_only=True)
class IdentityRead(_Read):
    """How many people cannot sign in to Entra with their names."""

    identity: Identity
