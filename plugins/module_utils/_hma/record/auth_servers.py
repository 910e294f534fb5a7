# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The AuthServer objects as going back needs them: an odd one that no run wrote to stands in nobody's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.values import Properties
from ..exchange import authserver
from ..exchange.authserver import DEFAULT, AuthServer
from .history import Recorded
from .restoration import Kept, by_guid


@dataclass(frozen=True)
class ServersRead:
    """The AuthServer objects; what nobody could read of them, and by GUID why one that runs wrote to is odd. Of that
    one the default endpoint alone may be known."""

    servers: list[AuthServer] = field(default_factory=list)
    unread: list[Kept] = field(default_factory=list)
    odd: dict[str, str] = field(default_factory=dict)


def read_servers(objects: Iterable[Properties], history: Sequence[Recorded]) -> ServersRead:
    """The AuthServer objects. An odd one keeps no other from going back."""
    touched, found = steps_of_auth_servers(history), ServersRead()
    for properties in objects:
        try:
            found.servers.append(authserver.parse_authserver(properties))
        except ParseError as exc:
            known, unread = endpoints([properties])
            found.servers.extend(known)
            found.unread.extend(unread)
            guid = fold(properties.label("Guid", ""))
            if guid in touched:
                found.odd[guid] = str(exc)
    return found


def endpoints(objects: Iterable[Properties]) -> tuple[list[AuthServer], list[Kept]]:
    """The AuthServer objects as far as switching off needs them, and those that may be the default endpoint for all
    that is known."""
    servers, unread = [], []
    for properties in objects:
        try:
            servers.append(authserver.parse_endpoint(properties))
        except ParseError as exc:
            if properties.raw(DEFAULT) is not False:
                name = properties.label("Name", "without a readable name")
                unread.append(
                    Kept(
                        f"AuthServer {name!r}",
                        f"whether it is the default authorization endpoint could not be read: {exc}",
                    )
                )
    return servers, unread


def steps_of_auth_servers(history: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    return by_guid(item for item in history if item.is_of("authserver"))
