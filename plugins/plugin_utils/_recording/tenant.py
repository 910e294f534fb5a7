# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reading a tenant for a recording: what Graph sends, and what the sign-in page says to a reply URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import (
    GraphAnswer,
    PageAnswer,
    TenantAnswers,
)

from .._graph.client import GraphClient
from .._graph.refusals import reason

_SELECT: Final = "id,appId,displayName,accountEnabled,servicePrincipalNames,replyUrls"
_DELETED: Final = "directory/deletedItems/microsoft.graph.servicePrincipal"
# What is read: a page of one user shows how users are listed.
_ANSWERS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "principal": (f"servicePrincipals(appId='{EXCHANGE_ONLINE}')", {"$select": _SELECT}),
    "domains": ("domains", {"$select": "id,isVerified"}),
    "users": ("users", {"$select": "userPrincipalName,onPremisesSyncEnabled", "$top": "1"}),
    "deleted": (_DELETED, {"$select": "id,appId,servicePrincipalNames", "$top": "5"}),
}


def read_tenant(client: GraphClient, tenant_id: str, cloud: str) -> TenantAnswers:
    """What the tenant answers. GraphError where nobody can sign in."""
    claims = client.claims()
    answers = tuple(_answer(client, name, path, query) for name, (path, query) in _ANSWERS.items())
    principal = answers[0].json
    listed = principal.get("replyUrls") if isinstance(principal, Mapping) else None
    return TenantAnswers(
        id=tenant_id,
        cloud=cloud,
        claims=tuple(client.claim_names()),
        permissions=tuple(claims.permissions or ()),
        answers=answers,
        replies=tuple(_replies(client, listed if isinstance(listed, list) else [])),
    )


def _answer(client: GraphClient, name: str, path: str, query: Mapping[str, str]) -> GraphAnswer:
    try:
        answer = client.answer(path, query)
    except OSError as exc:
        return GraphAnswer(name, None, {"failure": reason(exc)})
    return GraphAnswer(name, answer.status_code, dict(answer.json()))


def _replies(client: GraphClient, urls: Sequence[object]) -> list[PageAnswer]:
    """One that is registered in one form alone, as it is registered and with the other form of its end."""
    texts = [url for url in urls if isinstance(url, str) and url.startswith("https://")]
    ends = {url: url[:-1] if url.endswith("/") else f"{url}/" for url in texts}
    fitting = next((url for url in texts if ends[url] not in texts and url.count("/") > 2), None)
    if fitting is None:
        return []
    return [_reply(client, "registered", fitting), _reply(client, "other_end", ends[fitting])]


def _reply(client: GraphClient, name: str, url: str) -> PageAnswer:
    query = {"client_id": EXCHANGE_ONLINE, "redirect_uri": url, "response_type": "code id_token", "scope": "openid",
             "response_mode": "form_post", "nonce": "recording"}  # fmt: skip
    try:
        answer = client.sign_in_page(query)
    except OSError:
        return PageAnswer(name, None, "")
    return PageAnswer(name, answer.status_code, answer.text)
