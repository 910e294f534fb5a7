# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests take, what a token grants, and what is said where the two do not meet."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Access, denied, need_of

OWNED = "Application.ReadWrite.OwnedBy"


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "servicePrincipals(appId='x')", "Application.Read.All"),
        ("GET", "servicePrincipals", "Application.Read.All"),
        ("GET", "applications", "Application.Read.All"),
        ("GET", "directory/deletedItems/microsoft.graph.application", "Application.Read.All"),
        ("GET", "domains?$skiptoken=1", "Domain.Read.All"),
        ("GET", "users", "User.Read.All"),
        ("PATCH", "servicePrincipals/x", "Application.ReadWrite.All"),
    ],
)
def test_each_request_names_the_one_permission_that_it_takes(method: str, path: str, permission: str) -> None:
    need = need_of(method, path)
    assert need is not None
    text = denied(need, ["Group.Read.All"])
    assert f"lacks {permission}," in text
    assert "The token has Group.Read.All." in text
    others = {"Application.Read.All", "Application.ReadWrite.All", "Domain.Read.All", "User.Read.All"} - {permission}
    assert not [other for other in others if other in text]


def test_a_request_that_is_not_known_here_has_no_need() -> None:
    assert need_of("GET", "groups") is None


def test_a_refusal_in_spite_of_the_permission_does_not_ask_for_it_again() -> None:
    need = need_of("PATCH", "servicePrincipals/x")
    assert need is not None
    text = denied(need, ["Application.ReadWrite.All"])
    assert "the token has Application.ReadWrite.All" in text
    assert "grant" not in text


def test_an_unread_token_says_nothing_of_what_it_has() -> None:
    need = need_of("GET", "users")
    assert need is not None
    assert "The token" not in denied(need, None)
    assert "The token has no permission." in denied(need, [])


@pytest.mark.parametrize(
    ("access", "may"),
    [
        (Access(("Application.ReadWrite.All",)), True),
        (Access(("Directory.ReadWrite.All",)), True),
        (Access(("Application.Read.All",)), False),
        (Access(()), False),
        (Access(None), None),
        (Access((OWNED,), owner=True), True),
        (Access((OWNED,), owner=False), False),
        (Access((OWNED,)), None),
        (Access(("Application.Read.All",), has_role=True), None),
    ],
)
def test_who_may_write(access: Access, may: bool | None) -> None:
    assert access.may_write is may
    assert Access.from_facts(Properties(access.facts(), "access")) == access


def test_ownership_is_named_where_it_decides() -> None:
    assert "it does not own" in Access((OWNED,), owner=False).why_not
    assert "own" not in Access(("Application.Read.All",)).why_not
