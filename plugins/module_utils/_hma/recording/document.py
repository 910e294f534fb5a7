# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The document of a recording: what was read, without anybody's names. What it is made of is never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .anonymous import DROPPED, SOME_TIME, Anonymiser
from .vocabulary import CLAIMS, HEADERS

SCHEMA: Final = 1
# As many objects of one read are kept; how many more there were is said.
_OBJECTS: Final = 20
_DEEPEST: Final = 20
_BIG: Final = 10**6
_HEADERS: Final = frozenset(
    {"www-authenticate", "location", "x-ms-diagnostics", "x-ms-location", "content-type", "retry-after"}
)
# Lists that may hold hundreds of names; a handful shows their shape.
_LISTED: Final = 50
KEPT: Final = (
    "Of each object of Exchange: the names of its types, the names of its properties, and their values in the shape "
    "they had; pseudonyms stand for names of hosts, domains, people and objects, for GUIDs, addresses, thumbprints and "
    "security identifiers. The same name is the same pseudonym everywhere in this file, and in no other file.",
    "Words that every Exchange has (methods, types of AuthServers, names of web sites and role groups), versions, "
    "Booleans, numbers below a million, punctuation, the slash at the end of an address, the pattern of capitals.",
    "Of errors: id, category, class; of their sentences and of warnings: how many words, and which of the sentences "
    "that everybody knows they hold. No sentence itself.",
    "Of a server's web site: the status, the challenges and the redirect, with pseudonyms; of other headers the name.",
    "Of a tenant: answers of Graph as JSON with pseudonyms, the names of the claims of the token and its permissions, "
    "what the sign-in page says to a reply URL with and without a slash.",
    "How long shells and cmdlets took, in milliseconds.",
    "Not kept: mailboxes (only whether a read of one worked), certificates (only their size), times of day, free text, "
    "passwords, tokens.",
)


def make_document(
    version: str, servers: Sequence[Mapping[str, Any]], tenants: Sequence[Mapping[str, Any]], known: Sequence[str] = ()
) -> dict[str, Any]:
    """The document of what was read. ``known`` are names that the inventory has."""
    anonymiser = Anonymiser()
    for text in known:
        anonymiser.text(text)
    # Names of types and properties are kept unless they hold a name, and all names are known after the first time.
    _document(anonymiser, version, servers, tenants)
    return _document(anonymiser, version, servers, tenants)


def _document(
    anonymiser: Anonymiser, version: str, servers: Sequence[Mapping[str, Any]], tenants: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "collection": version,
        "kept": list(KEPT),
        "servers": [_server(anonymiser, item) for item in servers],
        "tenants": [_tenant(anonymiser, item) for item in tenants],
    }


def _server(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": anonymiser.text(str(found["name"])),
        "fqdn": anonymiser.text(str(found["fqdn"])),
        "transport": str(found["transport"]),
        "powershell": anonymiser.text(str(found["powershell"])),
        "shell_milliseconds": int(found["shell_milliseconds"]),
        "readings": [_reading(anonymiser, item) for item in found["readings"]],
        "challenges": [_challenge(anonymiser, item) for item in found["challenges"]],
        "trials": [_trial(anonymiser, item) for item in found.get("trials", [])],
    }


def _reading(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    objects = found["objects"] if found["keeps"] else []
    return {
        "id": str(found["id"]),
        "cmdlet": str(found["cmdlet"]),
        "milliseconds": found["milliseconds"],
        "count": len(found["objects"]),
        "objects": [_object(anonymiser, item) for item in objects[:_OBJECTS]],
        "errors": [_error(anonymiser, item) for item in found["errors"]],
        "warnings": [_sentence(anonymiser, item) for item in found["warnings"]],
    }


def _trial(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(found["id"]),
        "kind": str(found["kind"]),
        "outcome": str(found["outcome"]),
        "warnings": [_sentence(anonymiser, item) for item in found["warnings"]],
        "before": [_object(anonymiser, item) for item in found["before"]],
        "after": [_object(anonymiser, item) for item in found["after"]],
    }


def _object(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "types": [anonymiser.name(name) for name in found["types"]],
        "text": _text_of(found),
        "adapted": _properties(anonymiser, found["adapted"]),
        "extended": _properties(anonymiser, found["extended"]),
    }


def _text_of(found: Mapping[str, Any]) -> str:
    """What an object is as text, by what that is equal to: the text itself may be anything."""
    for name in ("Identity", "Name"):
        value = found["adapted"].get(name)
        if isinstance(value, Mapping) and found["text"] and value.get("value") == found["text"]:
            return name
    if found["text"] in found["types"] or f"Deserialized.{found['text']}" in found["types"]:
        return "type"
    return "other" if found["text"] else ""


def _properties(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    return {anonymiser.name(name): _value(anonymiser, value, _DEEPEST) for name, value in found.items()}


def _value(anonymiser: Anonymiser, found: Any, deep: int) -> Any:
    if found is None:
        return None
    named = anonymiser.name(str(found["type"])) if found["type"] else ""
    if "items" in found:
        items = found["items"][:_LISTED] if deep else []
        return {"type": named, "count": len(found["items"]), "items": [_value(anonymiser, i, deep - 1) for i in items]}
    return {"type": named, "value": _plain(anonymiser, found["value"], str(found["type"]))}


def _plain(anonymiser: Anonymiser, value: Any, kind: str) -> Any:
    if isinstance(value, str) and kind.endswith("Byte[]"):
        return f"({len(value) * 3 // 4} bytes)"
    if isinstance(value, str) and kind.endswith("System.DateTime"):
        return SOME_TIME
    return _json(anonymiser, value, _DEEPEST)


def _error(anonymiser: Anonymiser, found: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: anonymiser.identifier(found[name]) for name in ("id", "category", "reason")},
        "target": anonymiser.text(found["target"]),
        **_sentence(anonymiser, found["message"]),
    }


def _sentence(anonymiser: Anonymiser, text: str) -> dict[str, Any]:
    return {"sentences": anonymiser.sentence(text), "words": len(text.split())}


def _challenge(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name: values for name, values in found["headers"].items() if name in _HEADERS}
    return {
        "protocol": str(found["protocol"]),
        "name": anonymiser.text(str(found["name"])),
        "status": found["status"],
        "failure": str(found["failure"]),
        "headers": {name: [anonymiser.text(value) for value in values] for name, values in sorted(headers.items())},
        "other_headers": _known([name for name in found["headers"] if name not in _HEADERS], HEADERS),
    }


def _tenant(anonymiser: Anonymiser, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": anonymiser.text(str(found["id"])),
        "cloud": str(found["cloud"]),
        "claims": _known(found["claims"], CLAIMS),
        "permissions": sorted(anonymiser.text(name) for name in found["permissions"]),
        "answers": [
            {"id": str(item["id"]), "status": item["status"], "json": _json(anonymiser, item["json"], _DEEPEST)}
            for item in found["answers"]
        ],
        "replies": [
            {"id": str(item["id"]), "status": item["status"], "sentences": anonymiser.sentence(item["text"])}
            for item in found["replies"]
        ],
    }


def _known(names: Sequence[str], known: frozenset[str]) -> list[str]:
    """Names that everybody has; each other one is dropped."""
    return sorted(name if name in known else DROPPED for name in names)


def _json(anonymiser: Anonymiser, value: Any, deep: int) -> Any:
    """A value of JSON; deeper than any answer it is dropped."""
    if isinstance(value, str):
        return anonymiser.text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return max(-_BIG, min(_BIG, value))
    if deep == 0:
        return DROPPED
    if isinstance(value, Mapping):
        return {anonymiser.name(str(name)): _json(anonymiser, item, deep - 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(anonymiser, item, deep - 1) for item in value[:_LISTED]]
    return DROPPED
