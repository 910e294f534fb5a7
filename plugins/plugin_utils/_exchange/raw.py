# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An object that pypsrp hands over, in the shape in which it arrived: types, text, adapted and extended
properties. The script gives the same of what New-PSSession hands over (``Select-Shape``)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree

from .clixml import LISTS, RawXml, Tagged, UnknownValue, element, parsed, plain

# What pypsrp makes plain, by the element that it read.
_TAGS: Final[Mapping[str, str]] = {
    "URI": "System.Uri", "DT": "System.DateTime", "Version": "System.Version", "TS": "System.TimeSpan",
    "D": "System.Decimal", "Db": "System.Double", "Sg": "System.Single", "C": "System.Char", "XD": "System.Xml",
    "SBK": "System.Management.Automation.ScriptBlock",
}  # fmt: skip
_ITEMS: Final[Mapping[str, str]] = {
    **_TAGS, "S": "System.String", "G": "System.Guid", "B": "System.Boolean", "BA": "System.Byte[]",
    "I32": "System.Int32", "I64": "System.Int64", "I16": "System.Int16", "SB": "System.SByte",
    "U32": "System.UInt32", "U64": "System.UInt64", "U16": "System.UInt16", "By": "System.Byte",
}  # fmt: skip
_PLAIN: Final = (
    (bool, "System.Boolean"), (int, "System.Int32"), (float, "System.Double"), (uuid.UUID, "System.Guid"),
    (bytes, "System.Byte[]"),
)  # fmt: skip
_LIST: Final = "System.Collections.ArrayList"


def shape(found: Any) -> dict[str, Any]:
    """The object; what is no object of PowerShell's has neither type names nor properties."""
    own, added = (getattr(found, name, {}) for name in ("adapted_properties", "extended_properties"))
    return {
        "types": [str(name) for name in getattr(found, "types", [])],
        "text": str(getattr(found, "to_string", "") or ""),
        "adapted": {str(name): _value(value) for name, value in own.items()},
        "extended": {str(name): _value(value) for name, value in added.items()},
    }


def _value(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if hasattr(value, "property_sets"):
        return _complex(value)
    if isinstance(value, RawXml):
        return _unknown(value)
    if isinstance(value, (list, tuple)):
        return {"type": _LIST, "items": [_value(item) for item in value]}
    return {"type": _type_of(value), "value": _plain(value)}


def _complex(value: Any) -> dict[str, Any]:
    """A list of Exchange's, or an object that stands for its text."""
    named = str(next(iter(value.types), ""))
    for part in value.property_sets:
        if isinstance(part, (list, tuple)):
            return {"type": named, "items": [_value(item) for item in part]}
        if isinstance(part, RawXml) and part.startswith("<"):
            return {"type": named, "items": _items(parsed(part), part.names)}
    return {"type": named, "value": _plain(value)}


def _unknown(xml: RawXml) -> dict[str, Any]:
    """An object of a type that pypsrp has no class for, which it hands over as its XML: its first type, and its items
    or its text."""
    try:
        found = parsed(xml)
    except (ElementTree.ParseError, ValueError):
        return {"type": "", "value": None}
    items = _listed(found, xml.names)
    return items or {"type": _named(found, xml.names), "value": found.findtext("ToString")}


def _listed(found: ElementTree.Element, names: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """A list with its items; None of what is no list."""
    inner = next((child for child in found if child.tag in LISTS), None)
    return None if inner is None else {"type": _named(found, names), "items": _items(inner, names)}


def _items(listed: Iterable[ElementTree.Element], names: Mapping[str, Sequence[str]]) -> list[dict[str, Any] | None]:
    """The items of a list of Exchange's, into which pypsrp does not look."""
    return [None if item.tag == "Nil" else _item(item, names) for item in listed]


def _item(item: ElementTree.Element, names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """An item; null is the value of one that has no text."""
    try:
        value = element(item)
    except UnknownValue:
        value = None
    return _listed(item, names) or {"type": _named(item, names), "value": value}


def _named(item: ElementTree.Element, names: Mapping[str, Sequence[str]]) -> str:
    """The first type of an element: named in it, or before in its document."""
    reference = item.find("TNRef")
    if reference is not None:
        return next(iter(names.get(str(reference.get("RefId")), ())), "")
    return item.findtext("TN/T") or _ITEMS.get(item.tag, "")


def _type_of(value: Any) -> str:
    if isinstance(value, Tagged):
        return _TAGS.get(value.tag, value.tag)
    return next((name for kind, name in _PLAIN if isinstance(value, kind)), "System.String")


def _plain(value: Any) -> Any:
    """The value as readers get it; null where it has none."""
    try:
        return plain(value)
    except UnknownValue:
        return None
