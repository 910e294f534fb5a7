# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What one judgement is about: what was read, and what the administrator declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from ..base.by_name import ByName
from ..base.command import Shell, playbook
from ..base.comparison import fold
from ..base.values import Properties
from ..entra.spns import Names, client_names, ignored_hosts
from ..exchange.authserver import AuthServer
from ..exchange.client_urls import ListedDirectory
from ..exchange.mailboxes import Identity
from ..exchange.organization import Organization
from ..exchange.server_objects import ExchangeServer
from ..exchange.versions import Build
from .declared import Exclusion, Settings
from .inventory import RunResults, ServerEntry, TenantEntry
from .server_oauth import Tries
from .web_readings import WebReadings

# The gates that judge what was read once more, right before.
_AFTER: Final = frozenset({"enable", "verify", "owa"})


@dataclass(frozen=True)
class Inputs:
    """What a gate judges, made once from the options of hma_assess; nothing of it is looked up again.

    ``read`` is the organization, or None where nobody could read it. ``servers`` and ``tenants`` hold one entry per
    expected host.
    ``full``: the servers were read in full. ``resolved`` says of an autodiscover host whether DNS knows it (None:
    nobody could tell). ``inventory`` is what this run was started with.
    """

    read: Organization | None
    now: datetime
    names: Names
    servers: Sequence[ServerEntry] = ()
    tenants: Sequence[TenantEntry] = ()
    settings: Settings = field(default_factory=Settings)
    full: bool = True
    identity: Identity | None = None
    # Why the organization, or the mailboxes, could not be read, by part.
    errors: Mapping[str, str] = field(default_factory=dict)
    resolved: Mapping[str, bool | None] = field(default_factory=dict)
    inventory: Sequence[str] = ()
    # Outlook on the web and the admin center, where a run reads them.
    web: WebReadings = field(default_factory=WebReadings)
    # OAuth between Exchange and Exchange Online, where a run tries it.
    oauth: Tries = field(default_factory=Tries)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], settings: Settings, gate: Gate) -> Inputs:
        """The one way in: the facts of a run, as run_facts gives them, and the settings of the organization."""
        results = RunResults(facts)
        predicted = results.predictions() if gate.predicting and gate.name == "enable" else None
        read, identity = facts.get("organization"), facts.get("identity")
        organization = Organization.from_facts(Properties(read, "facts: organization")) if read else None
        return cls(
            read=organization,
            now=gate.now,
            names=client_names(
                organization.client_urls if organization else (),
                settings.spn_extra_names,
                [item.facts() for item in settings.spn_ignored],
            ),
            servers=results.servers(gate.servers_reading, predicted),
            tenants=results.tenants(gate.tenants_reading, predicted, asked_only=gate.name == "tenants"),
            settings=settings,
            full=gate.full,
            identity=Identity.from_facts(Properties(identity, "facts: identity")) if identity else None,
            errors=facts.get("errors") or {},
            inventory=gate.inventory,
            web=WebReadings.from_facts(facts),
            oauth=Tries.from_facts(facts),
        )

    @property
    def name(self) -> str:
        return self.organization.config.name or "the organization"

    @property
    def organization(self) -> Organization:
        """The organization; gates that judge it are not asked where nobody could read it."""
        if self.read is None:
            raise ValueError("the organization was not read")
        return self.read

    @cached_property
    def trust(self) -> list[AuthServer]:
        return list(self.organization.auth_servers)

    @property
    def trust_unread(self) -> bool:
        """Whether an AuthServer could not be read that may be a tenant's, or the default endpoint: HMA-READ-002 says
        it, and what is missing is not missed a second time."""
        return any(gap.what == "auth_servers" and gap.concerned for gap in self.organization.unread)

    @cached_property
    def client_access(self) -> list[ExchangeServer]:
        return self.organization.client_access_servers

    @cached_property
    def judged_servers(self) -> list[ExchangeServer]:
        """All but Edge, and but those that are excluded: nothing of them is judged. A host of the inventory is never
        left out."""
        return [item for item in self.organization.servers if not item.edge and (self.reason_to_exclude(item) is None)]

    @cached_property
    def judged_clients(self) -> list[ExchangeServer]:
        """Of these, the servers that clients talk to."""
        return [item for item in self.client_access if self.reason_to_exclude(item) is None]

    @cached_property
    def _listed(self) -> Mapping[str, Sequence[ListedDirectory]]:
        listed: dict[str, list[ListedDirectory]] = {}
        for item in self.organization.directories:
            listed.setdefault(fold(item.server), []).append(item)
        return listed

    def listed_of(self, server: ExchangeServer) -> Sequence[ListedDirectory]:
        """The directories of a server as Active Directory has them: with hundreds of servers nobody looks through all
        of them for each."""
        return self._listed.get(fold(server.name), ())

    def reason_to_exclude(self, server: ExchangeServer) -> str | None:
        """The reason in hma_servers_excluded for a server that no host stands for."""
        return self.reason_for(server.name, server.fqdn)

    def reason_for(self, name: str, fqdn: str) -> str | None:
        """The same for a server of which only the names are known."""
        names = {fold(name), fold(fqdn)}
        reason = next((item.reason for item in self.settings.servers_excluded if fold(item.name) in names), None)
        return None if reason is None or any(stands_for(host.server, name, fqdn) for host in self.servers) else reason

    @cached_property
    def ignored_hosts(self) -> frozenset[str]:
        """Every host that is not to be registered, whether a URL has it or not."""
        return frozenset([*self.names.ignored, *ignored_hosts(item.facts() for item in self.settings.spn_ignored)])

    @cached_property
    def default(self) -> TenantEntry | None:
        return default_of(self.tenants, self.settings.default_tenant)

    @cached_property
    def writer(self) -> str | None:
        """The host for organization-wide writes: reachable, a connection of its own, the highest build."""
        return next((host for build, host in self._reached if build == self.writer_build), None)

    @property
    def writer_build(self) -> Build | None:
        return max((build for build, _host in self._reached), default=None)

    @cached_property
    def _reached(self) -> list[tuple[Build, str]]:
        """The build of each server that answered on a connection of its own, and its host."""
        return [
            (server.build, host.host)
            for server in self.client_access
            if (host := next((item for item in self.answered(server) if not item.through), None))
        ]

    @cached_property
    def newer_reader(self) -> str | None:
        """The host to read the organization on again: of a newer product than the server that it was read on, whose
        shell lacks the cmdlets that came later. None where it was read on the newest already."""
        builds = {host: build for build, host in self._reached}
        read_on, best = builds.get(str(self.organization.read.get("host"))), self.writer
        if read_on is None or best is None or builds[best].product == read_on.product:
            return None
        return best if builds[best] > read_on else None

    def with_resolved(self, resolved: Mapping[str, bool | None]) -> Inputs:
        return replace(self, resolved=resolved)

    def playbook(self, name: str, limit: str | None = None) -> Shell:
        """A playbook as it is typed to run on the inventory of this run."""
        return playbook(name, self.inventory, limit=limit)

    def server_name(self, host: ServerEntry) -> str:
        """The Exchange name of an inventory host, or the host's own where it is none of the organization's servers."""
        likely = self._clients_by_name.of((host.server or "", host.host))
        found = (item for item in likely if server_of([host], item) or silent_host([host], item))
        return next((item.name for item in found), host.host)

    def is_client_access(self, host: ServerEntry) -> bool:
        """Whether a host says that it is one of the servers that clients talk to."""
        return any(server_of([host], item) for item in self._clients_by_name.of((host.server or "",)))

    def host_of(self, server: ExchangeServer) -> ServerEntry | None:
        """``server_of`` among all hosts of the inventory."""
        return server_of(self._hosts_by_name.of((server.name, server.fqdn)), server)

    def answered(self, server: ExchangeServer) -> list[ServerEntry]:
        """The hosts of the inventory that answered and stand for a server."""
        likely = self._hosts_by_name.of((server.name, server.fqdn))
        return [host for host in likely if not host.error and server_of([host], server)]

    @cached_property
    def _clients_by_name(self) -> ByName[ExchangeServer]:
        return ByName((name, item) for item in self.client_access for name in (item.name, item.fqdn))

    @cached_property
    def _hosts_by_name(self) -> ByName[ServerEntry]:
        return ByName((host.server or "", host) for host in self.servers)


@dataclass(frozen=True)
class Gate:
    """Which judgement is asked for, when and of what. ``predicting``: the run is in check mode."""

    name: str
    now: datetime
    read: str = "full"
    predicting: bool = False
    inventory: Sequence[str] = ()

    @property
    def full(self) -> bool:
        return self.name != "audit" or self.read == "full"

    @property
    def servers_reading(self) -> str:
        """Which result of hma_info counts: the full reading right before, or what the server said of itself."""
        return "read" if self.name in _AFTER or (self.name == "audit" and self.full) else "identified"

    @property
    def tenants_reading(self) -> str:
        """Before enabling and after it, only the second reading of a tenant counts."""
        return "read" if self.name in _AFTER else "identified"


def server_of(hosts: Iterable[ServerEntry], server: ExchangeServer) -> ServerEntry | None:
    """The inventory host that stands for a server: by FQDN, which is unique; a bare name matches the NetBIOS name."""
    return next((host for host in hosts if stands_for(host.server, server.name, server.fqdn)), None)


def stands_for(given: str | None, name: str, fqdn: str) -> bool:
    """Whether a host that says it is ``given`` is the server of these names."""
    said = fold(given or "")
    return said == fold(fqdn) or ("." not in said and said == fold(name))


def silent_host(hosts: Iterable[ServerEntry], server: ExchangeServer) -> ServerEntry | None:
    """A host that did not answer and has the server's name in the inventory: it most likely stands for it."""
    names = {fold(server.fqdn), fold(server.name)}
    return next((host for host in hosts if host.error and fold(host.host) in names), None)


def default_of(tenants: Sequence[TenantEntry], default_tenant: str | None) -> TenantEntry | None:
    """The tenant that is to be the default endpoint: the only one, or the one named by id, domain or inventory name."""
    if default_tenant is None:
        return tenants[0] if len(tenants) == 1 else None
    wanted = fold(default_tenant)
    return next(
        (item for item in tenants if wanted in {fold(item.tenant_id), fold(item.tenant_domain), fold(item.host)}), None
    )


__all__ = ["Exclusion", "Gate", "Inputs", "Settings", "default_of", "server_of", "silent_host", "stands_for"]
