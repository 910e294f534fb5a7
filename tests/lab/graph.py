# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Graph: who may ask, which fault is to happen, and the service principals with their names."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from . import odd
from .graph_objects import (
    applications_page,
    deleted_page,
    owners_page,
    principals_page,
    selected,
    selected_application,
    taken,
)
from .graph_pages import domains_page, identified, refused, user_page, users_page
from .journal import Faults, Journal
from .reply_urls import trouble
from .tenants import Tenants

_EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
_WRITABLE = {"servicePrincipalNames", "replyUrls"}
_READ = {"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All"}
_NOT_FOUND = "Resource does not exist or one of its queried reference-property objects are not present."
# Faults that let the request be answered; any other one is an answer of its own.
_QUIET = {"stale", "other_writer", "drop", "drop_reply_urls"}


class Graph:
    """Graph for whoever signed in to a tenant."""

    def __init__(self, tenants: Tenants, journal: Journal, faults: Faults) -> None:
        self._tenants, self._journal, self._faults = tenants, journal, faults

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/v1.0/{path:.*}", self._graph)]

    async def _graph(self, request: web.Request) -> web.StreamResponse:
        token = self._tenants.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if token is None or token["expires"] < time.time():
            self._journal.add("graph", tenant=None, method=request.method, path=request.match_info["path"], status=401)
            return refused(request, 401, "InvalidAuthenticationToken", "Access token is invalid or has expired.")
        if token["audience"] != f"https://{request.host}":
            return refused(
                request, 401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience."
            )
        tenant = self._tenants.tenants[token["tenant"]]
        path = request.match_info["path"]
        fault = self._faults.take("graph", tenant=tenant["id"], method=request.method, path=path) or {}
        body = await request.json() if request.can_read_body else None
        fails = bool(fault) and not _QUIET & fault.keys()
        if fails and not fault.get("apply_first"):
            self._journal.add(
                "graph",
                tenant=tenant["id"],
                method=request.method,
                path=path,
                status=fault.get("status", 500),
                fault=True,
            )
            return await self._fault(request, fault)
        principals = self._tenants.previous[tenant["id"]] if fault.get("stale") else tenant["service_principals"]
        response = self._serve(request, {**tenant, "service_principals": principals}, token, path, body)
        self._journal.add(
            "graph",
            tenant=tenant["id"],
            method=request.method,
            path=path,
            status=response.status,
            body=body,
            write=request.method == "PATCH",
        )
        self._others(tenant, fault)
        return await self._fault(request, fault) if fails else response

    def _others(self, tenant: dict[str, Any], fault: Mapping[str, Any]) -> None:
        """Between this request and the next another administrator adds names, or loses some; reply URLs go when the
        service principal is synchronized with its application."""
        gone, new = fault.get("drop", []), fault.get("other_writer", [])
        if "drop_reply_urls" in fault:
            found = next(item for item in tenant["service_principals"] if item["app_id"] == _EXCHANGE_ONLINE)
            found["reply_urls"] = [url for url in found["reply_urls"] if url not in fault["drop_reply_urls"]]
        if gone or new:
            self._tenants.remember(tenant["id"])
            found = next(item for item in tenant["service_principals"] if item["app_id"] == _EXCHANGE_ONLINE)
            found["names"] = [*(name for name in found["names"] if name not in gone), *new]

    async def _fault(self, request: web.Request, fault: Mapping[str, Any]) -> web.StreamResponse:
        if fault.get("hang"):
            await asyncio.sleep(float(fault["hang"]))
        if odd.is_odd(fault):
            return await odd.answer(request, fault, self._tenants.elsewhere)
        headers = {
            header: str(fault[key])
            for key, header in (("retry_after", "Retry-After"), ("location", "Location"))
            if key in fault
        }
        status, code, message = (
            int(fault.get("status", 500)),
            fault.get("code", "UnknownError"),
            fault.get("message", "A fault of the lab."),
        )
        return refused(request, status, code, message, headers, fault.get("details"))

    def _serve(
        self, request: web.Request, tenant: dict[str, Any], token: Mapping[str, Any], path: str, body: Any
    ) -> web.Response:
        rights: list[str] = token["rights"]
        if path == "users" and request.method == "GET":
            return users_page(request, tenant, rights)
        if path.startswith("users/") and request.method == "GET":
            return user_page(request, tenant, rights, path.partition("/")[2])
        if path == "domains":
            return domains_page(request, tenant, rights)
        if not _READ & set(rights):
            return refused(
                request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
            )
        if request.method == "GET" and path.startswith("directory/deletedItems/"):
            return deleted_page(request, tenant, rights, path)
        if request.method == "GET" and path in _LISTS:
            return _LISTS[path](request, tenant)
        return self._one(request, token, tenant, path, body)

    def _one(
        self, request: web.Request, token: Mapping[str, Any], tenant: dict[str, Any], path: str, body: Any
    ) -> web.Response:
        """A request to one object."""
        application = selected_application(request, tenant, path) if request.method == "GET" else None
        if application is not None:
            return application
        found = _named(tenant["service_principals"], path)
        if found is None:
            return refused(request, 404, "Request_ResourceNotFound", _NOT_FOUND)
        if request.method == "GET":
            return owners_page(found) if path.endswith("/owners") else selected(request, found)
        if request.method == "PATCH":
            return self._patch(request, token, tenant, found, body)
        return refused(request, 405, "Request_BadRequest", "The method is not allowed.")

    def _patch(
        self,
        request: web.Request,
        token: Mapping[str, Any],
        tenant: dict[str, Any],
        found: dict[str, Any],
        body: Any,
    ) -> web.Response:
        owned = "Application.ReadWrite.OwnedBy" in token["rights"] and token["object_id"] in found.get("owners", [])
        if "Application.ReadWrite.All" not in token["rights"] and not owned:
            return refused(
                request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
            )
        if not isinstance(body, dict) or not body or set(body) - _WRITABLE:
            return refused(request, 400, "Request_BadRequest", "Invalid property in the request.")
        wrong = trouble(body.get("replyUrls", []))
        if wrong:
            return refused(request, 400, "Request_BadRequest", wrong)
        names = body.get("servicePrincipalNames", found["names"])
        held = taken(tenant, names, found)
        if held:
            text = (
                f"The service principal cannot be created, updated, or restored because the service principal name "
                f"{held} is already in use."
            )
            return refused(request, 409, "Request_MultipleObjectsWithSameKeyValue", text)
        self._tenants.remember(*self._tenants.tenants)
        # The whole list is replaced, as Graph does.
        found["names"] = list(names)
        found["reply_urls"] = list(body.get("replyUrls", found.get("reply_urls", [])))
        return web.Response(status=204, headers=identified(request))


_LISTS: Final[Mapping[str, Callable[[web.Request, Mapping[str, Any]], web.Response]]] = {
    "servicePrincipals": principals_page,
    "applications": applications_page,
}


def _named(principals: list[dict[str, Any]], path: str) -> dict[str, Any] | None:
    """The service principal that a path names, by its id or by that of its application."""
    wanted = path.removesuffix("/owners")
    return next(
        (
            item
            for item in principals
            if wanted in (f"servicePrincipals(appId='{item['app_id']}')", f"servicePrincipals/{item['id']}")
        ),
        None,
    )
