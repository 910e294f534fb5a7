# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The canonical document: organization, servers, tenants and identity, each with where and when it was read.

What could not be read is there too: null, with the reason beside it (``sections`` of the organization, ``unread`` and
``error`` elsewhere). Its schema is docs/schemas/facts.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .inputs import Entry

SCHEMA: Final = 1


def document(organization: Entry | None, servers: Sequence[Entry], tenants: Sequence[Entry], identity: Entry | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "organization": dict(organization) if organization else None,
        "servers": [_server(item) for item in servers],
        "tenants": [_tenant(item) for item in tenants],
        "identity": _identity(identity),
    }


def _server(found: Entry) -> dict[str, Any]:
    keys = ("host", "server", "through", "read", "directories", "certificates", "components", "error")
    return {**{key: found.get(key) for key in keys}, "unread": list(found.get("unread") or [])}


def _tenant(found: Entry) -> dict[str, Any]:
    keys = ("host", "tenant_id", "tenant_domain", "cloud", "read", "names", "missing", "verified_domains", "error")
    return {**{key: found.get(key) for key in keys}, "unread": list(found.get("unread") or [])}


def _identity(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not found:
        return None
    keys = ("read", "domains_from", "domains", "foreign", "linked", "missing")
    return {**{key: found.get(key) for key in keys}, "unread": list(found.get("unread") or [])}
