# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply URLs: what Entra takes as one, and what it says to somebody who is to come back to another place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from .journal import Journal
from .tenants import Tenants

MOST: Final = 256
LONGEST: Final = 256
# Of one real tenant (public record of an organization after the article's steps).
BUILT_IN: Final = [
    "https://sdfpilot.outlook.com/owa", "https://outlook.office365.com/owa", "https://outlook.cloud.microsoft",
    "https://outlook-sdf.cloud.microsoft",
]  # fmt: skip


def trouble(urls: Any) -> str | None:
    """Why Graph refuses a list of reply URLs, or None."""
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        return "Invalid value specified for property 'replyUrls' of resource 'ServicePrincipal'."
    if len(urls) > MOST:
        return f"The number of values of property 'replyUrls' exceeds the limit of {MOST}."
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or "*" in url or len(url) > LONGEST:
            return f"Invalid value '{url}' specified for property 'replyUrls' of resource 'ServicePrincipal'."
    return None


def fits(wanted: str, urls: list[str], slash: str = "either") -> bool:
    """Whether somebody may be sent back there: the host in any case, the path letter by letter. ``slash``: the position
    of the switch that says whether the one at the end counts."""
    return _key(wanted, slash) in {_key(url, slash) for url in urls}


def _key(url: str, slash: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/") if slash == "either" else parts.path


class Authorize:
    """The page where a person signs in; no person does, so that it ends where the account would be asked for."""

    def __init__(self, tenants: Tenants, journal: Journal, slash: str = "either") -> None:
        self._tenants, self._journal, self._slash = tenants, journal, slash

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{tenant}/oauth2/authorize", self._page)]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        """``common`` takes the tenant of ``login_hint``, or the first one."""
        tenant, client = self._tenant(request), request.query.get("client_id", "")
        wanted = request.query.get("redirect_uri", "")
        principals = tenant["service_principals"]
        principal: Mapping[str, Any] | None = next((item for item in principals if item["app_id"] == client), None)
        right = principal is not None and fits(wanted, list(principal.get("reply_urls", [])), self._slash)
        self._journal.add("authorize", tenant=tenant["id"], redirect_uri=wanted, ok=right)
        if right:
            return web.Response(text="<form action='login'></form>", content_type="text/html")
        text = (
            f"AADSTS50011: The redirect URI '{wanted}' specified in the request does not match the redirect URIs "
            f"configured for the application '{client}'."
        )
        return web.Response(status=400, text=text, content_type="text/html")

    def _tenant(self, request: web.Request) -> dict[str, Any]:
        known, asked = self._tenants.tenants, request.match_info["tenant"]
        if asked in known:
            return known[asked]
        hint = request.query.get("login_hint", "").casefold()
        named = (
            item
            for item in known.values()
            if any(str(user["upn"]).casefold() == hint for user in item.get("users", []))
        )
        return next(named, None) or next(iter(known.values()))
