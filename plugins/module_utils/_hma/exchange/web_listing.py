# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Outlook on the web and the admin center of every server, as Active Directory has them, and who would be
locked out of them.

InternalAuthenticationMethods is right without IIS (recorded output), so that two cmdlets show all servers, those that
are off too. The Booleans are wrong in that read, and the external list keeps Fba (public report): neither is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base import elements
from ..base.command import PowerShell, Setting
from ..base.comparison import fold, folded, has
from ..base.elements import Unread
from ..base.errors import RefusedEverywhere
from ..base.facts import Facts
from ..base.values import Properties
from . import orgconfig
from .client_urls import reason_of
from .cmdlet import Cmdlet, CmdletResult
from .free_busy import CONNECTORS, enabled_connectors
from .virtual_directories import OAUTH, is_front_end
from .web_directories import ECP, FORMS, NOUNS, OWA
from .web_directories import OAUTH as OAUTH_FLAG

PART: Final = "web_directories"
_RETURNS: Final = ("Name", "Guid", "Identity", "Server", "InternalUrl", "ExternalUrl", "InternalAuthenticationMethods")
LISTED: Final = tuple(
    Cmdlet(f"Get-{noun}", {"ADPropertiesOnly": True}, _RETURNS, on_error="continue") for noun in NOUNS.values()
)
# Whether modern authentication is on, and what needs it though no client of Outlook does.
SWITCH: Final = (orgconfig.READ, *LISTED, CONNECTORS)


@dataclass(frozen=True)
class Switch(Facts):
    """Whose switch it is, whether it is on, why what it needs is in use, or None, and which connectors of hybrid
    free/busy are on."""

    name: str
    guid: str
    live: bool
    web: str | None
    connectors: list[str]


@dataclass(frozen=True)
class ListedWebDirectory(Facts):
    """The front-end directory owa or ecp of a server, with the methods that the directory lists."""

    kind: str
    server: str
    identity: str
    internal_url: str | None
    external_url: str | None
    methods: list[str]

    @property
    def oauth(self) -> bool:
        return has(self.methods, OAUTH)

    @property
    def others(self) -> list[str]:
        """The methods beside OAuth that let somebody in."""
        return [method for method in self.methods if fold(method) != fold(OAUTH)]

    @property
    def oauth_only(self) -> bool:
        """Whether nobody gets in here without Entra."""
        return self.oauth and not self.others

    @property
    def key(self) -> tuple[str, str]:
        return fold(self.server), self.kind


@dataclass(frozen=True)
class WebListing(Facts):
    """The directories of all servers, and what of them could not be read."""

    directories: tuple[ListedWebDirectory, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def oauth_only(self) -> list[ListedWebDirectory]:
        return [directory for directory in self.directories if directory.oauth_only]

    def locked_out(self, despite: Iterable[str]) -> list[ListedWebDirectory]:
        """Where nobody would get in with modern authentication off, but on servers that somebody accepted by name."""
        accepted = folded(name.partition(".")[0] for name in despite)
        return [directory for directory in self.oauth_only if fold(directory.server) not in accepted]


def parse_listing(results: Sequence[CmdletResult]) -> WebListing:
    """The answers to ``LISTED``. An Exchange that gave none, and each object that is odd, is in ``unread``."""
    gaps: list[Unread] = []
    directories: list[ListedWebDirectory] = []
    for kind, cmdlet, result in zip(NOUNS, LISTED, results, strict=True):
        if result.ok:
            directories += parse_kind(kind, result.properties(cmdlet.name), gaps)
        else:
            gaps.append(Unread(PART, reason_of(cmdlet.name, result)))
    return WebListing(tuple(directories), tuple(gaps))


def parse_objects(owa: Sequence[Properties], ecp: Sequence[Properties], gaps: list[Unread]) -> list[ListedWebDirectory]:
    """The same as a section of the organization's facts, of which both cmdlets gave an answer."""
    return [*parse_kind(OWA, owa, gaps), *parse_kind(ECP, ecp, gaps)]


def parse_kind(kind: str, objects: Iterable[Properties], gaps: list[Unread]) -> list[ListedWebDirectory]:
    """The front-end directories of a kind; one of another web site is nobody's way in."""
    clients = [directory for directory in objects if is_front_end(directory.raw("Name"))]
    return elements.parsed(PART, clients, lambda directory: _parse(kind, directory), gaps)


def _parse(kind: str, properties: Properties) -> ListedWebDirectory:
    directory = properties.named("Identity")
    return ListedWebDirectory(
        kind=kind,
        server=directory.text("Server"),
        identity=directory.text("Identity"),
        internal_url=directory.optional_text("InternalUrl"),
        external_url=directory.optional_text("ExternalUrl"),
        methods=directory.texts("InternalAuthenticationMethods"),
    )


def refuse_web_lockout(listing: WebListing, despite: Sequence[str]) -> None:
    """Refused while a directory signs people in through Entra alone: with modern authentication off nobody gets in
    there, the administrators of Exchange included."""
    locked = listing.locked_out(despite)
    if not locked:
        return
    servers = list(dict.fromkeys(directory.server for directory in locked))
    by_hand = by_hand_of([directory for directory in locked if directory.server == servers[0]])
    others = f" (then the same on {', '.join(servers[1:])})" if servers[1:] else ""
    raise RefusedEverywhere(
        f"Outlook on the web or the admin center signs people in with OAuth only on {places(locked)}: without modern "
        f"authentication nobody could sign in there, administrators included. Give the other methods back first: run "
        f"disable_owa_hma; or by hand in the Exchange Management Shell, which goes another way, and then restart IIS: "
        f"{'; '.join(command.text for command in by_hand)}{others} ; or accept servers that nobody needs (one that is "
        f"dead, say) by name: {Setting('hma_disable_despite_owa', servers).text}"
    )


def unread_web(listing: WebListing) -> str | None:
    """That it is not known whether somebody would be locked out, or None where it is."""
    if not listing.unread:
        return None
    reasons = " ".join(gap.reason for gap in listing.unread)
    return (
        f"Whether Outlook on the web or the admin center signs people in with OAuth only could not be read: {reasons}"
    )


def in_use(listing: WebListing, despite: Sequence[str] = ()) -> str | None:
    """Why what modern authentication rests on is not taken away, or None. What could not be read counts as in use."""
    locked = listing.locked_out(despite)
    if locked:
        return (
            f"Outlook on the web or the admin center signs people in with OAuth only on {places(locked)}, "
            f"and what that needs is not taken away. Run disable_owa_hma first."
        )
    unread = unread_web(listing)
    return f"{unread} What it would need is not taken away." if unread else None


def parse_switch(results: Sequence[CmdletResult], despite: Sequence[str] = ()) -> Switch:
    """The answers to ``SWITCH``; ``despite`` are the servers that count for nothing."""
    config = orgconfig.parse_organization_config(results[0].only(orgconfig.READ.name))
    *listed, connectors = results[1:]
    return Switch(
        config.name, config.guid, config.may_be_on, in_use(parse_listing(listed), despite),
        enabled_connectors(connectors),
    )  # fmt: skip


def places(directories: Sequence[ListedWebDirectory]) -> str:
    """Servers and directories as people read them: EX1 (owa, ecp), EX2 (owa)."""
    servers = dict.fromkeys(directory.server for directory in directories)
    return ", ".join(
        f"{server} ({', '.join(item.kind for item in directories if item.server == server)})" for server in servers
    )


def by_hand_of(directories: Sequence[ListedWebDirectory]) -> list[PowerShell]:
    """What gives the directories of one server their form back, in the order that Exchange takes: OAuth off for OWA
    first, forms on for ECP first."""
    identities = {directory.kind: directory.identity for directory in directories}
    off = [_set(kind, identities[kind], OAUTH_FLAG, False) for kind in (OWA, ECP) if kind in identities]
    on = [_set(kind, identities[kind], FORMS, True) for kind in (ECP, OWA) if kind in identities]
    return [*off, *on]


def _set(kind: str, identity: str, name: str, value: bool) -> PowerShell:
    return PowerShell(f"Set-{NOUNS[kind]}", {"Identity": identity, name: value})
