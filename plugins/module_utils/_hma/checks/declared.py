# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the administrator declares of the organization: the settings that the checks go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from ..exchange.virtual_directories import KINDS

# Gates at which hma_policy and hma_custom_checks of the inventory count. Nothing loosens the gate right before the
# switch.
_POLICY: Final = frozenset({"names", "preflight", "audit", "verify"})
_CUSTOM: Final = frozenset({"preflight", "audit"})
# The public variables whose name is not the setting's with hma_ before it.
_VARIABLES: Final[Mapping[str, str]] = {"kinds": "hma_vdir_kinds"}


@dataclass(frozen=True)
class Exclusion:
    """A dead server that Active Directory still has, and why it is left out."""

    name: str
    reason: str


@dataclass(frozen=True)
class IgnoredName:
    """A host of a client URL that is not to be registered, and why."""

    host: str
    reason: str

    def facts(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Settings:
    """Settings of the whole organization. ``incomplete_because``: why this run does not cover the whole inventory."""

    default_tenant: str | None = None
    replace_default_authserver: str | None = None
    servers_excluded: Sequence[Exclusion] = ()
    spn_extra_names: Sequence[str] = ()
    spn_ignored: Sequence[IgnoredName] = ()
    kinds: Sequence[str] = tuple(KINDS)
    unsynced_accepted: int = 0
    owa_admins: Sequence[str] = ()
    owa_single_admin: bool = False
    owa_webconfig_done: bool = False
    owa_overrides: str = "check"
    probe_authorization_hosts: Sequence[str] = ()
    incomplete_because: Sequence[str] = ()

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Settings:
        """From the option ``settings`` of hma_assess; what is not given there, or is empty, is as it is by default."""
        values = {item.name: given[item.name] for item in fields(cls) if given.get(item.name)}
        for name, kind in (("servers_excluded", Exclusion), ("spn_ignored", IgnoredName)):
            values[name] = tuple(kind(**item) for item in values.get(name, ()))
        return cls(**values)


def declared(variables: Mapping[str, Any], names: Sequence[str], gate: str) -> dict[str, Any]:
    """The settings that the public variables of a run hold, by the names of the option ``settings``."""
    return {
        name: variables[_variable(name)]
        for name in _counting(names, gate)
        if variables.get(_variable(name)) is not None
    }


def _counting(names: Sequence[str], gate: str) -> Iterator[str]:
    limited = {"policy": _POLICY, "custom_checks": _CUSTOM}
    return (name for name in names if name not in limited or gate in limited[name])


def _variable(name: str) -> str:
    return _VARIABLES.get(name, f"hma_{name}")
