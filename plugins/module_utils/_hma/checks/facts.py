# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The canonical document: organization, servers, tenants and identity, each with where and when it was read.

What could not be read is there too: null, with the reason beside it (``sections`` of the organization, ``unread`` and
``error`` elsewhere). Its schema is docs/schemas/facts.schema.json.
"""

from __future__ import annotations

from typing import Any, Final

from .inputs import Inputs

SCHEMA: Final = 1


def document(inputs: Inputs) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "organization": inputs.read.facts() if inputs.read else None,
        "servers": [item.facts() for item in inputs.servers],
        "tenants": [item.facts() for item in inputs.tenants],
        "identity": inputs.identity.facts() if inputs.identity else None,
    }
