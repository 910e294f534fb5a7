# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What an access token for Graph says of itself: its permissions, and who it was made for.

Microsoft promises no format of it, so a token that cannot be read is no fault: nobody knows then, and Graph decides.
The signature is Graph's to check; nothing here rests on it but what people are shown before they try.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_PERMISSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}", re.ASCII)
_LONGEST: Final = 64 << 10
_MOST: Final = 500
# What Entra writes into the roles of every application that has none (seen in tokens; not documented).
_NO_ROLE: Final = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"


@dataclass(frozen=True)
class Claims:
    """``permissions`` is None where the token cannot be read. ``object_id`` is the caller's own service principal.

    ``has_role``: a role of the directory was given to it, which may allow what its permissions do not.
    """

    permissions: tuple[str, ...] | None = None
    object_id: str | None = None
    has_role: bool = False


def claims_of(token: str) -> Claims:
    """Application permissions are ``roles``, delegated ones ``scp``; a token without either grants nothing."""
    body = _body(token)
    if body is None:
        return Claims()
    roles, scopes = body.get("roles", []), body.get("scp", "")
    if not isinstance(roles, list) or not isinstance(scopes, str):
        return Claims()
    granted = [name for name in [*roles, *scopes.split()] if isinstance(name, str) and _PERMISSION.fullmatch(name)]
    object_id, wids = body.get("oid"), body.get("wids")
    has_role = isinstance(wids, list) and any(role != _NO_ROLE for role in wids)
    return Claims(tuple(dict.fromkeys(granted[:_MOST])), object_id if isinstance(object_id, str) else None, has_role)


def names_of(token: str) -> list[str]:
    """The names of the claims; none of a token that cannot be read."""
    return sorted(str(name) for name in _body(token) or {})


def _body(token: str) -> Mapping[str, Any] | None:
    """The claims of a token that is signed and not encrypted; None of any other one."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST:
        return None
    try:
        found = json.loads(base64.b64decode(f"{parts[1]}{'=' * (-len(parts[1]) % 4)}", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None
