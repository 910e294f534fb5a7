# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether every site's domain controller sees the same directories and AuthServer objects.

A server of a branch office works from its own site's domain controller, which may be a quarter of an hour (or, by the
default schedule, three hours) behind. Switched on before that, it would offer clients an endpoint it does not trust
yet.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base import elements
from ..base.comparison import fold, folded
from ..base.values import Properties
from . import authserver
from .cmdlet import Cmdlet, CmdletResult
from .virtual_directories import KINDS, METHODS

STATUS: Final = Cmdlet(
    "Get-ExchangeServer",
    {"Status": True},
    ("Name", "Fqdn", "IsEdgeServer", "IsClientAccessServer", "CurrentConfigDomainController"),
    on_error="continue",
)
_TRUST: Final = ("DomainName", "Enabled", authserver.DEFAULT)


@dataclass(frozen=True)
class SeenObject:
    """An object as one domain controller shows it: what messages call it, and the values that are compared."""

    title: str
    values: Mapping[str, Hashable]


# By GUID.
State = dict[str, SeenObject]
_ABSENT: Final = SeenObject("", {})


def controllers(result: CmdletResult) -> tuple[dict[str, list[str]], list[str]]:
    """Domain controllers with the client access servers that use them, and the servers that do not say which they
    use."""
    used: dict[str, list[str]] = {}
    silent = []
    for server in result.properties(STATUS.name):
        if server.raw("IsEdgeServer") or server.raw("IsClientAccessServer") is False:
            continue
        controller, name = (
            server.label("CurrentConfigDomainController", ""),
            elements.name_of(server) or "a server without a name",
        )
        if controller:
            used.setdefault(fold(controller), []).append(name)
        else:
            silent.append(name)
    return used, silent


def reads(controller: str) -> list[Cmdlet]:
    """The cmdlets that read one domain controller. They ask Active Directory only: no server's IIS is touched."""
    where = {"DomainController": controller}
    returns = ("Name", "Guid", "Identity", *METHODS)
    return [
        Cmdlet(authserver.READ.name, where, authserver.READ.returns, on_error="continue"),
        *(
            Cmdlet(f"Get-{kind.noun}", {"ADPropertiesOnly": True, **where}, returns, on_error="continue")
            for kind in KINDS.values()
        ),
    ]


def state(results: Sequence[CmdletResult]) -> State:
    """The objects of one domain controller by their GUID, as far as steps 2 to 4 may have changed them."""
    trusts, *directories = results
    objects = [
        _seen(auth_server, _title(auth_server), _TRUST) for auth_server in trusts.properties(authserver.READ.name)
    ]
    for result in directories:
        objects += [
            _seen(directory, _name(directory), METHODS) for directory in result.properties("Get-VirtualDirectory")
        ]
    return dict(objects)


def _seen(properties: Properties, title: str, names: Sequence[str]) -> tuple[str, SeenObject]:
    """An object with its GUID; one that is odd is compared all the same."""
    key = fold(properties.label("Guid", title))
    return key, SeenObject(title, {name: _comparable(properties.raw(name)) for name in names})


def _title(auth_server: Properties) -> str:
    return f"AuthServer '{_name(auth_server)}' (realm {auth_server.label('Realm', 'none')})"


def _name(properties: Properties) -> str:
    return elements.name_of(properties) or "an object without a name"


def _comparable(value: Any) -> Hashable:
    """Lists compare without order and case, as Exchange means them. Nothing is parsed here: two controllers either show
    the same or they do not."""
    if value is None or value == []:
        return frozenset()
    if isinstance(value, list) and all(isinstance(element, str) for element in value):
        return folded(value)
    return repr(value)


def unread(results: Sequence[CmdletResult]) -> str | None:
    """Why a domain controller could not be read, if so."""
    return next((result.errors[0].message for result in results if result.errors), None)


def differing(states: Mapping[str, State]) -> dict[str, list[str]]:
    """Per domain controller the objects that it shows in another state than the first one does."""
    first, *others = states
    return {name: objects for name in others if (objects := _differing_objects(states[first], states[name]))}


def _differing_objects(here: State, there: State) -> list[str]:
    titles = []
    for guid in {**here, **there}:
        one, other = here.get(guid, _ABSENT), there.get(guid, _ABSENT)
        names = [name for name in {**one.values, **other.values} if one.values.get(name) != other.values.get(name)]
        if names:
            titles.append(f"{one.title or other.title} ({', '.join(names)})")
    return titles
