# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether every site's domain controller sees the same directories and AuthServer objects.

A server of a branch office works from its own site's domain controller, which may be a quarter of an hour (or, by the
default schedule, three hours) behind. Switched on before that, it would offer clients an endpoint it does not trust yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base import elements
from ..base.comparison import fold, folded
from . import authserver
from .cmdlet import Cmdlet, CmdletResult
from .virtual_directories import KINDS

STATUS: Final = Cmdlet(
    "Get-ExchangeServer", {"Status": True}, ("Name", "Fqdn", "IsEdgeServer", "IsClientAccessServer", "CurrentConfigDomainController"), on_error="continue"
)
_METHODS: Final = ("InternalAuthenticationMethods", "ExternalAuthenticationMethods")
_TRUST: Final = ("DomainName", "Enabled", authserver.DEFAULT)
State = dict[str, dict[str, Any]]


def controllers(result: CmdletResult) -> tuple[dict[str, list[str]], list[str]]:
    """Domain controllers with the client access servers that use them, and the servers that do not say which they use."""
    found: dict[str, list[str]] = {}
    silent = []
    for item in result.objects:
        if item.get("IsEdgeServer") or item.get("IsClientAccessServer") is False:
            continue
        controller, name = item.get("CurrentConfigDomainController"), elements.name_of(item) or "a server without a name"
        if isinstance(controller, str) and controller:
            found.setdefault(fold(controller), []).append(name)
        else:
            silent.append(name)
    return found, silent


def reads(controller: str) -> list[Cmdlet]:
    """What one domain controller has, from Active Directory alone: no server's IIS is touched."""
    where = {"DomainController": controller}
    returns = ("Name", "Guid", "Identity", *_METHODS)
    return [
        Cmdlet(authserver.READ.name, where, authserver.READ.returns, on_error="continue"),
        *(Cmdlet(f"Get-{kind.noun}", {"ADPropertiesOnly": True, **where}, returns, on_error="continue") for kind in KINDS.values()),
    ]


def state(results: Sequence[CmdletResult]) -> State:
    """The objects of one domain controller by their GUID, as far as step 2 to 4 may have changed them."""
    found: State = {}
    for result, names in zip(results, (_TRUST, *[_METHODS] * len(results)), strict=False):
        for item in result.objects:
            found[fold(str(item.get("Guid")))] = {"what": _title(item), **{name: _comparable(item.get(name)) for name in names}}
    return found


def _title(found: Mapping[str, Any]) -> str:
    """An object as messages name it; one that is odd is compared all the same."""
    name = elements.name_of(found) or "an object without a name"
    return f"AuthServer '{name}' (realm {found.get('Realm') or 'none'})" if authserver.DEFAULT in found else name


def _comparable(value: Any) -> Any:
    """Lists compare without order and case, as Exchange means them. Nothing is parsed here: two controllers either show the same or they do not."""
    if value is None or value == []:
        return frozenset()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return folded(value)
    return repr(value)


def unread(results: Sequence[CmdletResult]) -> str | None:
    """Why a domain controller could not be read, if so."""
    return next((result.errors[0].message for result in results if result.errors), None)


def differing(states: Mapping[str, State]) -> dict[str, list[str]]:
    """Per domain controller, what it sees otherwise than the first one does."""
    first, *others = states
    return {name: seen for name in others if (seen := _otherwise(states[first], states[name]))}


def _otherwise(here: State, there: State) -> list[str]:
    found = []
    for guid in [*here, *(guid for guid in there if guid not in here)]:
        one, other = here.get(guid, {}), there.get(guid, {})
        names = [name for name in {**one, **other} if name != "what" and one.get(name) != other.get(name)]
        if names:
            found.append(f"{one.get('what') or other.get('what')} ({', '.join(names)})")
    return found
