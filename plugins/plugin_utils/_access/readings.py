# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What hma_access reads: a server, a tenant, the published names. What says no is an answer, and no error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import NO, YES, Place
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.needs import COMMANDS, parse_commands
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, host_or_nothing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Access
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import split_address

from .._data.access import NamesAccess, ServerAccess, TenantAccess
from .._discovery.places import LAST_PORT, place_of, places
from .._exchange.errors import ExchangeError, Unreachable
from .._exchange.shell import Shell
from .._graph.beforehand import access_of
from .._graph.client import GraphClient
from .._graph.errors import GraphError

_OWN: Final = ("Name", "AdminDisplayVersion")


def read_server_access(shell: Shell, host: str, server: str | None, connection: Any) -> ServerAccess:
    """The port, the sign-in, then the shell of Exchange: where one says no, what is behind it is not asked."""
    place = places({host: place_of(connection)})[host]
    if not 0 < place.port <= LAST_PORT:
        return ServerAccess(place=place, sign_in=NO, why=place.reason)
    try:
        who = shell.run([])
    except Unreachable as exc:
        return ServerAccess(place=place, sign_in=NO, why=str(exc))
    except ExchangeError as exc:
        # Exchange's own endpoint opens no shell for somebody whom it knows and has no role for.
        return ServerAccess(place=place, sign_in=YES, shell=NO, why=str(exc), transport=str(connection.transport))
    asked = ServerAccess(place=place, sign_in=YES, shell=NO, transport=who.transport, powershell=who.host.powershell)
    own = Cmdlet("Get-ExchangeServer", {"Identity": server or THIS_SERVER}, _OWN, on_error="continue")
    try:
        commands, version = shell.run([COMMANDS, own]).results
    except (Unreachable, ExchangeError) as exc:
        return replace(asked, why=str(exc))
    label = version.objects[0].get("AdminDisplayVersion") if version.objects else ""
    return replace(asked, shell=YES, commands=parse_commands(commands), version=str(label or ""))


def read_tenant_access(client: GraphClient) -> TenantAccess:
    """The token, the service principal, and what the token says of the rest."""
    try:
        claims = client.claims()
    except GraphError as exc:
        return TenantAccess(token=NO, why=str(exc))
    domains, domains_why = _domains(client)
    asked = TenantAccess(
        token=YES, read=YES, access=Access(claims.permissions, has_role=claims.has_role),
        domains=domains, domains_why=domains_why,
    )  # fmt: skip
    try:
        return replace(asked, access=access_of(client, client.exchange_online()))
    except GraphError as exc:
        return replace(asked, read=NO, why=str(exc))


def _domains(client: GraphClient) -> tuple[list[str] | None, str]:
    try:
        return client.verified_domains(), ""
    except GraphError as exc:
        return None, str(exc)


def reach_names(urls: Iterable[ClientUrl], connect_to: Mapping[str, str]) -> NamesAccess:
    """The published names, at the addresses that the inventory gives for them."""
    ways = {fold(name): address for name, address in connect_to.items()}
    hosts = sorted({host for url in urls if (host := host_or_nothing(str(url.url)))})
    found = {host: _address(str(ways.get(host, host))) for host in hosts}
    asked = places({host: address for host, address in found.items() if isinstance(address, tuple)})
    return NamesAccess(places={host: asked.get(host) or _odd(host, str(found[host])) for host in hosts})


def _address(text: str) -> tuple[str, int] | str:
    """Where to connect to, or why nobody can: one odd address is one answer."""
    try:
        return split_address(text)
    except ParseError as exc:
        return str(exc)


def _odd(host: str, reason: str) -> Place:
    return Place(host, 443, resolves=None, answers=False, reason=reason)
