# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a tenant is signed in to, as its variables say it together: one way, and the application's own id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..base.comparison import fold
from .shapes import is_false, is_true

_MANAGED: Final = "managed_identity"
_WAYS: Final = ("client_secret", "certificate_path", "client_assertion", _MANAGED)


def is_set(option: str, value: Any) -> bool:
    """Whether an option of a sign-in says anything: null, empty text, and a managed identity that is switched off are
    no way to sign in."""
    return value is not None and value != "" and not (option == _MANAGED and is_false(value))


def _is_way(option: str, value: Any) -> bool:
    return is_true(value) if option == _MANAGED else isinstance(value, str) and value != ""


def sign_in_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Per fault the variable that it is of, and the sentence. What has no value, or one of another type, is said of
    itself."""
    ways = [f"hma_{way}" for way in _WAYS if _is_way(way, values.get(f"hma_{way}"))]
    if len(ways) > 1:
        yield ways[0], f"{' and '.join(ways)} are set together, and each is a way to sign in: keep one of them"
    tenant, client = values.get("hma_tenant_id"), values.get("hma_client_id")
    if ways and ways != [f"hma_{_MANAGED}"] and not is_set("client_id", client):
        yield ways[0], f"{ways[0]} is of an application, and hma_client_id, that one's id, is not set"
    if isinstance(tenant, str) and isinstance(client, str) and client and fold(tenant) == fold(client):
        yield (
            "hma_client_id",
            "hma_client_id is the same as hma_tenant_id; one is the id of the application, the other of the tenant "
            "(Entra admin center: App registrations, Overview)",
        )
