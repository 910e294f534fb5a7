# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Client URLs and directories as Active Directory has them: of all servers, without touching the IIS of
one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base import elements
from ..base.comparison import fold
from ..base.elements import Unread
from ..base.facts import Facts
from ..base.values import Properties, shown
from ..entra.spns import ClientUrl
from .cmdlet import Cmdlet, CmdletResult
from .server_objects import ExchangeServer
from .virtual_directories import KINDS, is_back_end, is_front_end

_SCP_RETURNS: Final = ("Name", "Fqdn", "AutoDiscoverServiceInternalUri")
# 2016 and later know Get-ClientAccessService, 2013 only Get-ClientAccessServer, and which one this shell has
# is known only by asking: both are sent, the first that answers is used.
SCP: Final = tuple(
    Cmdlet(name, {}, _SCP_RETURNS, on_error="continue")
    for name in ("Get-ClientAccessService", "Get-ClientAccessServer")
)
_PLACES: Final = (("internal", "InternalUrl"), ("external", "ExternalUrl"))


@dataclass(frozen=True)
class ListedDirectory(Facts):
    """A virtual directory as Active Directory has it; the flags of IIS are not in this read."""

    server: str
    kind: str
    identity: str
    internal_methods: list[str]
    external_methods: list[str]


@dataclass(frozen=True)
class OtherDirectory(Facts):
    """A directory of another web site than the default one, of a server that has one of its kind there too. Nothing is
    ever written to it."""

    server: str
    kind: str
    identity: str
    urls: list[str]


@dataclass(frozen=True)
class Listed:
    """The directories of one read: those of the default web site with their URLs, and those of other sites."""

    front_ends: list[ListedDirectory]
    urls: list[ClientUrl]
    others: list[OtherDirectory]


@dataclass(frozen=True)
class _Row:
    """A directory of any web site, with its name and its URLs by place."""

    name: str
    directory: ListedDirectory
    urls: tuple[tuple[str, str | None], ...]

    @property
    def server(self) -> str:
        return self.directory.server

    def other(self) -> OtherDirectory:
        urls = dict.fromkeys(url for _place, url in self.urls if url)
        return OtherDirectory(self.server, self.directory.kind, self.directory.identity, list(urls))

    def client_urls(self) -> list[ClientUrl]:
        # The Autodiscover directory has no URLs of its own after 2010: clients get the one of the service connection
        # point.
        urls = () if self.directory.kind == "autodiscover" else self.urls
        return [ClientUrl(self.server, self.directory.kind, place, url) for place, url in urls]


def list_directories(
    by_name: Mapping[str, CmdletResult], servers: Sequence[ExchangeServer], gaps: list[Unread]
) -> Listed:
    """The directories of all servers but Edge. A kind, or an object, that could not be read is put into ``gaps``."""
    edges = _edge_names(servers)
    rows = [
        row
        for kind in KINDS
        for row in _rows_of_kind(kind, by_name[f"Get-{KINDS[kind].noun}"], servers, gaps)
        if fold(row.server) not in edges
    ]
    fronts = [row for row in rows if is_front_end(row.name)]
    served = {(fold(row.server), row.directory.kind) for row in fronts}
    others = [row for row in rows if not is_front_end(row.name) and not is_back_end(row.name)]
    return Listed(
        [row.directory for row in fronts],
        [url for row in fronts for url in row.client_urls()],
        [row.other() for row in others if (fold(row.server), row.directory.kind) in served],
    )


def service_connection_points(
    by_name: Mapping[str, CmdletResult], servers: Sequence[ExchangeServer], gaps: list[Unread]
) -> list[ClientUrl]:
    """Where Active Directory sends clients for Autodiscover, by server."""
    answered = next((cmdlet.name for cmdlet in SCP if by_name[cmdlet.name].ok), None)
    if answered is None:
        gaps.append(Unread("client_urls.scp", reason_of(SCP[0].name, by_name[SCP[0].name])))
        return []
    edges = _edge_names(servers)
    points = elements.parsed("client_urls.scp", by_name[answered].properties(SCP[0].name), _parse_point, gaps)
    return [point for point in points if fold(point.server) not in edges]


def reason_of(name: str, result: CmdletResult) -> str:
    """Why a cmdlet gave nothing. A cmdlet that does not exist may be hidden by rights, or new to this version."""
    if not result.ran:
        return f"{name} was not run."
    error = result.errors[0]
    if error.reason == "CommandNotFoundException":
        return f"{name} is not there: the account's roles hide it, or this version of Exchange lacks it."
    return f"{name}: {error.reason}: {error.message}"


def _edge_names(servers: Iterable[ExchangeServer]) -> set[str]:
    return {fold(server.name) for server in servers if server.edge}


def _rows_of_kind(kind: str, result: CmdletResult, servers: Sequence[ExchangeServer], gaps: list[Unread]) -> list[_Row]:
    part, cmdlet = f"client_urls.{kind}", f"Get-{KINDS[kind].noun}"
    if not result.ok:
        gaps.append(Unread(part, reason_of(cmdlet, result)))
        return []
    rows = elements.parsed(part, result.properties(cmdlet), lambda directory: _parse_row(kind, directory), gaps)
    gaps += _servers_without_front_end(part, cmdlet, rows, servers)
    return rows


def _servers_without_front_end(
    part: str, cmdlet: str, rows: Sequence[_Row], servers: Sequence[ExchangeServer]
) -> list[Unread]:
    """Per server whose directories of a kind all have another web site's name: without this, nobody would notice that
    its client URLs are missing."""
    served = {fold(row.server) for row in rows if is_front_end(row.name)}
    no_clients = {fold(server.name) for server in servers if server.edge or not server.client_access}
    first: dict[str, _Row] = {}
    for row in rows:
        if fold(row.server) not in served | no_clients:
            first.setdefault(row.server, row)
    return [
        Unread(

            part,
            f"{cmdlet} {row.directory.identity}: Name is {shown(row.name)}; expected one directory of {server} named "
            f"'... (Default Web Site)'.",
            row.directory.identity, server, "Name", shown(row.name),
        )
        for server, row in first.items()
    ]  # fmt: skip


def _parse_row(kind: str, properties: Properties) -> _Row:
    directory = properties.named("Identity")
    return _Row(
        name=directory.text("Name"),
        directory=ListedDirectory(
            server=directory.text("Server"),
            kind=kind,
            identity=directory.text("Identity"),
            internal_methods=directory.optional_texts("InternalAuthenticationMethods"),
            external_methods=directory.optional_texts("ExternalAuthenticationMethods"),
        ),
        urls=tuple((place, directory.optional_text(field)) for place, field in _PLACES),
    )


def _parse_point(properties: Properties) -> ClientUrl:
    server = properties.text("Name")
    return ClientUrl(
        server, "autodiscover", "scp", properties.named("Name").optional_text("AutoDiscoverServiceInternalUri")
    )
