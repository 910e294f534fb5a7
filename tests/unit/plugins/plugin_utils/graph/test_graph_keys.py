# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates that an application of the tenant knows: thumbprints in each of Graph's forms, and never a key."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.keys import thumbprints_of

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
READER = "aaaaaaaa-0000-4000-8000-000000000002"
APPLICATION = "dddddddd-0000-4000-8000-000000000004"
THUMBPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"


def key(identifier: Any, **more: Any) -> dict[str, Any]:
    return {"type": "AsymmetricX509Cert", "usage": "Verify", "customKeyIdentifier": identifier, **more}


def register(stage: Stage, *keys: Any) -> None:
    item = {"id": "x", "app_id": APPLICATION, "display_name": "Hybrid", "key_credentials": list(keys)}
    stage.entra.tenants[TENANT]["registrations"] = [item]


@pytest.mark.parametrize(
    "identifier",
    [
        base64.b64encode(bytes.fromhex(THUMBPRINT)).decode(),
        base64.b64encode(THUMBPRINT.encode()).decode(),
        THUMBPRINT.lower(),
    ],
    ids=["hash", "text of the hash", "text"],
)
def test_each_form_of_a_thumbprint(stage: Stage, identifier: str) -> None:
    register(stage, key(identifier), key(identifier))
    assert thumbprints_of(stage.client(client_id=READER), APPLICATION) == [THUMBPRINT]
    assert stage.requests("graph") == ["GET"]


@pytest.mark.parametrize("odd", [None, 7, "not base64!", base64.b64encode(b"short").decode(), [], {}])
def test_a_key_that_is_odd_is_none(stage: Stage, odd: Any) -> None:
    register(stage, key(odd), key(THUMBPRINT, type="Symmetric"), "no key", 7)
    assert thumbprints_of(stage.client(client_id=READER), APPLICATION) == []


def test_what_is_not_there_or_no_id_says_so(stage: Stage) -> None:
    with pytest.raises(GraphError, match=f"there is no application {APPLICATION}"):
        thumbprints_of(stage.client(client_id=READER), APPLICATION)
    with pytest.raises(GraphError, match="is no id of an application"):
        thumbprints_of(stage.client(client_id=READER), "')/owners")
    assert stage.requests("graph") == ["GET"]
