# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entra's token endpoint: a secret or a signed assertion of an application against an access token."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from aiohttp import web

from . import odd
from .journal import Faults, Journal
from .tenants import Tenants, fold


class SignIn:
    """Sign-in of applications to the tenants."""

    def __init__(self, tenants: Tenants, journal: Journal, faults: Faults) -> None:
        self._tenants, self._journal, self._faults = tenants, journal, faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._configuration),
            web.post("/{tenant}/oauth2/v2.0/token", self._token),
        ]

    async def _configuration(self, request: web.Request) -> web.StreamResponse:
        tenant = request.match_info["tenant"]
        self._journal.add("configuration", tenant=tenant)
        fault = self._faults.take("configuration", tenant=tenant)
        if fault is not None:
            return await odd.answer(request, fault, self._tenants.elsewhere)
        if tenant not in self._tenants.tenants:
            text = (
                f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID "
                f"and are signing into the correct cloud."
            )
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
        tenant = self._tenants.tenants.get(request.match_info["tenant"])
        if tenant is None:
            return await self._configuration(request)
        fault = self._faults.take("token", tenant=tenant["id"])
        if fault is not None:
            self._journal.add("token", tenant=tenant["id"], client=None, ok=False, scope=None)
            return await odd.answer(request, fault, self._tenants.elsewhere)
        form = await request.post()
        client = str(form.get("client_id", ""))
        self._tenants.secrets += [str(form["client_assertion"])] if "client_assertion" in form else []
        application = next((item for item in tenant["applications"] if item["client_id"] == client), None)
        trouble = self._unknown_resource(request, tenant, str(form.get("scope"))) or self._trouble(
            request, form, application
        )
        self._journal.add("token", tenant=tenant["id"], client=client, ok=trouble is None, scope=str(form.get("scope")))
        if trouble is not None:
            status, error, code, text = trouble
            body = {
                "error": error,
                "error_description": f"AADSTS{code}: {text}",
                "error_codes": [code],
                "correlation_id": str(uuid.uuid4()),
            }
            return web.json_response(body, status=status)
        token = self._tenants.token(tenant["id"], application or {}, str(form["scope"]).removesuffix("/.default"))
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _trouble(
        self, request: web.Request, form: Mapping[str, Any], application: Mapping[str, Any] | None
    ) -> tuple[int, str, int, str] | None:
        if application is None:
            return 400, "unauthorized_client", 700016, "Application with identifier was not found in the directory."
        if application.get("disabled"):
            text = f"Application '{application['client_id']}' (hma) is disabled."
            return 400, "unauthorized_client", 7000112, text
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", 70003, "The grant type is not supported."
        if "client_assertion" in form:
            return self._assertion_trouble(request, str(form["client_assertion"]), str(application["client_id"]))
        if not application.get("secret") or form.get("client_secret") != application["secret"]:
            return 401, "invalid_client", 7000215, "Invalid client secret provided."
        return None

    def _unknown_resource(
        self, request: web.Request, tenant: Mapping[str, Any], scope: str
    ) -> tuple[int, str, int, str] | None:
        """Graph is known, and every name of a service principal, by its literal text (case folding assumed); a fault
        makes one late. For one that is disabled no token is issued."""
        resource = scope.removesuffix("/.default")
        names = {fold(name): item for item in tenant["service_principals"] for name in item["names"]}
        if not names.get(fold(resource), {}).get("enabled", True):
            return 400, "unauthorized_client", 500014, f"The service principal for resource '{resource}' is disabled."
        late = self._faults.take("resource", name=resource) is not None
        if (
            scope.endswith("/.default")
            and (resource == f"https://{request.host}" or fold(resource) in names)
            and not late
        ):
            return None
        text = f"The resource principal named {resource} was not found in the tenant named {tenant['domain']}."
        return 400, "invalid_resource", 500011, text

    def _assertion_trouble(self, request: web.Request, assertion: str, client: str) -> tuple[int, str, int, str] | None:
        certificate = self._tenants.certificates.get(client)
        if certificate is None:
            return (
                401,
                "invalid_client",
                700027,
                "The certificate with identifier used to sign the client assertion is not registered on application.",
            )
        if certificate.not_valid_after_utc < datetime.now(UTC):
            return 401, "invalid_client", 700027, "The certificate used to sign the client assertion is expired."
        key: Any = certificate.public_key()
        endpoint = f"https://{request.host}{request.path}"
        try:
            # The fault ``clock``: Entra's clock is that many seconds ahead of this machine's.
            ahead = (self._faults.take("clock", client=client) or {}).get("seconds", 0)
            needed: Any = {
                "require": ["aud", "exp", "iss", "sub"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            }
            claims = jwt.decode(
                assertion, key, algorithms=["RS256", "PS256"], audience=endpoint, issuer=client, options=needed
            )
            begins = max(float(claims.get("nbf", 0)), float(claims.get("iat", 0)))
            if not begins <= time.time() + ahead <= float(claims["exp"]):
                return 401, "invalid_client", 700024, "Client assertion is not within its valid time range."
        except (jwt.PyJWTError, TypeError, ValueError) as exc:
            return (
                401,
                "invalid_client",
                700027,
                f"Client assertion failed signature validation ({type(exc).__name__}).",
            )
        return (
            None
            if claims.get("sub") == client
            else (401, "invalid_client", 700027, "The subject of the assertion is another application.")
        )
