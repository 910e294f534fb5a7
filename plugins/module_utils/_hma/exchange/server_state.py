# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a full read of a server tells beside its directories: its certificates, and whether it is in
maintenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..base import elements
from ..base.comparison import fold
from ..base.elements import Unread
from ..base.values import Properties
from .certificates import Certificate, parse_certificates, read_certificates
from .client_urls import reason_of
from .cmdlet import Cmdlet, CmdletResult

if TYPE_CHECKING:
    from .cmdlet import ServerName

_STATE: Final = "Get-ServerComponentState"
_CERTIFICATES: Final = "Get-ExchangeCertificate"
OFFLINE: Final = "ServerWideOffline"
# What answers the clients of a kind of directory; each can be taken out of service by itself.
PROXIES: Final[Mapping[str, str]] = {
    "mapi": "MapiProxy",
    "ews": "EwsProxy",
    "oab": "OabProxy",
    "autodiscover": "AutoDiscoverProxy",
    "activesync": "ActiveSyncProxy",
}
# A tuple: what is odd may be of any type, and is compared all the same.
_OF_CLIENTS: Final = (OFFLINE, *PROXIES.values())


@dataclass(frozen=True)
class ServerState:
    """Certificates and components of a server. A part that could not be read is None, and ``unread`` says why."""

    certificates: tuple[Certificate, ...] | None
    components: Mapping[str, str] | None
    unread: tuple[Unread, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Small on purpose: AWX keeps the result of every host."""
        return {
            "certificates": None
            if self.certificates is None
            else [certificate.facts() for certificate in self.certificates],
            "components": None if self.components is None else dict(self.components),
            "unread": [gap.brief_facts() for gap in self.unread],
        }


def cmdlets(server: ServerName) -> tuple[Cmdlet, Cmdlet]:
    return read_certificates(server), Cmdlet(_STATE, {"Identity": server}, ("Component", "State"), on_error="continue")


def parse(results: Sequence[CmdletResult]) -> ServerState:
    """The state out of the results of ``cmdlets``."""
    gaps: list[Unread] = []
    certificates, components = results
    return ServerState(_parse_certificates(certificates, gaps), _parse_components(components, gaps), tuple(gaps))


def _parse_certificates(result: CmdletResult, gaps: list[Unread]) -> tuple[Certificate, ...] | None:
    if not result.ok:
        gaps.append(Unread("certificates", reason_of(_CERTIFICATES, result)))
        return None
    odd: list[Unread] = []
    certificates = parse_certificates(result.properties(_CERTIFICATES), odd)
    gaps += odd
    return tuple(certificates) if certificates or not odd else None


def _parse_components(result: CmdletResult, gaps: list[Unread]) -> dict[str, str] | None:
    """The component that takes a server away from clients, and those of one kind of client that are out of service; an
    odd object of another is of no interest."""
    if not result.ok:
        gaps.append(Unread("components", reason_of(_STATE, result)))
        return None
    components = result.properties(_STATE)
    wanted = [component for component in components if component.raw("Component") in _OF_CLIENTS]
    there = any(component.raw("Component") == OFFLINE for component in wanted)
    odd: list[Unread] = []
    states = elements.parsed("components", wanted if there else components, _parse_component, odd)
    gaps += odd
    return None if odd else {name: state for name, state in states if _is_kept(name, state)}


def _is_kept(name: str, state: str) -> bool:
    return name == OFFLINE or (name in _OF_CLIENTS and fold(state) != "active")


def _parse_component(component: Properties) -> tuple[str, str]:
    return component.text("Component"), component.text("State")
