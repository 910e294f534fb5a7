# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Entra token endpoint and Microsoft Graph's servicePrincipals, domains and users, for the tenants of the scenario."""

from __future__ import annotations

import asyncio
import copy
import json
import re
import secrets
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from . import odd
from .journal import Faults, Journal

_ANY = re.compile(r"^servicePrincipalNames/any\((\w+):\1 eq '((?:[^']|'')*)'\)$")
_EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
_BY_APP = re.compile(r"^appId eq '([^']*)'$")
_WRITABLE = {"servicePrincipalNames", "replyUrls"}
_READ = {"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All"}
_READ_DOMAINS = {"Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All"}
_READ_USERS = {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
_USERS = 999
# Faults that let the request be answered; any other one is an answer of its own.
_QUIET = {"stale", "other_writer", "drop"}


class _Path(str):
    """Equal to each part of itself: what a fault's ``path_contains`` is compared with."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other in str(self)


class Entra:
    """Tenants by id. State is the scenario's own dictionaries, changed in place."""

    def __init__(self, tenants: list[dict[str, Any]], journal: Journal, faults: Faults) -> None:
        self.tenants = {tenant["id"]: tenant for tenant in tenants}
        self.certificates: dict[str, x509.Certificate] = {}
        self._journal = journal
        self._faults = faults
        # Addresses that a fault may point to, by the names it uses for them.
        self.elsewhere: dict[str, str] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        # What nobody but the two ends of a request may see; tests look for them in what a run left.
        self.secrets: list[str] = []
        # What a replica that lags still shows: the tenant before its last change.
        self._previous = {tenant["id"]: copy.deepcopy(tenant["service_principals"]) for tenant in tenants}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._configuration),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
            web.route("*", "/v1.0/{path:.*}", self._graph),
        ]

    def state(self) -> list[dict[str, Any]]:
        return [{"id": item["id"], "domain": item["domain"], "service_principals": item["service_principals"]} for item in self.tenants.values()]

    # -- token endpoint

    async def _configuration(self, request: web.Request) -> web.StreamResponse:
        tenant = request.match_info["tenant"]
        self._journal.add("configuration", tenant=tenant)
        fault = self._faults.take("configuration", tenant=tenant)
        if fault is not None:
            return await odd.answer(request, fault, self.elsewhere)
        if tenant not in self.tenants:
            text = f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
            return web.json_response({"error": "invalid_tenant", "error_description": text}, status=400)
        base = f"https://{request.host}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            }
        )

    async def _token(self, request: web.Request) -> web.StreamResponse:
        tenant = self.tenants.get(request.match_info["tenant"])
        if tenant is None:
            return await self._configuration(request)
        fault = self._faults.take("token", tenant=tenant["id"])
        if fault is not None:
            self._journal.add("token", tenant=tenant["id"], client=None, ok=False, scope=None)
            return await odd.answer(request, fault, self.elsewhere)
        form = await request.post()
        client = str(form.get("client_id", ""))
        self.secrets += [str(form["client_assertion"])] if "client_assertion" in form else []
        application = next((item for item in tenant["applications"] if item["client_id"] == client), None)
        trouble = self._unknown_resource(request, tenant, str(form.get("scope"))) or self._trouble(request, form, application)
        self._journal.add("token", tenant=tenant["id"], client=client, ok=trouble is None, scope=str(form.get("scope")))
        if trouble is not None:
            status, error, code, text = trouble
            body = {"error": error, "error_description": f"AADSTS{code}: {text}", "error_codes": [code], "correlation_id": str(uuid.uuid4())}
            return web.json_response(body, status=status)
        token = secrets.token_urlsafe(24)
        self.secrets.append(token)
        self._tokens[token] = {
            "tenant": tenant["id"],
            "rights": list((application or {})["rights"]),
            "expires": time.time() + 3600,
            "audience": str(form["scope"]).removesuffix("/.default"),
        }
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _trouble(self, request: web.Request, form: Mapping[str, Any], application: Mapping[str, Any] | None) -> tuple[int, str, int, str] | None:
        if application is None:
            return 400, "unauthorized_client", 700016, "Application with identifier was not found in the directory."
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", 70003, "The grant type is not supported."
        if "client_assertion" in form:
            return self._assertion_trouble(request, str(form["client_assertion"]), str(application["client_id"]))
        if not application.get("secret") or form.get("client_secret") != application["secret"]:
            return 401, "invalid_client", 7000215, "Invalid client secret provided."
        return None

    def _unknown_resource(self, request: web.Request, tenant: Mapping[str, Any], scope: str) -> tuple[int, str, int, str] | None:
        """Graph is known, and every name of a service principal, by its literal text (case folding assumed); a fault makes one late."""
        resource = scope.removesuffix("/.default")
        names = {_fold(name) for item in tenant["service_principals"] for name in item["names"]}
        late = self._faults.take("resource", name=resource) is not None
        if scope.endswith("/.default") and (resource == f"https://{request.host}" or _fold(resource) in names) and not late:
            return None
        text = f"The resource principal named {resource} was not found in the tenant named {tenant['domain']}."
        return 400, "invalid_resource", 500011, text

    def _assertion_trouble(self, request: web.Request, assertion: str, client: str) -> tuple[int, str, int, str] | None:
        certificate = self.certificates.get(client)
        if certificate is None:
            return 401, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application."
        if certificate.not_valid_after_utc < datetime.now(UTC):
            return 401, "invalid_client", 700027, "The certificate used to sign the client assertion is expired."
        key: Any = certificate.public_key()
        endpoint = f"https://{request.host}{request.path}"
        try:
            # The fault ``clock``: Entra's clock is that many seconds ahead of this machine's.
            ahead = (self._faults.take("clock", client=client) or {}).get("seconds", 0)
            needed: Any = {"require": ["aud", "exp", "iss", "sub"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
            claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"], audience=endpoint, issuer=client, options=needed)
            begins = max(float(claims.get("nbf", 0)), float(claims.get("iat", 0)))
            if not begins <= time.time() + ahead <= float(claims["exp"]):
                return 401, "invalid_client", 700024, "Client assertion is not within its valid time range."
        except (jwt.PyJWTError, TypeError, ValueError) as exc:
            return 401, "invalid_client", 700027, f"Client assertion failed signature validation ({type(exc).__name__})."
        return None if claims.get("sub") == client else (401, "invalid_client", 700027, "The subject of the assertion is another application.")

    # -- Graph

    async def _graph(self, request: web.Request) -> web.StreamResponse:
        token = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if token is None or token["expires"] < time.time():
            self._journal.add("graph", tenant=None, method=request.method, path=request.match_info["path"], status=401)
            return _error(request, 401, "InvalidAuthenticationToken", "Access token is invalid or has expired.")
        if token["audience"] != f"https://{request.host}":
            return _error(request, 401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
        tenant = self.tenants[token["tenant"]]
        path = request.match_info["path"]
        fault = self._faults.take("graph", tenant=tenant["id"], method=request.method, path_contains=_Path(path)) or {}
        body = await request.json() if request.can_read_body else None
        fails = bool(fault) and not _QUIET & fault.keys()
        if fails and not fault.get("apply_first"):
            self._journal.add("graph", tenant=tenant["id"], method=request.method, path=path, status=fault.get("status", 500), fault=True)
            return await self._fault(request, fault)
        principals = self._previous[tenant["id"]] if fault.get("stale") else tenant["service_principals"]
        response = self._serve(request, {**tenant, "service_principals": principals}, token["rights"], path, body)
        self._journal.add("graph", tenant=tenant["id"], method=request.method, path=path, status=response.status, body=body, write=request.method == "PATCH")
        self._others(tenant, fault)
        return await self._fault(request, fault) if fails else response

    def _others(self, tenant: dict[str, Any], fault: Mapping[str, Any]) -> None:
        """Between this request and the next another administrator adds names, or loses some."""
        gone, new = fault.get("drop", []), fault.get("other_writer", [])
        if gone or new:
            self._previous[tenant["id"]] = copy.deepcopy(tenant["service_principals"])
            found = next(item for item in tenant["service_principals"] if item["app_id"] == _EXCHANGE_ONLINE)
            found["names"] = [*(name for name in found["names"] if name not in gone), *new]

    async def _fault(self, request: web.Request, fault: Mapping[str, Any]) -> web.StreamResponse:
        if fault.get("hang"):
            await asyncio.sleep(float(fault["hang"]))
        if odd.is_odd(fault):
            return await odd.answer(request, fault, self.elsewhere)
        headers = {header: str(fault[key]) for key, header in (("retry_after", "Retry-After"), ("location", "Location")) if key in fault}
        status, code, message = int(fault.get("status", 500)), fault.get("code", "UnknownError"), fault.get("message", "A fault of the lab.")
        return _error(request, status, code, message, headers, fault.get("details"))

    def _serve(self, request: web.Request, tenant: dict[str, Any], rights: list[str], path: str, body: Any) -> web.Response:
        if path == "users" and request.method == "GET":
            return _users(request, tenant, rights)
        if path == "domains":
            return _domains(request, tenant, rights)
        if not _READ & set(rights):
            return _error(request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        principals = tenant["service_principals"]
        if path == "servicePrincipals" and request.method == "GET":
            return _found(request, principals)
        found = next((item for item in principals if path in (f"servicePrincipals(appId='{item['app_id']}')", f"servicePrincipals/{item['id']}")), None)
        if found is None:
            return _error(request, 404, "Request_ResourceNotFound", "Resource does not exist or one of its queried reference-property objects are not present.")
        if request.method == "GET":
            return _selected(request, found)
        if request.method == "PATCH":
            return self._patch(request, rights, principals, found, body)
        return _error(request, 405, "Request_BadRequest", "The method is not allowed.")

    def _patch(self, request: web.Request, rights: list[str], principals: list[dict[str, Any]], found: dict[str, Any], body: Any) -> web.Response:
        if "Application.ReadWrite.All" not in rights:
            return _error(request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        if not isinstance(body, dict) or not body or set(body) - _WRITABLE:
            return _error(request, 400, "Request_BadRequest", "Invalid property in the request.")
        names = body.get("servicePrincipalNames", found["names"])
        for other in principals:
            taken = {_fold(name) for name in other["names"]} & {_fold(name) for name in names} if other is not found else set()
            if taken:
                text = f"The service principal name {sorted(taken)[0]} is already in use."
                return _error(request, 409, "Request_MultipleObjectsWithSameKeyValue", text)
        self._previous = {key: copy.deepcopy(tenant["service_principals"]) for key, tenant in self.tenants.items()}
        # The whole list is replaced, as Graph does.
        found["names"] = list(names)
        found["reply_urls"] = list(body.get("replyUrls", found.get("reply_urls", [])))
        return web.Response(status=204, headers=_ids(request))


def _fold(name: str) -> str:
    """ASCII letters without case; nothing is known of any other folding of the directory's (assumed: there is none)."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _domains(request: web.Request, tenant: Mapping[str, Any], rights: list[str]) -> web.Response:
    if not _READ_DOMAINS & set(rights):
        return _error(request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    names = tenant.get("verified_domains", [tenant["domain"], "contoso.test", "fabrikam.test"])
    found = [{"id": name, "isVerified": True} for name in names] + [{"id": "not-yet.contoso.test", "isVerified": False}]
    start, size = int(request.query.get("$skiptoken", 0)), int(tenant.get("domain_page", 100))
    answer: dict[str, Any] = {"value": found[start : start + size]}
    if start + size < len(found):
        answer["@odata.nextLink"] = tenant.get("domain_next", f"https://{request.host}/v1.0/domains?$skiptoken={start + size}")
    return web.json_response(answer)


def _users(request: web.Request, tenant: Mapping[str, Any], rights: list[str]) -> web.Response:
    """A page of users with the properties that were asked for; a tenant's ``user_page`` is what this replica gives at most."""
    if not _READ_USERS & set(rights):
        return _error(request, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    size = int(request.query.get("$top", 100))
    if not 1 <= size <= _USERS:
        return _error(request, 400, "Request_UnsupportedQuery", f"Invalid page size specified: '{size}'. Must be between 1 and {_USERS} inclusive.")
    found = [_user(item, number) for item in tenant["users"] for number in range(int(item.get("count", 1)))]
    asked = [name for name in request.query.get("$select", "displayName,userPrincipalName").split(",") if name]
    for name in asked:
        if name not in _user({"upn": ""}, 0):
            return _error(request, 400, "BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")
    start, size = int(request.query.get("$skiptoken", 0)), min(size, int(tenant.get("user_page", _USERS)))
    answer: dict[str, Any] = {"value": [{name: user[name] for name in asked} for user in found[start : start + size]]}
    if start + size < len(found):
        query = f"$select={','.join(asked)}&$top={size}&$skiptoken={start + size}"
        answer["@odata.nextLink"] = tenant.get("user_next", f"https://{request.host}/v1.0/users?{query}")
    return web.json_response(answer)


def _user(item: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Null, not false, is what Graph shows of an account that was never synchronized."""
    name = item["upn"].format(number)
    return {"userPrincipalName": name, "displayName": name.partition("@")[0], "mail": name, "onPremisesSyncEnabled": True if item.get("synced", True) else None}


def _found(request: web.Request, principals: list[dict[str, Any]]) -> web.Response:
    """A filtered list, empty where nothing fits: by application id, or by a name, which Graph compares slash-exactly."""
    asked = request.query.get("$filter", "")
    by_app, by_name = _BY_APP.match(asked), _ANY.match(asked)
    if by_app:
        fitting = [item for item in principals if item["app_id"] == by_app.group(1)]
    elif by_name:
        name = by_name.group(2).replace("''", "'")
        fitting = [item for item in principals if name in item["names"]]
    else:
        return _error(request, 400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified.")
    return web.json_response({"value": [_shown(item) for item in fitting]})


def _selected(request: web.Request, found: Mapping[str, Any]) -> web.Response:
    """One object with the properties that were asked for; $select of an unknown one is refused."""
    shown = _shown(found)
    asked = [name for name in request.query.get("$select", "").split(",") if name]
    for name in asked:
        if name not in shown:
            return _error(request, 400, "BadRequest", f"Could not find a property named '{name}' on type 'microsoft.graph.servicePrincipal'.")
    return web.json_response({name: shown[name] for name in asked} if asked else shown)


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "appId": item["app_id"],
        "displayName": item["display_name"],
        "servicePrincipalNames": list(item["names"]),
        "replyUrls": list(item.get("reply_urls", [])),
    }


def _ids(request: web.Request) -> dict[str, str]:
    return {"request-id": str(uuid.uuid4()), "client-request-id": request.headers.get("client-request-id", "")}


def _error(request: web.Request, status: int, code: str, message: str, headers: Mapping[str, str] | None = None, details: Any = None) -> web.Response:
    ids = _ids(request)
    error = {"code": code, "message": message, "innerError": {**ids, "date": datetime.now(UTC).isoformat()}}
    body = {"error": {**error, "details": details} if details else error}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers={**ids, **(headers or {})})


def make_certificate(client_id: str, folder: Path, *, expired: bool = False) -> tuple[Path, x509.Certificate]:
    """A self-signed certificate of an application: PEM with key and certificate, 0600."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"lab {client_id}")])
    now = datetime.now(UTC)
    end = now - timedelta(days=1) if expired else now + timedelta(days=30)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
    certificate = builder.not_valid_before(now - timedelta(days=60)).not_valid_after(end).sign(key, hashes.SHA256())
    path = folder / f"application-{client_id}.pem"
    path.touch(mode=0o600)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return path, certificate
