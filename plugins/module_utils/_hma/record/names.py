# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which service principal names go back: those that recorded runs added go, those that they took away come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..base.comparison import fold, folded, host_or_nothing
from ..entra.spns import is_built_in
from ..exchange.change import NOT_SENT
from .history import Recorded

PROPERTY = "servicePrincipalNames"


@dataclass(frozen=True)
class TenantNames:
    """What one tenant gives up, and what it gets back."""

    take: tuple[str, ...]
    give: tuple[str, ...]


def names_back(history: Iterable[Recorded], keep: Sequence[str] = ()) -> dict[str, TenantNames]:
    """Per tenant: a name is there again, or not there again, as the first write that touched it found it.

    Microsoft's own names stay as they are, and so do those of the hosts in ``keep``, in whatever form each is written.
    """
    first: dict[str, dict[str, tuple[str, bool]]] = {}
    for step in history:
        if step.is_of("names") and step.result != NOT_SENT:
            _note(first.setdefault(fold(step.target_text("tenant_id")), {}), step)
    kept = {_host(key) for key in folded(keep)}
    names_of: dict[str, TenantNames] = {}
    for tenant, names in first.items():
        own = {key: state for key, state in names.items() if not is_built_in(state[0])}
        take = tuple(name for key, (name, was_there) in own.items() if not was_there and _host(key) not in kept)
        names_of[tenant] = TenantNames(take, tuple(name for name, was_there in own.values() if was_there))
    return {tenant: names for tenant, names in names_of.items() if names.take or names.give}


def _note(first: dict[str, tuple[str, bool]], step: Recorded) -> None:
    """Whether each name that a write adds or takes away was there when something recorded first touched it."""
    before, after = _keyed(step.before), _keyed(step.after)
    for key in before.keys() - after.keys():
        first.setdefault(key, (before[key], True))
    for key, name in after.items():
        if key not in before:
            first.setdefault(key, (name, False))


def _keyed(state: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The names by what they compare by, in their order."""
    return {key: name for name in state.get(PROPERTY, ()) for key in folded([name])}


def _host(key: str) -> str:
    """The host of a name, or of a URL; a host is one, and a name of another kind is itself."""
    return host_or_nothing(key) or key.rstrip("/")
