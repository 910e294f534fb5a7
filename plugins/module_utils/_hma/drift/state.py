# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is watched, as it is kept: settings in parts, what checks said, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..report.found import Found

FAIL, WARN, PASS, NOT_CHECKED, NOT_APPLICABLE = "fail", "warn", "pass", "not_checked", "not_applicable"
OPEN: Final = frozenset({FAIL, WARN})
SERVERS, URLS, METHODS, AUTH_SERVERS = "servers", "urls", "methods", "auth_servers"
SWITCHES, NAMES = "switches", "names"
# What only a check sees.
CHECK: Final = "check"
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Watched:
    """An object with the values that are watched. ``place`` is its server or tenant; empty for the organization's."""

    title: str
    place: str
    values: Values

    def facts(self) -> dict[str, Any]:
        return {"title": self.title, "place": self.place, "values": {key: list(of) for key, of in self.values.items()}}

    @classmethod
    def of(cls, found: Found) -> Watched:
        values = {key: value.texts for key, value in found["values"].items}
        return cls(found["title"].text, found["place"].text, values)


@dataclass(frozen=True)
class Part:
    """What was read as one: its objects by their key, and when."""

    area: str
    read_at: str
    objects: Mapping[str, Watched]

    def facts(self) -> dict[str, Any]:
        objects = {key: watched.facts() for key, watched in self.objects.items()}
        return {"area": self.area, "read_at": self.read_at, "objects": objects}

    @classmethod
    def of(cls, found: Found) -> Part:
        objects = {key: Watched.of(item) for key, item in found["objects"].items}
        return cls(found["area"].text, found["read_at"].text, objects)


@dataclass(frozen=True)
class Judged:
    """What a check said of an object, and since when it has been open."""

    status: str
    title: str = ""
    severity: str = ""
    place: str = ""
    since: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    message: str = ""
    fix: str = ""

    @property
    def open(self) -> bool:
        return self.status in OPEN

    def facts(self) -> dict[str, Any]:
        """What is right is many, and its status is all that is kept of it."""
        if not self.open:
            return {"status": self.status}
        kept = ("status", "title", "severity", "place", "since")
        return {key: getattr(self, key) for key in kept}

    @classmethod
    def of(cls, found: Found) -> Judged:
        texts = {key: found[key].text for key in ("title", "severity", "place", "since")}
        return cls(found["status"].text, texts["title"], texts["severity"], texts["place"], texts["since"])


@dataclass(frozen=True)
class Gap:
    """What could not be read, and why."""

    what: str
    reason: str

    def facts(self) -> dict[str, str]:
        return {"what": self.what, "reason": self.reason}


Checks = Mapping[str, Mapping[str, Judged]]


@dataclass(frozen=True)
class State:
    """All that is known: each part as it was read last, each check as it was made last."""

    parts: Mapping[str, Part]
    checks: Checks

    def facts(self) -> dict[str, Any]:
        checks = {name: {key: item.facts() for key, item in of.items()} for name, of in self.checks.items()}
        return {"parts": {name: part.facts() for name, part in self.parts.items()}, "checks": checks}

    @classmethod
    def of(cls, found: Found) -> State:
        checks = {name: {key: Judged.of(item) for key, item in of.items} for name, of in found["checks"].items}
        return cls({name: Part.of(item) for name, item in found["parts"].items}, checks)


@dataclass(frozen=True)
class Counts:
    """How many checks are open, and how far the organization is."""

    fail: int = 0
    warn: int = 0
    not_checked: int = 0
    servers_ready: int = 0
    servers: int = 0
    tenants_ready: int = 0
    tenants: int = 0

    def facts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, found: Found) -> Counts:
        values = {name: found[name].value for name in cls.__dataclass_fields__}
        return cls(**{name: value for name, value in values.items() if isinstance(value, int)})
