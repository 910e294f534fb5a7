# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Objects as pypsrp hands them over, to the plain values that the script transport gives."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Unread

# A DateTime arrives as text with up to seven digits of a second and the server's offset.
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
LISTS: Final = ("LST", "IE", "QUE", "STK")
_NUMBERS: Final = ("I32", "I64", "U32", "U64", "I16", "U16", "By", "SB")
# Text, and what is written as its text: identifiers, addresses, versions, fractions, spans of time.
_TEXTS: Final = ("S", "G", "URI", "Version", "D", "Db", "Sg", "TS")
# What pypsrp itself gives as text.
_KNOWN: Final = (*_TEXTS, "ToString", "C", "DT", "XD", "SBK")
_SHOWN: Final = 60
# System.Management.Automation.ErrorCategory by its number.
_CATEGORIES: Final = (
    *(
        "NotSpecified",
        "OpenError",
        "CloseError",
        "DeviceError",
        "DeadlockDetected",
        "InvalidArgument",
        "InvalidData",
        "InvalidOperation",
    ),
    *(
        "InvalidResult",
        "InvalidType",
        "MetadataError",
        "NotImplemented",
        "NotInstalled",
        "ObjectNotFound",
        "OperationStopped",
    ),
    *(
        "OperationTimeout",
        "SyntaxError",
        "ParserError",
        "PermissionDenied",
        "ResourceBusy",
        "ResourceExists",
        "ResourceUnavailable",
    ),
    *(
        "ReadError",
        "WriteError",
        "FromStdErr",
        "SecurityError",
        "ProtocolError",
        "ConnectionError",
        "AuthenticationError",
    ),
    *("LimitsExceeded", "QuotaExceeded", "NotEnabled"),
)


class UnknownValue(Exception):
    """Something that has no plain value here. The text says what."""


class RawXml(str):
    """XML that pypsrp does not know, and hands over as text: no text of anybody's, though it looks like one. ``names``
    are the types that its document names, by the number that others refer to them by."""

    names: Mapping[str, Sequence[str]]


class Tagged(str):
    """A text that travelled under a type of its own, which pypsrp drops: an address, a time, a version."""

    tag: str


def mark(serializer: Any) -> None:
    """Let a serializer of pypsrp tell XML that it does not know from text that is meant. A reference into nowhere is
    such XML; a type that was named within a list, into which pypsrp does not look, is known."""
    original = serializer.deserialize

    def deserialize(element: Any, metadata: Any = None, clear: bool = True) -> Any:
        tag = getattr(element, "tag", None)
        if clear:
            element = _parsed(element)
            serializer.obj, serializer.tn = {}, type_names(element)
        try:
            found = original(element, metadata, clear=False)
        except KeyError:
            if tag not in ("Ref", "Obj"):
                raise
            found = f"<{tag}>"
        if not isinstance(found, str):
            return found
        return _tagged(found, tag) if tag in _KNOWN else _raw(found, serializer.tn)

    serializer.deserialize = deserialize


def _parsed(element: Any) -> Any:
    """A document as an element; what does not end stays text, which pypsrp hands over."""
    try:
        return ElementTree.fromstring(element) if isinstance(element, str) else element  # noqa: S314 - as pypsrp does
    except ElementTree.ParseError:
        return element


def type_names(element: Any) -> dict[str, list[str]]:
    """The types that a document names, by their numbers."""
    if isinstance(element, str):
        return {}
    return {str(item.get("RefId")): [part.text or "" for part in item] for item in element.iter("TN")}


def _raw(found: str, names: Mapping[str, Sequence[str]]) -> RawXml:
    made = RawXml(found)
    made.names = names
    return made


def _tagged(found: str, tag: str) -> str:
    if tag in ("S", "ToString"):
        return found
    made = Tagged(found)
    made.tag = tag
    return made


def properties(found: Any, names: Sequence[str]) -> dict[str, Any]:
    """The asked-for properties of an object, those it has. Exchange's own are the adapted ones.

    A value that holds anything unknown is ``Unread`` as a whole: who reads the property is told, and the other objects
    are read.
    """
    bag: Mapping[str, Any] = {**getattr(found, "extended_properties", {}), **getattr(found, "adapted_properties", {})}
    return {name: _read(bag[name]) for name in names if name in bag}


def _read(value: Any) -> Any:
    try:
        return plain(value)
    except UnknownValue as exc:
        return Unread(str(exc))


def plain(value: Any) -> Any:
    """Text, Boolean, whole number, null, or a list of these."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, RawXml):
        raise UnknownValue(f"an element {value.partition('>')[0][:_SHOWN]}>")
    if isinstance(value, str):
        return _utc(value) if _DATE_TIME.fullmatch(value) else str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        # The parameters of a command, by their names: the names are what is read.
        return [plain(key) for key in value]
    if hasattr(value, "property_sets"):
        return _complex(value)
    if isinstance(value, (float, uuid.UUID)):
        return str(value)
    raise UnknownValue(f"a value of the type {type(value).__name__}")


def category(number: Any) -> str:
    """The name of an error category."""
    return _CATEGORIES[number] if isinstance(number, int) and 0 <= number < len(_CATEGORIES) else str(number)


def _complex(value: Any) -> Any:
    """pypsrp has no list for Exchange's own collections: their XML is handed over as text. Anything else is its text,
    as an enumeration's is its name and an id's what it prints as."""
    for part in value.property_sets:
        if isinstance(part, str) and part.startswith(tuple(f"<{name}" for name in LISTS)):
            return texts(part)
    if value.to_string is None:
        raise UnknownValue("an object without a text")
    return str(value.to_string)


def texts(xml: str) -> list[Any]:
    return [element(item) for item in parsed(xml)]


def parsed(xml: str) -> ElementTree.Element:
    """XML that pypsrp handed over as text."""
    if "<!" in xml:
        # Text is escaped, so this can only be a document type or an entity: nothing that a serializer writes.
        raise ValueError("a list with markup declarations")
    return ElementTree.fromstring(xml)  # noqa: S314 - no declarations, see above


def element(item: ElementTree.Element) -> Any:
    """One item of such a list: text, or an object that stands for its text (an enumeration, an id)."""
    text = item.text or ""
    if item.tag in _TEXTS:
        return _unescaped(text)
    if item.tag == "Nil":
        return None
    if item.tag == "B" and text in ("true", "false"):
        return text == "true"
    if item.tag in _NUMBERS:
        return int(text)
    if item.tag == "DT":
        return _utc(text)
    if item.tag == "Obj":
        return _object(item)
    raise UnknownValue(f"a list with an element <{item.tag}>")


def _object(item: ElementTree.Element) -> Any:
    """A list in a list, or the text of an object; an object without one stands for nothing that is known here."""
    inner = next((child for child in item if child.tag in LISTS), None)
    if inner is not None:
        return [element(child) for child in inner]
    text = item.findtext("ToString")
    if text is None:
        raise UnknownValue("a list with an object without a text")
    return _unescaped(text)


def _unescaped(text: str) -> str:
    """CLIXML writes characters that XML cannot hold as _xHHHH_, UTF-16 unit by unit."""
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _utc(text: str) -> str:
    """A time in UTC. The first and the last one of .NET, which mean none, are beyond what Python can move, and stay."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return text
