# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant is asked: reads alone, each answer as it came, and one reply URL in both forms of its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import TenantAnswers
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.claims import Claims, names_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.session import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.tenant import read_tenant


class Tenant:
    """A client whose sign-in page takes one URL alone."""

    def __init__(self, urls: list[Any], taken: str) -> None:
        self.urls, self.taken = urls, taken
        self.asked: list[str] = []

    def claims(self) -> Claims:
        return Claims(("Application.Read.All",))

    def claim_names(self) -> list[str]:
        return ["oid"]

    def answer(self, path: str, query: Mapping[str, str]) -> Answer:
        if path == "users":
            raise OSError("no answer")
        return Answer(200, {}, json.dumps({"replyUrls": self.urls, "path": path}))

    def sign_in_page(self, query: Mapping[str, str]) -> Answer:
        self.asked.append(query["redirect_uri"])
        right = query["redirect_uri"] == self.taken
        return Answer(200 if right else 400, {}, "" if right else "AADSTS50011: no")


def read(urls: list[Any], taken: str = "") -> tuple[Tenant, TenantAnswers]:
    tenant = Tenant(urls, taken)
    return tenant, read_tenant(cast(GraphClient, tenant), "id", "global")


def test_a_url_that_is_there_in_both_forms_says_nothing() -> None:
    both = ["https://mail.contoso.com/owa", "https://mail.contoso.com/owa/"]
    assert read([*both, "https://contoso.com", 7, "http://x/y"])[0].asked == []
    assert read([*both, "https://mail.contoso.com/ecp/"])[0].asked == [
        "https://mail.contoso.com/ecp/",
        "https://mail.contoso.com/ecp",
    ]


def test_the_answers_are_kept_as_they_came() -> None:
    _tenant, found = read(["https://a.b/owa"], taken="https://a.b/owa")
    assert [(item.id, item.status) for item in found.answers] == [
        ("principal", 200), ("domains", 200), ("users", None), ("deleted", 200),
    ]  # fmt: skip
    assert [(item.status, item.text) for item in found.replies] == [(200, ""), (400, "AADSTS50011: no")]
    assert read([])[1].replies == ()
    assert found.permissions == ("Application.Read.All",)


def test_the_names_of_claims_are_read_of_a_token_that_can_be_read() -> None:
    assert names_of("a.b.c") == []
    assert names_of("e30.eyJvaWQiOiAiMSIsICJ0aWQiOiAiMiJ9.x") == ["oid", "tid"]
