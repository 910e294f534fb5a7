# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an access token says of itself, and that a token of any other form says nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.claims import Claims, claims_of


def token(body: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(body).encode()).rstrip(b"=").decode()
    return f"eyJ0eXAiOiJKV1QifQ.{part}.c2ln"


def test_application_permissions_are_roles() -> None:
    assert claims_of(token({"roles": ["A.Read.All", "B.Read.All"], "oid": "x"})) == Claims(
        ("A.Read.All", "B.Read.All"), "x"
    )


def test_delegated_permissions_are_scopes() -> None:
    assert claims_of(token({"scp": "User.Read Directory.Read.All"})).permissions == ("User.Read", "Directory.Read.All")


def test_a_token_without_either_grants_nothing() -> None:
    assert claims_of(token({"aud": "x"})) == Claims(())


def test_a_role_of_the_directory_is_seen_and_the_one_of_everybody_is_none() -> None:
    everybody = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
    assert not claims_of(token({"wids": [everybody]})).has_role
    assert claims_of(token({"wids": [everybody, "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"]})).has_role


@pytest.mark.parametrize(
    "text",
    [
        "", "opaque", "a.b", "a.b.c", "a.b.c.d.e", "a.\u00e4.c", f"a.{'A' * 70000}.c", token([1]), token("x"),
        token({"roles": "x"}), token({"scp": 7}), f"a.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.c",
    ],
)  # fmt: skip
def test_a_token_of_another_form_says_nothing(text: str) -> None:
    assert claims_of(text) == Claims()


def test_only_what_looks_like_a_permission_is_taken() -> None:
    assert claims_of(token({"roles": ["A.Read", 7, "\u001b[31m", "a b", "x" * 500]})).permissions == ("A.Read",)
