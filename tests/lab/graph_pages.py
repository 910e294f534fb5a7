# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Graph answers in pages (domains, users), and how it refuses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from .sids import sid_of

_READ_DOMAINS = {"Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"}
_READ_USERS = {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
_USERS = 999


def domains_page(request: web.Request, tenant: Mapping[str, Any], rights: list[str]) -> web.Response:
    if not _READ_DOMAINS & set(rights):
        return refused(
            request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )
    names = tenant.get("verified_domains", [tenant["domain"], "contoso.test", "fabrikam.test"])
    found = [{"id": name, "isVerified": True} for name in names] + [{"id": "not-yet.contoso.test", "isVerified": False}]
    start, size = int(request.query.get("$skiptoken", 0)), int(tenant.get("domain_page", 100))
    answer: dict[str, Any] = {"value": found[start : start + size]}
    if start + size < len(found):
        answer["@odata.nextLink"] = tenant.get(
            "domain_next", f"https://{request.host}/v1.0/domains?$skiptoken={start + size}"
        )
    return web.json_response(answer)


def users_page(request: web.Request, tenant: Mapping[str, Any], rights: list[str]) -> web.Response:
    """A page of users with the properties that were asked for; a tenant's ``user_page`` is what this replica gives at
    most."""
    if not _READ_USERS & set(rights):
        return refused(
            request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )
    size = int(request.query.get("$top", 100))
    if not 1 <= size <= _USERS:
        return refused(
            request,
            400,
            "Request_UnsupportedQuery",
            f"Invalid page size specified: '{size}'. Must be between 1 and {_USERS} inclusive.",
        )
    found = [_user(item, number) for item in tenant["users"] for number in range(int(item.get("count", 1)))]
    asked = [name for name in request.query.get("$select", "displayName,userPrincipalName").split(",") if name]
    for name in asked:
        if name not in _user({"upn": ""}, 0):
            return refused(
                request, 400, "BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.user'."
            )
    start, size = int(request.query.get("$skiptoken", 0)), min(size, int(tenant.get("user_page", _USERS)))
    answer: dict[str, Any] = {"value": [{name: user[name] for name in asked} for user in found[start : start + size]]}
    if start + size < len(found):
        query = f"$select={','.join(asked)}&$top={size}&$skiptoken={start + size}"
        answer["@odata.nextLink"] = tenant.get("user_next", f"https://{request.host}/v1.0/users?{query}")
    return web.json_response(answer)


def user_page(request: web.Request, tenant: Mapping[str, Any], rights: list[str], name: str) -> web.Response:
    """One user by the sign-in name, with the properties that were asked for."""
    if not _READ_USERS & set(rights):
        text = "Insufficient privileges to complete the operation."
        return refused(request, 403, "Authorization_RequestDenied", text)
    every = (_user(item, number) for item in tenant["users"] for number in range(int(item.get("count", 1))))
    found = next((user for user in every if str(user["userPrincipalName"]).casefold() == name.casefold()), None)
    if found is None:
        text = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
        return refused(request, 404, "Request_ResourceNotFound", text)
    asked = [key for key in request.query.get("$select", "displayName,userPrincipalName").split(",") if key]
    unknown = [key for key in asked if key not in found]
    if unknown:
        text = f"Could not find a property named '{unknown[0]}' on type 'microsoft.graph.user'."
        return refused(request, 400, "BadRequest", text)
    return web.json_response({key: found[key] for key in asked})


def _user(item: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Null, not false, is what Graph shows of an account that was never synchronized."""
    name = item["upn"].format(number)
    return {
        "userPrincipalName": name,
        "displayName": name.partition("@")[0],
        "mail": name,
        "accountEnabled": bool(item.get("enabled", True)),
        "onPremisesSyncEnabled": True if item.get("synced", True) else None,
        "onPremisesSecurityIdentifier": item.get("sid", sid_of(name)) if item.get("synced", True) else None,
    }


def identified(request: web.Request) -> dict[str, str]:
    return {"request-id": str(uuid.uuid4()), "client-request-id": request.headers.get("client-request-id", "")}


def refused(
    request: web.Request,
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    details: Any = None,
) -> web.Response:
    ids = identified(request)
    error = {"code": code, "message": message, "innerError": {**ids, "date": datetime.now(UTC).isoformat()}}
    body = {"error": {**error, "details": details} if details else error}
    return web.Response(
        status=status, text=json.dumps(body), content_type="application/json", headers={**ids, **(headers or {})}
    )
