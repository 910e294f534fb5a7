# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft Graph: who may ask, which fault is to happen, and the service principals with their names."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from . import odd
from .graph_pages import domains_page, identified, refused, user_page, users_page
from .journal import Faults, Journal
from .reply_urls import trouble
from .tenants import Tenants, fold

_ANY = re.compile(r"^servicePrincipalNames/any\((\w+):\1 eq '((?:[^']|'')*)'\)$")
_EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
_BY_APP = re.compile(r"^appId eq '([^']*)'$")
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
        response = self._serve(request, {**tenant, "service_principals": principals}, token["rights"], path, body)
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
        self, request: web.Request, tenant: dict[str, Any], rights: list[str], path: str, body: Any
    ) -> web.Response:
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
        principals = tenant["service_principals"]
        if path == "servicePrincipals" and request.method == "GET":
            return _found(request, principals)
        found = next(
            (
                item
                for item in principals
                if path in (f"servicePrincipals(appId='{item['app_id']}')", f"servicePrincipals/{item['id']}")
            ),
            None,
        )
        if found is None:
            return refused(
                request,
                404,
                "Request_ResourceNotFound",
                "Resource does not exist or one of its queried reference-property objects are not present.",
            )
        if request.method == "GET":
            return _selected(request, found)
        if request.method == "PATCH":
            return self._patch(request, rights, principals, found, body)
        return refused(request, 405, "Request_BadRequest", "The method is not allowed.")

    def _patch(
        self,
        request: web.Request,
        rights: list[str],
        principals: list[dict[str, Any]],
        found: dict[str, Any],
        body: Any,
    ) -> web.Response:
        if "Application.ReadWrite.All" not in rights:
            return refused(
                request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
            )
        if not isinstance(body, dict) or not body or set(body) - _WRITABLE:
            return refused(request, 400, "Request_BadRequest", "Invalid property in the request.")
        wrong = trouble(body.get("replyUrls", []))
        if wrong:
            return refused(request, 400, "Request_BadRequest", wrong)
        names = body.get("servicePrincipalNames", found["names"])
        for other in principals:
            taken = (
                {fold(name) for name in other["names"]} & {fold(name) for name in names}
                if other is not found
                else set()
            )
            if taken:
                text = f"The service principal name {sorted(taken)[0]} is already in use."
                return refused(request, 409, "Request_MultipleObjectsWithSameKeyValue", text)
        self._tenants.remember(*self._tenants.tenants)
        # The whole list is replaced, as Graph does.
        found["names"] = list(names)
        found["reply_urls"] = list(body.get("replyUrls", found.get("reply_urls", [])))
        return web.Response(status=204, headers=identified(request))


def _found(request: web.Request, principals: list[dict[str, Any]]) -> web.Response:
    """A filtered list, empty where nothing fits: by application id, or by a name, which Graph compares
    slash-exactly."""
    asked = request.query.get("$filter", "")
    by_app, by_name = _BY_APP.match(asked), _ANY.match(asked)
    if by_app:
        fitting = [item for item in principals if item["app_id"] == by_app.group(1)]
    elif by_name:
        name = by_name.group(2).replace("''", "'")
        fitting = [item for item in principals if name in item["names"]]
    else:
        return refused(
            request, 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified."
        )
    return web.json_response({"value": [_shown(item) for item in fitting]})


def _selected(request: web.Request, found: Mapping[str, Any]) -> web.Response:
    """One object with the properties that were asked for; $select of an unknown one is refused."""
    shown = _shown(found)
    asked = [name for name in request.query.get("$select", "").split(",") if name]
    for name in asked:
        if name not in shown:
            return refused(
                request,
                400,
                "BadRequest",
                f"Could not find a property named '{name}' on type 'microsoft.graph.servicePrincipal'.",
            )
    return web.json_response({name: shown[name] for name in asked} if asked else shown)


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "appId": item["app_id"],
        "displayName": item["display_name"],
        "servicePrincipalNames": list(item["names"]),
        "replyUrls": list(item.get("reply_urls", [])),
    }
