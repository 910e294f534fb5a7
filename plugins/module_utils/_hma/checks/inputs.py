# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What one judgement is about: what was read, and what the administrator declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..base.command import Shell, playbook
from ..base.comparison import fold
from ..entra.spns import Names
from ..exchange import versions
from ..exchange.authserver import AuthServer
from ..exchange.organization import auth_servers, client_access_servers
from ..exchange.virtual_directories import KINDS

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Inputs:
    """Facts of this run.

    ``servers`` holds one entry per expected host: {host, through, server, directories, predicted, certificates,
    components, error}; ``tenants`` one per expected tenant: {host, tenant_id, tenant_domain, cloud, names, missing,
    verified_domains, predicted, predicted_domains, error}. ``predicted`` holds the kinds and names that this very run would
    change: the gate before enabling accepts them in place of a reading in check mode, where alone there are any
    (``entries.Predictions``), and says so. ``full`` = the servers were read in full. ``resolved`` says of an autodiscover
    host whether DNS knows it (None: nobody could tell). ``inventory`` is what this run was started with.
    """

    organization: Entry
    now: datetime
    names: Names
    kinds: Sequence[str] = tuple(KINDS)
    servers: Sequence[Entry] = ()
    tenants: Sequence[Entry] = ()
    excluded: Sequence[Mapping[str, str]] = ()
    default_tenant: str | None = None
    replace_default: str | None = None
    incomplete_because: Sequence[str] = ()
    full: bool = True
    identity: Entry | None = None
    unsynced_accepted: int = 0
    resolved: Mapping[str, bool | None] = field(default_factory=dict)
    inventory: Sequence[str] = ()

    @property
    def name(self) -> str:
        return str(self.organization["name"] or "the organization")

    @property
    def trust(self) -> list[AuthServer]:
        return auth_servers(self.organization)

    @property
    def client_access(self) -> list[dict[str, Any]]:
        return client_access_servers(self.organization)

    @property
    def judged_servers(self) -> list[dict[str, Any]]:
        """All but Edge, and but those that are excluded: nothing of them is judged. A host of the inventory is never left out."""
        return [item for item in self.organization["servers"] if not item["edge"] and (self.reason_to_exclude(item) is None)]

    @property
    def judged_clients(self) -> list[dict[str, Any]]:
        """Of these, the servers that clients talk to."""
        return [item for item in self.client_access if self.reason_to_exclude(item) is None]

    def reason_to_exclude(self, server: Entry) -> str | None:
        """The reason in hma_servers_excluded for a server that no host stands for."""
        names = {str(server["name"]).lower(), str(server["fqdn"]).lower()}
        reason = next((str(item["reason"]) for item in self.excluded if str(item["name"]).lower() in names), None)
        return reason if server_of(self.servers, server) is None else None

    @property
    def config(self) -> Entry:
        found: Entry = self.organization["config"]
        return found

    @property
    def default(self) -> Entry | None:
        return default_of(self.tenants, self.default_tenant)

    def with_resolved(self, resolved: Mapping[str, bool | None]) -> Inputs:
        return replace(self, resolved=resolved)

    def playbook(self, name: str, limit: str | None = None) -> Shell:
        """A playbook as it is typed to run on the inventory of this run."""
        return playbook(name, self.inventory, limit=limit)

    def server_name(self, host: Entry) -> str:
        """The Exchange name of an inventory host, or the host's own where it is none of the organization's servers."""
        return next((str(item["name"]) for item in self.client_access if server_of([host], item) or silent_host([host], item)), str(host["host"]))


def server_of(hosts: Iterable[Entry], server: Entry) -> Entry | None:
    """The inventory host that stands for a server: by FQDN, which is unique; a bare name matches the NetBIOS name."""
    for host in hosts:
        name = fold(str(host.get("server") or ""))
        if name == fold(server["fqdn"]) or ("." not in name and name == fold(server["name"])):
            return host
    return None


def silent_host(hosts: Iterable[Entry], server: Entry) -> Entry | None:
    """A host that did not answer and has the server's name in the inventory: it most likely stands for it."""
    names = {fold(str(server["fqdn"])), fold(str(server["name"]))}
    return next((host for host in hosts if host.get("error") and fold(str(host["host"])) in names), None)


def writer_of(organization: Entry, hosts: Sequence[Entry]) -> str | None:
    """The host for organization-wide writes: reachable, a connection of its own, the highest build."""
    best: tuple[versions.Build, str] | None = None
    for server in client_access_servers(organization):
        host = server_of([item for item in hosts if not item.get("error") and not item.get("through")], server)
        build = versions.parse_admin_display_version(str(server["admin_display_version"]))
        if host is not None and (best is None or build > best[0]):
            best = build, str(host["host"])
    return best[1] if best else None


def default_of(tenants: Sequence[Entry], default_tenant: str | None) -> Entry | None:
    """The tenant that is to be the default endpoint: the only one, or the one named by id, domain or inventory name."""
    if default_tenant is None:
        return tenants[0] if len(tenants) == 1 else None
    wanted = fold(default_tenant)
    keys = ("tenant_id", "tenant_domain", "host")
    return next((item for item in tenants if wanted in {fold(str(item.get(key, ""))) for key in keys}), None)
