# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether a value is as a JSON schema says: the keywords that this collection's own schemas use, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .values import shown

Schema = Mapping[str, Any]
_TYPES: Final[Mapping[str, tuple[type, str]]] = {
    "object": (dict, "an object"), "array": (list, "a list"), "string": (str, "text"),
    "integer": (int, "a whole number"), "boolean": (bool, "true or false"),
    "null": (type(None), "nothing"),
}  # fmt: skip


@dataclass(frozen=True)
class Mismatch:
    """Where a value is not as described. ``constant``: it is another value than the one this form of it has."""

    path: str
    text: str
    constant: bool = False

    def __str__(self) -> str:
        return f"{self.path or 'the line'} {self.text}"


def mismatch(value: Any, schema: Schema) -> Mismatch | None:
    """The first thing that is wrong, or None. ``schema`` holds its own definitions."""
    return next(_wrong(value, schema, schema.get("$defs", {}), ""), None)


def _wrong(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    if "$ref" in schema:
        yield from _wrong(value, defs[schema["$ref"].removeprefix("#/$defs/")], defs, path)
        return
    for keyword, check in _CHECKS.items():
        if keyword in schema:
            yield from check(value, schema, defs, path)


def _type(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    kind, name = _TYPES[schema["type"]]
    right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not right or (kind is str and not _is_text(value)):
        yield Mismatch(path, f"is {shown(value)}; expected {name}.")


def _is_text(value: str) -> bool:
    """Half a surrogate pair is nothing that can be printed, sent or compared."""
    return not any(0xD800 <= ord(character) < 0xE000 for character in value)


def _const(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    if type(value) is not type(schema["const"]) or value != schema["const"]:
        yield Mismatch(path, f"is {shown(value)}; expected {shown(schema['const'])}.", constant=True)


def _enum(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    if not isinstance(value, str) or value not in schema["enum"]:
        yield Mismatch(path, f"is {shown(value)}; expected one of {', '.join(schema['enum'])}.")


def _pattern(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    pattern = schema["pattern"]
    # A "$" of this language also matches before a line end at the end of the text, which a schema's does not.
    anchored = re.compile(f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern, re.ASCII)
    if isinstance(value, str) and not anchored.search(value):
        yield Mismatch(path, f"is {shown(value)}; expected text of the form {pattern}.")


def _least(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    if isinstance(value, str) and len(value) < schema["minLength"]:
        yield Mismatch(path, "is empty.")


def _required(value: Any, schema: Schema, _defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    missing = [name for name in schema["required"] if isinstance(value, dict) and name not in value]
    if missing:
        yield Mismatch(path, f"has no {', '.join(missing)}.")


def _properties(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    for name, one in schema["properties"].items():
        if isinstance(value, dict) and name in value:
            yield from _wrong(value[name], one, defs, f"{path}.{name}" if path else name)


def _others(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    for name in value if isinstance(value, dict) else ():
        if name not in schema.get("properties", {}):
            yield from _wrong(value[name], schema["additionalProperties"], defs, f"{path}.{shown(name)}")


def _items(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    for number, item in enumerate(value if isinstance(value, list) else (), 1):
        yield from _wrong(item, schema["items"], defs, f"{path}, item {number},")


def _any_of(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    yield from _best([next(_wrong(value, form, defs, path), None) for form in schema["anyOf"]], value, path)


def _one_of(value: Any, schema: Schema, defs: Mapping[str, Schema], path: str) -> Iterator[Mismatch]:
    # The forms of these schemas exclude each other by a constant, so the first one that fits is the only one.
    yield from _best([next(_wrong(value, form, defs, path), None) for form in schema["oneOf"]], value, path)


def _best(found: Sequence[Mismatch | None], value: Any, path: str) -> Iterator[Mismatch]:
    """Nothing where one form fits; else what is wrong in the form that the value means to have."""
    if all(found):
        meant = next((item for item in found if item is not None and not item.constant), None)
        yield meant or Mismatch(path, f"is {shown(value)}; it has none of the known forms.")


# Properties before what is required: the constant that tells one form from another is looked at first.
_CHECKS: Final[Mapping[str, Callable[[Any, Schema, Mapping[str, Schema], str], Iterator[Mismatch]]]] = {
    "type": _type, "const": _const, "enum": _enum, "minLength": _least, "pattern": _pattern, "properties": _properties,
    "required": _required, "additionalProperties": _others, "items": _items, "anyOf": _any_of, "oneOf": _one_of,
}  # fmt: skip
