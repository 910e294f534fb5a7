# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Typed objects and their facts: what Ansible's results, the record and the report hold of them, as JSON has
it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Final, cast

from .values import Properties

if TYPE_CHECKING:
    from typing import Self


class Facts:
    """A frozen dataclass whose facts are its fields: a key of the facts is written once, as the name of the field.

    A class with a field of another type than those of ``_READERS`` has a ``from_facts`` of its own.
    """

    @classmethod
    def from_facts(cls, facts: Properties) -> Self:
        """The object that ``facts()`` was made of; ParseError names the field that is not as it should be."""
        own = fields(cast(Any, cls))
        given = [
            field
            for field in own
            if field.name in facts or (field.default is MISSING and field.default_factory is MISSING)
        ]
        return cast(
            "Self", cast(Any, cls)(**{field.name: _READERS[str(field.type)](facts, field.name) for field in given})
        )

    def facts(self) -> dict[str, Any]:
        return {field.name: plain(getattr(self, field.name)) for field in fields(cast(Any, self))}


def plain(value: Any) -> Any:
    """A value as JSON has it: objects and mappings are dictionaries, every sequence is a list."""
    if hasattr(value, "facts"):
        return value.facts()
    if isinstance(value, Mapping):
        return {key: plain(element) for key, element in value.items()}
    return [plain(element) for element in value] if isinstance(value, (list, tuple)) else value


def _tuple(facts: Properties, field: str) -> tuple[str, ...]:
    return tuple(facts.texts(field))


# The type of a field as it is written in its class -> how its value is read.
_READERS: Final[Mapping[str, Callable[[Properties, str], Any]]] = {
    "str": Properties.any_text,
    "str | None": Properties.optional_text,
    "bool": Properties.flag,
    "bool | None": Properties.optional_flag,
    "int": Properties.number,
    "int | None": Properties.optional_number,
    "list[str]": Properties.texts,
    "tuple[str, ...]": _tuple,
    "Any": Properties.raw,
}
