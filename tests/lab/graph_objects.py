# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Graph shows of service principals and applications, those that were deleted and whose names they hold too."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from .graph_pages import refused
from .tenants import fold

_ANY: Final = re.compile(r"^(servicePrincipalNames|identifierUris)/any\((\w+):\2 eq '((?:[^']|'')*)'\)$")
_BY_APP: Final = re.compile(r"^appId eq '([^']*)'$")
# Documented: Application.Read.All. That what may write may read these too is assumed.
_READ_DELETED: Final = {"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"}
_DELETED: Final = "directory/deletedItems/microsoft.graph."
_DENIED: Final = "Insufficient privileges to complete the operation."


def applications_page(request: web.Request, tenant: Mapping[str, Any]) -> web.Response:
    return found_page(request, tenant, [application(item) for item in tenant.get("registrations", [])], "application")


def principals_page(request: web.Request, tenant: Mapping[str, Any]) -> web.Response:
    return found_page(request, tenant, [principal(item) for item in tenant["service_principals"]], "servicePrincipal")


def found_page(
    request: web.Request, tenant: Mapping[str, Any], objects: list[dict[str, Any]], kind: str
) -> web.Response:
    """All objects in pages; or a filtered list, empty where nothing fits: by application id, or by a name, which Graph
    compares slash-exactly."""
    asked = request.query.get("$filter", "")
    if not asked:
        path = {"application": "applications", "servicePrincipal": "servicePrincipals"}[kind]
        return _page(request, objects, path, int(tenant.get("object_page", 999)))
    by_app, by_name = _BY_APP.match(asked), _ANY.match(asked)
    if by_app:
        fitting = [item for item in objects if item["appId"] == by_app.group(1)]
    elif by_name and (by_name.group(1) == "servicePrincipalNames") == (kind == "servicePrincipal"):
        name = by_name.group(3).replace("''", "'")
        fitting = [item for item in objects if name in item[by_name.group(1)]]
    else:
        return refused(
            request, 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified."
        )
    return web.json_response({"value": fitting})


def deleted_page(request: web.Request, tenant: Mapping[str, Any], rights: list[str], path: str) -> web.Response:
    """What was deleted within the last 30 days, of one kind."""
    if not _READ_DELETED & set(rights):
        return refused(request, 403, "Authorization_RequestDenied", _DENIED)
    kind = path.removeprefix(_DELETED)
    show = {"servicePrincipal": principal, "application": application}.get(kind)
    if show is None:
        return refused(request, 400, "Request_BadRequest", f"The type {kind} is not supported.")
    objects = [show(item) for item in tenant.get("deleted", []) if item["type"] == kind]
    return _page(request, objects, path, int(tenant.get("deleted_page", 100)))


def _page(request: web.Request, objects: list[dict[str, Any]], path: str, most: int) -> web.Response:
    """A page of at most as many objects as are asked for, and as this replica gives."""
    start, size = int(request.query.get("$skiptoken", 0)), min(int(request.query.get("$top", 100)), most)
    answer: dict[str, Any] = {"value": objects[start : start + size]}
    if start + size < len(objects):
        answer["@odata.nextLink"] = f"https://{request.host}/v1.0/{path}?$skiptoken={start + size}"
    return web.json_response(answer)


def selected(request: web.Request, item: Mapping[str, Any]) -> web.Response:
    """One service principal with the properties that were asked for; $select of an unknown one is refused."""
    return _selected(request, principal(item), "servicePrincipal")


def selected_application(request: web.Request, tenant: Mapping[str, Any], path: str) -> web.Response | None:
    """The application that a path names by its id; None where there is none."""
    found = (item for item in tenant.get("registrations", []) if path == f"applications(appId='{item['app_id']}')")
    own = next(found, None)
    return None if own is None else _selected(request, application(own), "application")


def _selected(request: web.Request, shown: dict[str, Any], kind: str) -> web.Response:
    asked = [name for name in request.query.get("$select", "").split(",") if name]
    for name in asked:
        if name not in shown:
            text = f"Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
            return refused(request, 400, "BadRequest", text)
    return web.json_response({name: shown[name] for name in asked} if asked else shown)


def owners_page(item: Mapping[str, Any]) -> web.Response:
    return web.json_response({"value": [{"id": owner} for owner in item.get("owners", [])]})


def taken(tenant: Mapping[str, Any], names: list[str], writing: Mapping[str, Any]) -> str | None:
    """The first of the names that another object of the tenant has: a name is there once, whatever holds it, and what
    was deleted holds its names until it is removed for good (public reports)."""
    wanted = {fold(name) for name in names}
    return next((name for name in _held(tenant, writing) if fold(name) in wanted), None)


def _held(tenant: Mapping[str, Any], writing: Mapping[str, Any]) -> Iterator[str]:
    for item in tenant["service_principals"]:
        if item["id"] != writing["id"]:
            yield from item["names"]
    for item in (*tenant.get("registrations", []), *tenant.get("deleted", [])):
        if item["app_id"] != writing["app_id"]:
            yield from (*item.get("names", []), *item.get("identifier_uris", []))


def principal(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "appId": item["app_id"],
        "displayName": item["display_name"],
        "accountEnabled": item.get("enabled", True),
        "servicePrincipalNames": list(item.get("names", [])),
        "replyUrls": list(item.get("reply_urls", [])),
        "keyCredentials": list(item.get("key_credentials", [])),
    }


def upload(tenants: Iterable[Mapping[str, Any]], certificate: x509.Certificate) -> None:
    """Where a scenario says ``auth_certificate``, an application knows the certificate that Exchange signs with. Graph
    shows its hash as Base64."""
    shown = base64.b64encode(certificate.fingerprint(hashes.SHA1())).decode("ascii")  # noqa: S303 - what Graph shows
    for tenant in tenants:
        for item in tenant.get("registrations", []):
            item["key_credentials"] = [
                {"type": "AsymmetricX509Cert", "usage": "Verify", "customKeyIdentifier": shown}
                if key == "auth_certificate"
                else key
                for key in item.get("key_credentials", [])
            ]


def application(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "appId": item["app_id"],
        "displayName": item["display_name"],
        "identifierUris": list(item.get("identifier_uris", [])),
        "keyCredentials": list(item.get("key_credentials", [])),
    }
