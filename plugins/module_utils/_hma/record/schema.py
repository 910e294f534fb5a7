# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a line of the record looks like: the text of docs/schemas/record.schema.json (a test holds them
together)."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_SOMETHING: Final = {"type": "string", "minLength": 1}
_ID: Final = {"$ref": "#/$defs/id"}
_GUID: Final = {"$ref": "#/$defs/guid"}
_VALUES: Final = {"$ref": "#/$defs/values"}
_SWITCH: Final = {"type": "boolean"}
_LIST: Final = {"type": "array", "items": {"type": "string"}}
_URL: Final = {"anyOf": [{"type": "string"}, {"type": "null"}]}
# The name of a policy; nothing where there is none.
_POLICY: Final = _URL
_PROCESS: Final = {"$ref": "#/$defs/process"}


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {**schema, "description": description}


def _event(name: str, properties: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"properties": {"event": {"const": name}, **properties, **(optional or {})}, "required": list(properties)}


def _target(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"type": {"const": kind}, **properties}, "required": list(properties)}


RECORD: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "One line of the record of a run",
    "description": "hma_records/<run id>/<host>.jsonl. A record may end anywhere; a line that is no JSON was cut.",
    "type": "object",
    "required": ["schema", "time", "run", "pid", "host", "module", "event"],
    "properties": {
        "schema": {"const": 1},
        "time": {
            "type": "string",
            "format": "date-time",
            "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|\\+00:00)$",
            "description": "UTC, by the control node's clock",
        },
        "run": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"},
        "pid": {"type": "integer"},
        "host": _described(_TEXT, "Inventory name of the host whose task writes"),
        "module": {"type": "string", "pattern": "^hma_"},
        "event": {"enum": ["start", "intent", "outcome", "decision", "end"]},
    },
    "oneOf": [
        _event(
            "start",
            {
                "user": _described(_TEXT, "Account that ran Ansible"),
                "node": _described(_TEXT, "Host name of the control node"),
            },
            {
                "playbook": _described(_TEXT, "What ansible-playbook was called with"),
                "process": _PROCESS,
                "servers": _described(
                    _LIST,
                    "Names by which the run reaches its organization; two runs that share one are of one organization",
                ),
                "writes": _described(_SWITCH, "Whether the run may change something"),
            },
        ),
        _event(
            "intent",
            {
                "id": _ID,
                "object": _described(_TEXT, "The object as a person names it"),
                "target": {"$ref": "#/$defs/target"},
                "command": _described(_TEXT, "What is sent, as an administrator types it"),
                "before": _VALUES,
                "after": _VALUES,
            },
            {
                "process": _PROCESS,
                "beside": _described(_VALUES, "What Exchange may change with it, as it was before"),
                "gives_back": _described(
                    _SWITCH, "Whether it only gives an object what Exchange took from it in the write before"
                ),
            },
        ),
        _event(
            "outcome",
            {
                "id": _ID,
                "result": {
                    "enum": ["done", "failed", "uncertain", "not_sent"],
                    "description": (
                        "not_sent: a write before it failed; after every other word but done the state tells"
                    ),
                },
                "detail": _TEXT,
            },
        ),
        _event(
            "decision",
            {
                "gate": _described(_TEXT, "Id of the check that somebody overrode by name"),
                "reason": _TEXT,
                "overrides": _LIST,
            },
        ),
        {
            "properties": {"event": {"const": "end"}},
            "description": "The last line: no write of the run comes after it. "
            "Without it the run was killed or broken off, "
            "or is still at work",
        },
    ],
    "$defs": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "Ties an outcome to its intent"},
        "process": {
            "type": "object",
            "description": "The process of the playbook (start), or of the worker that writes (intent)",
            "required": ["pid", "node", "started"],
            "properties": {
                "pid": {"type": "integer"},
                "node": _described(_TEXT, "Host name of its machine"),
                "started": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "description": "Tells it from a later process of the same number: boot id and clock ticks",
                },
            },
        },
        "guid": {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"},
        "values": {
            "type": "object",
            "description": "Properties by Exchange's or Graph's own name",
            "properties": {
                "OAuthAuthentication": _SWITCH,
                "IISAuthenticationMethods": _LIST,
                "InternalAuthenticationMethods": _LIST,
                "ExternalAuthenticationMethods": _LIST,
                "IsDefaultAuthorizationEndpoint": _SWITCH,
                "Enabled": _SWITCH,
                "DomainName": _LIST,
                "OAuth2ClientProfileEnabled": _SWITCH,
                "MapiHttpEnabled": _SWITCH,
                "servicePrincipalNames": _LIST,
                "InternalUrl": _URL,
                "ExternalUrl": _URL,
                "replyUrls": _LIST,
                "AuthenticationPolicy": _POLICY,
                "DefaultAuthenticationPolicy": _POLICY,
            },
            "additionalProperties": {"anyOf": [_SWITCH, _LIST]},
        },
        "target": {
            "type": "object",
            "required": ["type"],
            "oneOf": [
                _target("directory", {"kind": _TEXT, "server": _SOMETHING, "guid": _GUID, "identity": _TEXT}),
                _target("authserver", {"guid": _GUID, "name": _TEXT, "realm": _TEXT}),
                _target("organization", {"guid": _GUID, "name": _TEXT}),
                _target("names", {"tenant_id": _SOMETHING}),
                _target("web_directory", {"kind": _TEXT, "server": _SOMETHING, "guid": _GUID, "identity": _TEXT}),
                _target("reply_urls", {"tenant_id": _SOMETHING}),
                _target("authentication_policy", {"name": _SOMETHING}),
                _target("default_policy", {"guid": _GUID, "name": _TEXT}),
                _target("user", {"guid": _GUID, "name": _TEXT}),
                _target("setting_override", {"name": _SOMETHING, "component": _TEXT, "section": _TEXT}),
            ],
        },
    },
}
