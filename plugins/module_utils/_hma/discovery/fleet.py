# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What one server shows of its organization for an inventory: servers that clients talk to, and tenants.

How a server is reached is not in the directory: who asks from the control node says which of them answer there, and
``Get-ExchangeServer -Status`` which of them answer to Exchange.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..base import elements
from ..base.comparison import fold
from ..base.elements import Unread
from ..base.facts import Facts
from ..base.values import Properties
from ..entra.clouds import CLOUDS
from ..exchange import authserver
from ..exchange.authserver import AuthServer
from ..exchange.cmdlet import Cmdlet, CmdletResult
from ..exchange.server_objects import SERVERS, ExchangeServer, is_concerned, parse_server

_CONTROLLER: Final = "CurrentConfigDomainController"
STATUS: Final = Cmdlet("Get-ExchangeServer", {"Status": True}, ("Name", _CONTROLLER), on_error="continue")
READS: Final = (SERVERS, authserver.READ)
DIRECT, THROUGH, SILENT = "direct", "through", "silent"
# The routing domain of a hybrid organization (contoso.mail.onmicrosoft.com) is no tenant's initial domain.
_INITIAL: Final = re.compile(r"([a-z0-9-]+)\.(?:onmicrosoft\.(?:com|us)|partner\.onmschina\.cn)", re.ASCII)
_NAME: Final = re.compile(r"[^a-z0-9]+", re.ASCII)


@dataclass(frozen=True)
class FoundServer(Facts):
    """A server that clients talk to. ``reach``: direct, through another one, or silent (no answer)."""

    fqdn: str
    name: str
    site: str
    product: str
    version: str
    label: str
    roles: str
    reach: str = DIRECT


@dataclass(frozen=True)
class FoundTenant(Facts):
    """A tenant that Exchange trusts by an AuthServer. ``domain`` is empty where the AuthServer names none."""

    host: str
    tenant_id: str
    domain: str
    domains: tuple[str, ...]
    auth_server: str
    default: bool
    cloud: str

    @property
    def initial(self) -> bool:
        """Whether its domain is the one that Entra gave it."""
        return bool(_INITIAL.fullmatch(fold(self.domain)))


@dataclass(frozen=True)
class Fleet(Facts):
    """An organization as an inventory has it. ``reader`` is the server that was asked; ``left_out`` are Edge servers,
    and those without client access."""

    reader: str
    servers: tuple[FoundServer, ...]
    tenants: tuple[FoundTenant, ...]
    left_out: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def default_tenant(self) -> FoundTenant | None:
        """The one whose AuthServer is the default endpoint, or the only one."""
        known = [tenant for tenant in self.tenants if tenant.domain]
        defaults = [tenant for tenant in known if tenant.default]
        chosen = defaults or known
        return chosen[0] if len(chosen) == 1 else None

    def reached(self, answering: Collection[str], alive: Collection[str] | None) -> Fleet:
        """The same with how each server is reached: ``answering`` are those whose port answers, ``alive`` those that
        answer to Exchange, by name, or None where that could not be read."""
        servers = tuple(replace(item, reach=_reach(item, self.reader, answering, alive)) for item in self.servers)
        return replace(self, servers=servers)


def _reach(server: FoundServer, reader: str, answering: Collection[str], alive: Collection[str] | None) -> str:
    if fold(server.fqdn) == fold(reader) or server.fqdn in answering:
        return DIRECT
    if alive is None:
        return SILENT
    return THROUGH if fold(server.name) in alive else SILENT


def parse_fleet(reader: str, results: Sequence[CmdletResult]) -> Fleet:
    """The servers and tenants out of the results of READS. An object that is not as documented is in ``unread``."""
    gaps: list[Unread] = []
    servers = elements.parsed("servers", results[0].properties(SERVERS.name), parse_server, gaps, is_concerned)
    trusts, odd = authserver.parse_authservers(results[1].properties(authserver.READ.name))
    talked_to = sorted((item for item in servers if item.client_access and not item.edge), key=lambda item: item.fqdn)
    left_out = sorted(item.fqdn for item in servers if item.edge or not item.client_access)
    unread = (*gaps, *(gap for gap in odd if gap.concerned))
    return Fleet(reader, tuple(map(_server, talked_to)), _tenants(trusts), tuple(left_out), unread)


def parse_alive(result: CmdletResult) -> frozenset[str] | None:
    """The names, folded, of the servers that name a domain controller of theirs; None where nobody could be asked."""
    if not result.ok:
        return None
    names = (item.label("Name", "") for item in _with_controller(result.properties(STATUS.name)))
    return frozenset(fold(name) for name in names if name)


def _with_controller(objects: Iterable[Properties]) -> list[Properties]:
    return [item for item in objects if item.label(_CONTROLLER, "")]


def _server(server: ExchangeServer) -> FoundServer:
    return FoundServer(
        fqdn=fold(server.fqdn),
        name=server.name,
        site=(server.site or "").rpartition("/")[2],
        product=server.build.product,
        version=str(server.build),
        label=server.build.label,
        roles=server.roles,
    )


def _tenants(servers: Iterable[AuthServer]) -> tuple[FoundTenant, ...]:
    """One per tenant id: an enabled AuthServer comes before a disabled leftover, which is no trust."""
    found: dict[str, FoundTenant] = {}
    for server in servers:
        if server.is_azure_ad and server.enabled and server.tenant_id and server.tenant_id not in found:
            found[server.tenant_id] = _tenant(server, server.tenant_id, {item.host for item in found.values()})
    return tuple(found.values())


def _tenant(server: AuthServer, tenant_id: str, taken: Collection[str]) -> FoundTenant:
    domains = tuple(server.domain_names)
    initial = [name for name in domains if _INITIAL.fullmatch(fold(name))]
    domain = next(iter([*initial, *domains]), "")
    return FoundTenant(
        _host(domain, tenant_id, taken), tenant_id, domain, domains, server.name, server.default, _cloud(server)
    )


def _host(domain: str, tenant_id: str, taken: Collection[str]) -> str:
    """What the host of a tenant is called: the first part of its domain, which is shorter than its id."""
    short = _NAME.sub("_", fold(domain.partition(".")[0])).strip("_")
    name = short if short and not short[0].isdigit() else "tenant"
    longer = (f"{name}_{tenant_id[:8]}", f"{name}_{_NAME.sub('_', tenant_id)}")
    names = (name, *longer) if name != "tenant" else longer
    return next((item for item in names if item not in taken), longer[-1])


def _cloud(server: AuthServer) -> str:
    """The cloud of the endpoint that Exchange sends clients to, where that host is of one cloud only."""
    host = fold((server.authorization_endpoint or "").partition("://")[2].partition("/")[0])
    clouds = [name for name, cloud in CLOUDS.items() if host in cloud.authorization_hosts]
    return clouds[0] if len(clouds) == 1 else "global" if not clouds else ""


def group_name(prefix: str, text: str) -> str:
    """The name of a group, as Ansible takes it."""
    return f"{prefix}_{_NAME.sub('_', fold(text)).strip('_') or 'unknown'}"
