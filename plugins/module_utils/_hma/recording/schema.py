# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording looks like: the text of docs/schemas/recording.schema.json (a test holds them together)."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_MAYBE_NUMBER: Final = {"anyOf": [_NUMBER, {"type": "null"}]}
_ANY: Final[dict[str, Any]] = {}


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {**schema, "description": description}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


_PROPERTIES: Final = {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}}
_SENTENCE: Final = {
    "sentences": _described(_TEXTS, "Those that everybody knows, of the ones that the text held"),
    "words": _described(_NUMBER, "How many words the text had"),
}
_ITEM: Final = {"type": "object", "properties": {"type": _TEXT}, "required": ["type"]}
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "What a real Exchange, and a tenant, answer to reads",
    "description": "recording.json of record_organization and try_writes_on_one_directory, without names.",
    **_object(
        {
            "schema": {"const": 1},
            "collection": _described(_TEXT, "Version of the collection that read it"),
            "kept": _described(_TEXTS, "What of the answers is in this file, and what is not"),
            "servers": _list("server"),
            "tenants": _list("tenant"),
        }
    ),
    "$defs": {
        "server": _object(
            {
                "name": _TEXT,
                "fqdn": _TEXT,
                "transport": _described(
                    {"enum": ["winrm", "psrp", "psrp-exchange", "clixml"]}, "clixml: made of files of Export-Clixml"
                ),
                "powershell": _TEXT,
                "shell_milliseconds": _described(_NUMBER, "What a shell of Exchange took to open"),
                "readings": _list("reading"),
                "challenges": _list("challenge"),
                "trials": _list("trial"),
            }
        ),
        "reading": _object(
            {
                "id": _described(_TEXT, "Which question it is"),
                "cmdlet": _TEXT,
                "milliseconds": _described(_MAYBE_NUMBER, "Null where the cmdlet was not run, or was not timed"),
                "count": _described(_NUMBER, "How many objects came"),
                "objects": _list("object"),
                "errors": _list("error"),
                "warnings": _list("sentence"),
            }
        ),
        "object": _object(
            {
                "types": _TEXTS,
                "text": {"enum": ["Identity", "Name", "type", "other", ""]},
                "adapted": _PROPERTIES,
                "extended": _PROPERTIES,
            }
        ),
        "value": _described(
            {"anyOf": [{"type": "null"}, _ITEM]}, "Null, a type with its value, or a type with its items"
        ),
        "error": _object({"id": _TEXT, "category": _TEXT, "reason": _TEXT, "target": _TEXT, **_SENTENCE}),
        "sentence": _object(_SENTENCE),
        "challenge": _object(
            {
                "protocol": _TEXT,
                "name": _TEXT,
                "status": _described(_MAYBE_NUMBER, "Null where nothing answered; failure says why"),
                "failure": _TEXT,
                "headers": {"type": "object", "additionalProperties": _TEXTS},
                "other_headers": _TEXTS,
            }
        ),
        "trial": _object(
            {
                "id": _described(_TEXT, "What was tried"),
                "kind": _described(_TEXT, "On which kind of virtual directory"),
                "outcome": _TEXT,
                "warnings": _list("sentence"),
                "before": _list("object"),
                "after": _list("object"),
            }
        ),
        "tenant": _object(
            {
                "id": _TEXT,
                "cloud": _TEXT,
                "claims": _described(_TEXTS, "Names of the claims of an access token"),
                "permissions": _TEXTS,
                "answers": _list("answer"),
                "replies": _list("reply"),
            }
        ),
        "answer": _object({"id": _TEXT, "status": _MAYBE_NUMBER, "json": _described(_ANY, "As Graph sent it")}),
        "reply": _object({"id": _TEXT, "status": _MAYBE_NUMBER, "sentences": _TEXTS}),
    },
}
