# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An object of Exchange in the shape in which it arrived, as a shell hands it over and as a recording keeps
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.facts import Facts, plain
from ..base.values import Properties

_HANDED: Final = "Deserialized."


@dataclass(frozen=True)
class Value:
    """A value of a property. ``items`` is None where it is no list; ``count`` says how many there were, of which
    a recording keeps some."""

    type: str
    value: Any = None
    items: tuple[Value | None, ...] | None = None
    count: int = 0

    @classmethod
    def of(cls, found: object) -> Value | None:
        """The value that ``facts()`` was made of; None for a property without one."""
        if not isinstance(found, Mapping):
            return None
        named, items = str(found.get("type") or ""), found.get("items")
        if items is None:
            return cls(named, found.get("value"))
        return cls(named, items=tuple(map(cls.of, items)), count=found.get("count", len(items)))

    def facts(self) -> dict[str, object]:
        if self.items is None:
            return {"type": self.type, "value": self.value}
        return {"type": self.type, "count": self.count, "items": plain(self.items)}

    @property
    def own_type(self) -> str:
        """The type on the server: what PowerShell hands over has another one's name before it."""
        return self.type.removeprefix(_HANDED)

    @property
    def texts(self) -> list[str]:
        return [str(item.value) for item in self.items or () if item is not None]


@dataclass(frozen=True)
class Shape(Facts):
    """An object of a cmdlet's answer: its types, what it is as text, the properties that it has and those that
    PowerShell added."""

    types: tuple[str, ...]
    text: str
    adapted: Mapping[str, Value | None]
    extended: Mapping[str, Value | None]

    @classmethod
    def from_facts(cls, facts: Properties) -> Shape:
        return cls(
            tuple(facts.texts("types")),
            facts.any_text("text"),
            {name: Value.of(value) for name, value in facts.child("adapted").found.items()},
            {name: Value.of(value) for name, value in facts.child("extended").found.items()},
        )

    @property
    def own_types(self) -> list[str]:
        return [name.removeprefix(_HANDED) for name in self.types]

    def plain(self, name: str) -> Any:
        """A value as Python has it: text, a Boolean, a number, a list of text, or None."""
        value = self.adapted.get(name)
        if value is None:
            return None
        return value.value if value.items is None else value.texts


def shapes(facts: Properties, field: str) -> tuple[Shape, ...]:
    """The objects of a list within facts."""
    return tuple(map(Shape.from_facts, facts.children(field)))
