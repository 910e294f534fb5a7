# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether a value is as a JSON schema says: the keywords that this collection's own schemas use, and no
others."""

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


@dataclass(frozen=True)
class _Node:
    """A value, the schema that describes it, and where the value stands. ``defs`` are the definitions that its parts
    refer to."""

    value: Any
    schema: Schema
    defs: Schema
    path: str = ""

    def under(self, schema: Schema) -> _Node:
        """The same value, described by a part of its schema."""
        return _Node(self.value, schema, self.defs, self.path)

    def within(self, value: Any, schema: Schema, path: str) -> _Node:
        """A part of the value."""
        return _Node(value, schema, self.defs, path)

    def wrong(self, text: str, *, constant: bool = False) -> Mismatch:
        return Mismatch(self.path, text, constant)

    def expected(self, words: str) -> Mismatch:
        return self.wrong(f"is {shown(self.value)}; expected {words}.")


def mismatch(value: Any, schema: Schema) -> Mismatch | None:
    """The first thing that is wrong, or None. ``schema`` holds its own definitions."""
    return next(_mismatches(_Node(value, schema, schema.get("$defs", {}))), None)


def _mismatches(node: _Node) -> Iterator[Mismatch]:
    if "$ref" in node.schema:
        yield from _mismatches(node.under(node.defs[node.schema["$ref"].removeprefix("#/$defs/")]))
        return
    for keyword, check in _CHECKS.items():
        if keyword in node.schema:
            yield from check(node)


def _type(node: _Node) -> Iterator[Mismatch]:
    kind, name = _TYPES[node.schema["type"]]
    right = isinstance(node.value, kind) and (kind is bool or not isinstance(node.value, bool))
    if not right or (kind is str and not _is_text(node.value)):
        yield node.expected(name)


def _is_text(value: str) -> bool:
    """Half a surrogate pair is nothing that can be printed, sent or compared."""
    return not any(0xD800 <= ord(character) < 0xE000 for character in value)


def _const(node: _Node) -> Iterator[Mismatch]:
    constant = node.schema["const"]
    if type(node.value) is not type(constant) or node.value != constant:
        yield node.wrong(f"is {shown(node.value)}; expected {shown(constant)}.", constant=True)


def _enum(node: _Node) -> Iterator[Mismatch]:
    if not isinstance(node.value, str) or node.value not in node.schema["enum"]:
        yield node.expected(f"one of {', '.join(node.schema['enum'])}")


def _pattern(node: _Node) -> Iterator[Mismatch]:
    pattern = node.schema["pattern"]
    # A "$" of this language also matches before a line end at the end of the text, which a schema's does not.
    anchored = re.compile(f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern, re.ASCII)
    if isinstance(node.value, str) and not anchored.search(node.value):
        yield node.expected(f"text of the form {pattern}")


def _least(node: _Node) -> Iterator[Mismatch]:
    if isinstance(node.value, str) and len(node.value) < node.schema["minLength"]:
        yield node.wrong("is empty.")


def _required(node: _Node) -> Iterator[Mismatch]:
    missing = [name for name in node.schema["required"] if isinstance(node.value, dict) and name not in node.value]
    if missing:
        yield node.wrong(f"has no {', '.join(missing)}.")


def _properties(node: _Node) -> Iterator[Mismatch]:
    for name, schema in node.schema["properties"].items():
        if isinstance(node.value, dict) and name in node.value:
            yield from _mismatches(node.within(node.value[name], schema, f"{node.path}.{name}" if node.path else name))


def _others(node: _Node) -> Iterator[Mismatch]:
    for name in node.value if isinstance(node.value, dict) else ():
        if name not in node.schema.get("properties", {}):
            yield from _mismatches(
                node.within(node.value[name], node.schema["additionalProperties"], f"{node.path}.{shown(name)}")
            )


def _items(node: _Node) -> Iterator[Mismatch]:
    for number, element in enumerate(node.value if isinstance(node.value, list) else (), 1):
        yield from _mismatches(node.within(element, node.schema["items"], f"{node.path}, item {number},"))


def _any_of(node: _Node) -> Iterator[Mismatch]:
    yield from _best(node, node.schema["anyOf"])


def _one_of(node: _Node) -> Iterator[Mismatch]:
    # The forms of these schemas exclude each other by a constant, so the first one that fits is the only one.
    yield from _best(node, node.schema["oneOf"])


def _best(node: _Node, forms: Sequence[Schema]) -> Iterator[Mismatch]:
    """Nothing where one form fits; else what is wrong in the form that the value means to have."""
    wrong = [next(_mismatches(node.under(form)), None) for form in forms]
    if all(wrong):
        meant = next((one for one in wrong if one is not None and not one.constant), None)
        yield meant or node.wrong(f"is {shown(node.value)}; it has none of the known forms.")


# Properties before what is required: the constant that tells one form from another is looked at first.
_CHECKS: Final[Mapping[str, Callable[[_Node], Iterator[Mismatch]]]] = {
    "type": _type, "const": _const, "enum": _enum, "minLength": _least, "pattern": _pattern, "properties": _properties,
    "required": _required, "additionalProperties": _others, "items": _items, "anyOf": _any_of, "oneOf": _one_of,
}  # fmt: skip
