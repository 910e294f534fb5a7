# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a server, a tenant and the published names answered to check_access.

Each is what a task registered, or, where that task failed before it asked, its message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.facts import Facts
from ..base.values import Properties
from ..entra.permissions import Access

YES, NO, UNKNOWN, NOT_ASKED, NOT_NEEDED = "yes", "no", "unknown", "not_asked", "not_needed"
_SILENT: Final = "it was not asked."


@dataclass(frozen=True)
class Place(Facts):
    """A host and a port, and what became of a connection: ``resolves`` is None where the resolver did not say."""

    host: str
    port: int
    resolves: bool | None
    answers: bool
    reason: str

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class SettingsAnswer:
    """Why the first task of a playbook stops (empty where it does not), and what it says of hma_identity_entra; None
    where it says nothing."""

    why: str
    identity_entra: Any = None

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> SettingsAnswer:
        if "organization" not in result:
            return cls(str(result.get("msg") or "they were not judged."))
        return cls("", (result["organization"] or {}).get("hma_identity_entra"))


@dataclass(frozen=True)
class ServerAnswer:
    """What a server answered. ``why`` is the reason of the first no; ``sign_in`` is empty where nobody asked."""

    place: Place | None
    sign_in: str
    shell: str = ""
    why: str = ""
    transport: str = ""
    powershell: str = ""
    version: str = ""
    commands: Mapping[str, Sequence[str]] | None = None

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> ServerAnswer:
        if "sign_in" not in result:
            return cls(None, "", why=str(result.get("msg") or _SILENT))
        found, place = Properties(result, "hma_access"), result.get("place")
        texts = {name: found.label(name, "") for name in ("shell", "why", "transport", "powershell", "version")}
        return cls(
            Place.from_facts(Properties(place, "place")) if place else None,
            found.text("sign_in"),
            **texts,
            commands=result.get("commands"),
        )

    @property
    def reached(self) -> bool:
        """Whether something answered at its port, or an account was taken there."""
        return self.sign_in == YES or bool(self.place and self.place.answers)


@dataclass(frozen=True)
class TenantAnswer:
    """What a tenant answered: a token, the service principal, its verified domains (None: not read)."""

    token: str
    read: str = ""
    why: str = ""
    access: Access | None = None
    domains: Sequence[str] | None = None
    domains_why: str = ""

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> TenantAnswer:
        found, access = Properties(result, "hma_access"), result.get("access")
        return cls(
            token=found.label("token", NO),
            read=found.label("read", ""),
            why=found.label("why", found.label("msg", _SILENT)),
            access=Access.from_facts(Properties(access, "access")) if access else None,
            domains=result.get("domains"),
            domains_why=found.label("domains_why", ""),
        )


@dataclass(frozen=True)
class NamesAnswer:
    """The published names with what became of a connection to each; where there are none, why. ``elsewhere``: they are
    asked from another host."""

    places: Mapping[str, Place]
    why: str = ""
    elsewhere: bool = False

    @classmethod
    def from_result(cls, result: Mapping[str, Any]) -> NamesAnswer:
        places = result.get("places") or {}
        return cls(
            {str(name): Place.from_facts(Properties(place, str(name))) for name, place in places.items()},
            str(result.get("msg") or "no server showed them."),
            bool(result.get("skipped")),
        )
