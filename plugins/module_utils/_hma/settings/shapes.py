# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The shape that a value has to have, and the faults of a value that does not have it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.values import shown
from .spelling import nearest

_TRUE: Final = frozenset({"yes", "on", "true", "y", "t", "1"})
_FALSE: Final = frozenset({"no", "off", "false", "n", "f", "0"})
# Python reads no number of more than 4300 digits, and nothing here takes one of more than a few.
_DIGITS: Final = re.compile(r"-?[0-9]{1,30}")
# Ansible makes no list of what stands behind the = of -e, and takes its commas for those between elements.
_LIST_AS_TEXT: Final = (
    "is a list that came as text, as -e name=[...] gives it; give it as JSON, -e '{\"name\": [...]}', or in a file, "
    "-e @file"
)
# Where nothing else is said of a number.
_MOST: Final = 1_000_000


@dataclass(frozen=True)
class Fault:
    """``place`` leads from the variable to the part that is wrong; it is empty where the variable itself is."""

    place: str
    complaint: str

    def text(self, name: str) -> str:
        return f"{name}{self.place} {self.complaint}"


@dataclass(frozen=True)
class Shape:
    """One value. ``fields`` are the keys of a dictionary, None where any may be there; ``element`` is what each
    element of a list has to be."""

    kind: str
    choices: tuple[str, ...] = ()
    fields: Mapping[str, Shape] | None = None
    element: Shape | None = None
    # What each value of a dictionary with any keys has to be, and what each key.
    values: Shape | None = None
    keys: Shape | None = None
    required: bool = False
    # Where it is set, there is something in it: null and empty text do not count as not set.
    filled: bool = False
    secret: bool = False
    # Not shown either, though it is no secret as such: an address may hold a password.
    hidden: bool = False
    least: int = 0
    most: int = _MOST
    # Whether text with commas stands for a list, as an option of a module takes it.
    commas: bool = True
    pattern: str = ""
    # Whether text is right, where no pattern can say it.
    accepts: Callable[[str], bool] | None = None
    # In words, what the pattern, or ``accepts``, wants.
    wording: str = ""

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Shape:
        """The shape that an option of an argument specification describes."""
        kind, options = str(spec.get("type", "str")), spec.get("options")
        fields = None if options is None else {name: cls.of(option) for name, option in options.items()}
        choices, required = tuple(spec.get("choices") or ()), bool(spec.get("required"))
        extra = {
            key: spec[key]
            for key in ("least", "most", "commas", "filled", "hidden", "pattern", "accepts", "wording")
            if key in spec
        }
        if kind == "list":
            element = cls.of(spec["element"]) if "element" in spec else cls(_elements_of(spec), choices, fields)
            return cls("list", element=element, required=required, **extra)
        keys, values = (cls.of(spec[name]) if name in spec else None for name in ("keys", "values"))
        return cls(
            kind, choices, fields, values=values, keys=keys, required=required, secret=bool(spec.get("no_log")), **extra
        )

    def faults(self, value: Any, place: str = "") -> Iterator[Fault]:
        """Everything that is wrong with a value."""
        if self._unset(value):
            return
        if self.kind == "list" and isinstance(value, str) and value.lstrip().startswith(("[", "{")):
            yield Fault(place, _LIST_AS_TEXT)
        elif not self._fits(value):
            yield self._wrong(value, place)
        elif self.kind == "list" and self.element is not None:
            for number, part in enumerate(_elements(value), start=1):
                yield from self.element.faults(part, f"{place}, item {number},")
        elif self.kind == "dict" and self.fields is not None:
            yield from self._faults_of_fields(_mapping(value), place)
        elif self.values is not None:
            for name, part in _mapping(value).items():
                yield from self.keys.faults(name, f"{place}, the key {shown(name)},") if self.keys else ()
                yield from self.values.faults(part, f"{place}, {shown(name)},")

    def meant(self, value: Any) -> Any:
        """The value as it is; of true or false in any of its forms the one that is meant, and of a text with commas the
        list."""
        if self.kind == "bool" and _is_flag(value):
            return is_true(value)
        is_list = self.kind == "list" and isinstance(value, str) and self.commas
        return parts_of(value) if is_list else value

    def _unset(self, value: Any) -> bool:
        """Text that is null or empty counts as not set, as it does for an option of a module."""
        return (
            self.kind in ("str", "path") and value in (None, "") and not (self.required or self.filled or self.choices)
        )

    def _fits(self, value: Any) -> bool:
        if not _CHECKS[self.kind](value) or (self.kind == "list" and isinstance(value, str) and not self.commas):
            return False
        if self.kind == "list" and self.filled and not value:
            return False
        if self.kind == "int":
            return self.least <= int(value) <= self.most
        if self.required and self.kind in ("str", "path") and not value.strip():
            return False
        if self.choices:
            return str(value) in self.choices
        if self.accepts and not self.accepts(str(value)):
            return False
        return not self.pattern or re.fullmatch(self.pattern, str(value)) is not None

    def _wrong(self, value: Any, place: str) -> Fault:
        if self.secret or self.hidden:
            return Fault(place, f"is {kind_of(value)} (its value is not shown); expected {self.expected}")
        if value is None:
            return Fault(place, f"has no value; expected {self.expected}")
        return Fault(place, f"is {shown(value)} ({kind_of(value)}); expected {self.expected}")

    def _faults_of_fields(self, value: Mapping[str, Any], place: str) -> Iterator[Fault]:
        fields = self.fields or {}
        for name in value:
            if name not in fields:
                near = nearest(str(name), fields)
                hint = f"did you mean {near}?" if near else f"use {', '.join(fields)}"
                yield Fault(place, f"has {shown(name)}, which is not known there; {hint}")
        for name, shape in fields.items():
            if name in value:
                yield from shape.faults(value[name], f"{place} {name}")
            elif shape.required:
                yield Fault(place, f"has no {name}; expected {shape.expected}")

    @property
    def expected(self) -> str:
        """What is right, in words."""
        if self.wording:
            return self.wording
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.kind == "int":
            return f"a whole number from {self.least} to {self.most}"
        if self.kind == "list" and self.element is not None:
            return self._expected_list(self.element)
        if self.kind == "dict" and self.fields is not None:
            return f"a dictionary with {', '.join(self.fields)}"
        return _WORDS[self.kind] + (" that is not empty" if self.kind in ("str", "path") and self.required else "")

    def _expected_list(self, element: Shape) -> str:
        if element.fields is not None:
            return f"a list of dictionaries with {', '.join(element.fields)}"
        if element.wording:
            return f"a list of {_WORDS[element.kind]}, each {element.wording}"
        return f"a list of {element.expected}" if element.choices or element.kind == "str" else "a list"


def _elements_of(spec: Mapping[str, Any]) -> str:
    return str(spec.get("elements", "raw"))


def kind_of(value: Any) -> str:
    """The type of a value as a reader of YAML names it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    for kind, word in ((str, "text"), ((int, float), "a number"), (list, "a list"), (Mapping, "a dictionary")):
        if isinstance(value, kind):
            return word
    return type(value).__name__


def _is_flag(value: Any) -> bool:
    return is_true(value) or is_false(value)


def is_true(value: Any) -> bool:
    """Whether a value is one that a module takes for true; the filter ``bool`` of Ansible knows fewer of them."""
    return isinstance(value, (bool, str, int)) and fold(str(value)) in _TRUE


def is_false(value: Any) -> bool:
    """Whether a value is one that a module takes for false."""
    return isinstance(value, (bool, str, int)) and fold(str(value)) in _FALSE


def _is_whole_number(value: Any) -> bool:
    if isinstance(value, str):
        return _DIGITS.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _is_mapping(value: Any) -> bool:
    return isinstance(_mapping(value), Mapping)


def _mapping(value: Any) -> Any:
    """A dictionary, also one that came as the text of a JSON object."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def parts_of(text: str) -> list[str]:
    """The elements of a list that is written as a text with commas, as people write one."""
    return [part for part in map(str.strip, text.split(",")) if part]


def _elements(value: Any) -> list[Any]:
    return parts_of(value) if isinstance(value, str) else list(value)


_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    # A number where text belongs was made by YAML: 0644 is 420 there, and a password with leading zeros another one.
    "str": lambda value: isinstance(value, str),
    "path": lambda value: isinstance(value, str),
    "bool": _is_flag,
    "int": _is_whole_number,
    "list": lambda value: isinstance(value, (list, str)),
    "dict": _is_mapping,
    "paths": lambda value: (
        isinstance(value, str) or (isinstance(value, list) and all(isinstance(path, str) for path in value))
    ),
    "raw": lambda value: True,
}
_WORDS: Final = {
    "str": "text (in quotes)",
    "path": "a path",
    "bool": "true or false",
    "dict": "a dictionary",
    "list": "a list",
    "paths": "a path or a list of paths",
    "raw": "a value",
}
