# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The certificates that an application of the tenant knows, by their thumbprints; never a key."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import is_guid, shown

from .client import GraphClient
from .errors import GraphError

_CERTIFICATE: Final = "AsymmetricX509Cert"
_HEX: Final = re.compile(r"[0-9A-Fa-f]{40}", re.ASCII)
_BYTES: Final = 20


def thumbprints_of(client: GraphClient, application_id: str) -> list[str]:
    """What Graph shows as customKeyIdentifier, which is the thumbprint where nobody gave another text."""
    if not is_guid(application_id):
        raise GraphError(f"{client.where}: ApplicationIdentifier {shown(application_id)} is no id of an application.")
    found = client.object_or_nothing(f"applications(appId='{application_id}')", "appId,keyCredentials")
    if found is None:
        raise GraphError(f"{client.where}: there is no application {application_id}, which the AuthServer names.")
    keys = found.get("keyCredentials")
    if not isinstance(keys, Sequence) or isinstance(keys, str):
        raise GraphError(f"{client.where}: keyCredentials of application {application_id} is no list.")
    certificates = [key for key in keys if isinstance(key, Mapping) and key.get("type", _CERTIFICATE) == _CERTIFICATE]
    return sorted({thumbprint for key in certificates if (thumbprint := _thumbprint(key.get("customKeyIdentifier")))})


def _thumbprint(value: Any) -> str | None:
    """Graph writes bytes as Base64: the hash, or its hexadecimal text (both were seen); some clients give the text."""
    if not isinstance(value, str):
        return None
    if _HEX.fullmatch(value):
        return value.upper()
    try:
        raw = base64.b64decode(value, validate=True)
    except binascii.Error:
        return None
    if len(raw) == _BYTES:
        return raw.hex().upper()
    text = raw.decode("ascii", errors="replace")
    return text.upper() if _HEX.fullmatch(text) else None
