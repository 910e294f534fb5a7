# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Client URLs and directories as Active Directory has them: of all servers, without touching the IIS of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base import elements, values
from ..base.comparison import fold
from ..base.elements import Unread
from .cmdlet import Cmdlet, CmdletResult
from .virtual_directories import KINDS, is_front_end

_SCP_RETURNS: Final = ("Name", "Fqdn", "AutoDiscoverServiceInternalUri")
# 2016 and later know Get-ClientAccessService, 2013 only Get-ClientAccessServer, and which one this shell has
# is known only by asking: both are sent, the first that answers is used.
SCP: Final = tuple(Cmdlet(name, {}, _SCP_RETURNS, on_error="continue") for name in ("Get-ClientAccessService", "Get-ClientAccessServer"))
_PLACES: Final = (("internal", "InternalUrl"), ("external", "ExternalUrl"))


@dataclass(frozen=True)
class Listed:
    """A virtual directory as Active Directory has it; the flags of IIS are not in this read."""

    name: str
    server: str
    kind: str
    identity: str
    urls: tuple[tuple[str, str | None], ...]
    internal_methods: list[str]
    external_methods: list[str]

    def client_urls(self) -> list[dict[str, Any]]:
        # The Autodiscover directory has no URLs of its own after 2010; clients are told the SCP's.
        urls = () if self.kind == "autodiscover" else self.urls
        return [{"server": self.server, "kind": self.kind, "where": place, "url": url} for place, url in urls]

    def facts(self) -> dict[str, Any]:
        names = ("server", "kind", "identity", "internal_methods", "external_methods")
        return {name: getattr(self, name) for name in names}


def listed(by_name: Mapping[str, CmdletResult], servers: Sequence[Mapping[str, Any]], gaps: list[Unread]) -> list[Listed]:
    """The front-end directories of all servers but Edge. A kind, or an object, that could not be read is put into ``gaps``."""
    edges = {fold(item["name"]) for item in servers if item["edge"]}
    found = [item for kind in KINDS for item in _of_kind(kind, by_name[f"Get-{KINDS[kind].noun}"], servers, gaps)]
    return [item for item in found if fold(item.server) not in edges]


def service_connection_points(by_name: Mapping[str, CmdletResult], servers: Sequence[Mapping[str, Any]], gaps: list[Unread]) -> list[dict[str, Any]]:
    """Where Active Directory sends clients for Autodiscover, by server."""
    answered = next((by_name[cmdlet.name] for cmdlet in SCP if by_name[cmdlet.name].ok), None)
    if answered is None:
        gaps.append(Unread("client_urls.scp", reason_of(SCP[0].name, by_name[SCP[0].name])))
        return []
    edges = {fold(item["name"]) for item in servers if item["edge"]}
    found = elements.parsed("client_urls.scp", answered.objects, _point, gaps)
    return [item for item in found if fold(item["server"]) not in edges]


def reason_of(name: str, result: CmdletResult) -> str:
    """Why a cmdlet gave nothing. A cmdlet that does not exist may be hidden by rights, or new to this version."""
    if not result.ran:
        return f"{name} was not run."
    error = result.errors[0]
    if error.reason == "CommandNotFoundException":
        return f"{name} is not there: the account's roles hide it, or this version of Exchange lacks it."
    return f"{name}: {error.reason}: {error.message}"


def _of_kind(kind: str, result: CmdletResult, servers: Sequence[Mapping[str, Any]], gaps: list[Unread]) -> list[Listed]:
    what, noun = f"client_urls.{kind}", KINDS[kind].noun
    if not result.ok:
        gaps.append(Unread(what, reason_of(f"Get-{noun}", result)))
        return []

    def parse(found: Mapping[str, Any]) -> Listed:
        return _parse(kind, found)

    found = elements.parsed(what, result.objects, parse, gaps)
    front_ends = [item for item in found if is_front_end(item.name)]
    gaps += _without_front_end(what, noun, [item for item in found if not is_front_end(item.name)], {fold(item.server) for item in front_ends}, servers)
    return front_ends


def _without_front_end(what: str, noun: str, others: Sequence[Listed], served: set[str], servers: Sequence[Mapping[str, Any]]) -> list[Unread]:
    """Per server whose directories of a kind all have another web site's name: its client URLs would be missed without a word."""
    no_clients = {fold(item["name"]) for item in servers if item["edge"] or not item["client_access"]}
    lost: dict[str, list[Listed]] = {}
    for item in others:
        if fold(item.server) not in served | no_clients:
            lost.setdefault(item.server, []).append(item)
    return [
        Unread(
            what, f"Get-{noun} {items[0].identity}: Name is {values.shown(items[0].name)}; expected one directory of {server} named '... (Default Web Site)'.",
            items[0].identity, server, "Name", values.shown(items[0].name),
        )
        for server, items in lost.items()
    ]  # fmt: skip


def _parse(kind: str, found: Mapping[str, Any]) -> Listed:
    where = f"Get-{KINDS[kind].noun} {found.get('Identity', '')}".strip()
    return Listed(
        name=values.text(found, "Name", where),
        server=values.text(found, "Server", where),
        kind=kind,
        identity=values.text(found, "Identity", where),
        urls=tuple((place, values.optional_text(found, field, where)) for place, field in _PLACES),
        internal_methods=values.optional_texts(found, "InternalAuthenticationMethods", where),
        external_methods=values.optional_texts(found, "ExternalAuthenticationMethods", where),
    )


def _point(found: Mapping[str, Any]) -> dict[str, Any]:
    server = values.text(found, "Name", SCP[0].name)
    url = values.optional_text(found, "AutoDiscoverServiceInternalUri", f"{SCP[0].name} {server}")
    return {"server": server, "kind": "autodiscover", "where": "scp", "url": url}
