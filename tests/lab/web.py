# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange's client-facing https, one site per server, and the balancer in front of them.

What is answered follows the simulated configuration. Names resolve nowhere: a client has to connect to the port and to
say, in SNI and in Host, which public name it means; both are journaled, and a name that is not ours is refused.
"""

from __future__ import annotations

import asyncio
import functools
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import trustme
from aiohttp import web

from . import web_pages
from .exchange import Organization, product_of
from .journal import Faults, Journal
from .virtual_directories import KINDS
from .web_directories import WEB

if TYPE_CHECKING:
    from .server import Lab

Serve = Callable[..., Awaitable[int]]
_CLIENT = "00000002-0000-0ff1-ce00-000000000000"
_PATHS = {
    "/mapi/nspi/": "mapi",
    "/mapi/emsmdb/": "mapi",
    "/ews/exchange.asmx": "ews",
    "/oab/": "oab",
    "/autodiscover/autodiscover.xml": "autodiscover",
    "/microsoft-server-activesync": "activesync",
}
_VERSION_2 = "/autodiscover/autodiscover.json"
# Offered beside Bearer (assumed for all but ActiveSync and EWS; there as recorded).
_BESIDE = {
    "mapi": ["Negotiate", "NTLM"], "ews": ["Negotiate", "NTLM"], "oab": ["Negotiate", "NTLM"],
    "autodiscover": ["Negotiate", "NTLM", 'Basic realm="{}"'], "activesync": ['Basic realm="{}"'],
}  # fmt: skip
# From the April 2024 update of 2019 CU14 on the endpoint is told only where a mailbox is named (public reports).
_HINT_WANTED = (15, 2, 1544, 11)


class Site:
    """The front end of one server: what IIS and Exchange answer before anybody has signed in."""

    def __init__(self, name: str, organization: Organization, journal: Journal, faults: Faults, after: float) -> None:
        self.name = name
        self._organization = organization
        self._journal = journal
        self._faults = faults
        self._after = after
        self._settings = self._read()
        self._seen: tuple[float, dict[str, Any]] | None = None

    async def answer(
        self, request: web.Request, headers: Mapping[str, str], *, plain: bool = False
    ) -> web.StreamResponse:
        """The answer to a request as it arrives here: through a balancer its headers may be others than the
        client's."""
        path = request.path.lower()
        kind = _PATHS.get(path) or web_pages.page_of(path)
        fault = self._faults.take("web", host=self.name, directory=kind) or {}
        response = await self._faulty(fault, request) or self._respond(request, headers, kind, fault, plain=plain)
        self._journal.add(
            "web", host=self.name, name=request.host, path=request.path, status=response.status,
            identity=headers.get("X-AnchorMailbox"),
            bearer=headers.get("Authorization") == "Bearer", sni=_sni(request), sent=sorted(request.headers),
        )  # fmt: skip
        return response

    async def _faulty(self, fault: Mapping[str, Any], request: web.Request) -> web.Response | None:
        action = fault.get("action")
        if action == "slow":
            await asyncio.sleep(fault["seconds"])
        elif action == "anonymous":
            return web.Response(text="Welcome.")
        elif action == "redirect":
            return web.Response(status=302, headers={"Location": fault["to"]})
        elif action == "moved":
            return web.Response(
                status=451, headers={"X-MS-Location": "https://outlook.office365.com/Microsoft-Server-ActiveSync"}
            )
        elif action == "status":
            return web.Response(status=fault["status"])
        elif action == "drop":
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        elif action == "header":
            return web.Response(status=401, headers={"WWW-Authenticate": fault["value"]})
        return None

    def _respond(
        self,
        request: web.Request,
        headers: Mapping[str, str],
        kind: str | None,
        fault: Mapping[str, Any],
        *,
        plain: bool,
    ) -> web.StreamResponse:
        if request.path.lower() == _VERSION_2:
            return self._version_2(request)
        settings = self._effective()
        if kind is None or settings[kind] is None:
            return web.Response(status=404)
        if kind in WEB:
            return self._page(request, kind)
        response = web.Response(
            status=401, headers={"X-FEServer": self.name, "request-id": "00000000-0000-0000-0000-000000000000"}
        )
        # Over plain http Exchange offers no Bearer (assumed: tokens are for https names).
        if (
            headers.get("Authorization", "").strip() == "Bearer"
            and settings[kind]
            and fault.get("action") != "lie"
            and not plain
        ):
            self._offer(response, settings, headers.get("X-AnchorMailbox"))
        blocked = product_of(self._product()) in ("2019", "SE") and self._organization.blocks_legacy(
            headers.get("X-AnchorMailbox"), kind
        )
        for scheme in () if blocked else _BESIDE[kind]:
            response.headers.add("WWW-Authenticate", scheme.format(request.host))
        return response

    def _page(self, request: web.Request, kind: str) -> web.Response:
        """Outlook on the web, or the admin center, for somebody who has not signed in."""
        settings = self._effective()
        stuck = (self.name.casefold(), kind) in self._organization.web_directories.stuck
        return web_pages.answer(request, kind, settings[kind], settings["endpoint"], stuck=stuck)

    def _offer(self, response: web.Response, settings: Mapping[str, Any], identity: str | None) -> None:
        newer = self._version() >= _HINT_WANTED
        parts = [
            f'client_id="{_CLIENT}"',
            f'trusted_issuers="{settings["issuers"]}"',
            'token_types="app_asserted_user_v1 service_asserted_app_v1"',
        ]
        blocked = (identity or "").casefold() in {
            str(item).casefold() for item in self._organization.spec.get("modern_auth_blocked", [])
        }
        if settings["endpoint"] and not blocked and not (newer and identity is None):
            parts.append(f'authorization_uri="{settings["endpoint"]}"')
            if newer:
                parts.append(f'issuer_kind="{settings["issuer_kind"]}"')
        elif newer or blocked:
            parts.append('error="invalid_token"')
            reason = f"Flighting is not enabled for domain '{(identity or '@').partition('@')[2]}'."
            response.headers["x-ms-diagnostics"] = f'4000000;reason="{reason}";error_category="oauth_not_available"'
        response.headers.add("WWW-Authenticate", f"Bearer {','.join(parts)}")

    def _version_2(self, request: web.Request) -> web.Response:
        protocol, address = request.query.get("Protocol", ""), request.query.get("Email", "")
        noun = {"activesync": "activesync", "ews": "ews"}.get(protocol.casefold())
        if noun is None:
            return web.json_response(
                {"ErrorCode": "InvalidProtocol", "ErrorMessage": f"The given protocol value '{protocol}' is invalid."},
                status=400,
            )
        if address.rpartition("@")[2].casefold() not in self._organization.spec["accepted_domains"]:
            return web.Response(status=302, headers={"Location": f"https://outlook.office365.com{request.path_qs}"})
        found = self._organization.directory.select(self._organization.directory.controllers[0], f"vdir:{noun}")
        url = next((item["ExternalUrl"] or item["InternalUrl"] for item in found if item["Server"] == self.name), None)
        return web.json_response({"Protocol": protocol, "Url": url})

    def _product(self) -> str:
        return str(self._organization.servers[self.name.casefold()]["version"])

    def _version(self) -> tuple[int, ...]:
        text = self._product()
        assert product_of(text)
        return tuple(
            int(part)
            for part in text.replace("(Build ", "").replace(")", "").split(" ")[-2:]
            for part in part.split(".")
        )

    def _effective(self) -> dict[str, Any]:
        """What this server acts on: the configuration as it was ``after`` seconds ago, counted from when it was first
        seen."""
        current, now = self._read(), time.monotonic()
        if current == self._settings:
            self._seen = None
        elif self._seen is None or self._seen[1] != current:
            self._seen = (now, current)
        if self._seen is not None and now - self._seen[0] >= self._after:
            self._settings, self._seen = self._seen[1], None
        return self._settings

    def _read(self) -> dict[str, Any]:
        directory = self._organization.directory
        controller = directory.controllers[0]
        settings: dict[str, Any] = {}
        for kind in KINDS:
            in_iis = self._organization.virtual_directories.iis
            own = (item for item in directory.select(controller, f"vdir:{kind}", self.name) if item["Guid"] in in_iis)
            found = next(own, None)
            settings[kind] = None if found is None else _accepts(kind, {**found, **in_iis[found["Guid"]]})
        settings |= {kind: self._organization.web_directories.of_server(controller, self.name, kind) for kind in WEB}
        servers = [item for item in directory.select(controller, "authserver") if item["Enabled"]]
        defaults = [item for item in servers if item["IsDefaultAuthorizationEndpoint"]]
        on = directory.select(controller, "config")[0]["OAuth2ClientProfileEnabled"]
        settings["endpoint"] = defaults[0]["AuthorizationEndpoint"] if on and len(defaults) == 1 else None
        settings["issuer_kind"] = defaults[0]["Type"] if len(defaults) == 1 else None
        settings["issuers"] = ",".join(f"00000001-0000-0000-c000-000000000000@{item['Realm']}" for item in servers)
        return settings


class Balancer:
    """One address for all servers: TLS ends here and is made anew to the next server, unless a fault says otherwise."""

    def __init__(self, sites: list[Site], faults: Faults, journal: Journal) -> None:
        self.sites = sites
        self._faults = faults
        self._journal = journal
        self._next = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self._journal.add("balancer", name=request.host, path=request.path, sni=_sni(request))
        fault = self._faults.take("balancer", name=request.host.partition(":")[0]) or {}
        headers = dict(request.headers)
        if fault.get("action") == "strip":
            headers.pop("Authorization", None)
        if fault.get("action") == "anonymous":
            return web.Response(text="Signed in by the gateway.")
        if fault.get("action") == "redirect":
            return web.Response(status=302, headers={"Location": fault["to"]})
        site = self.sites[self._next % len(self.sites)]
        self._next += 1
        response = await site.answer(request, headers, plain=fault.get("action") == "offload")
        if fault.get("action") == "rewrite":
            values = [
                value.replace("login.windows.net", fault["to"])
                for value in response.headers.popall("WWW-Authenticate", [])
            ]
            for value in values:
                response.headers.add("WWW-Authenticate", value)
        return response


class Web:
    """Sites and balancers of a lab: their listeners stay over a reset, what they answer is made anew."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.sites: dict[str, Site] = {}
        self.balancers: dict[str, Balancer] = {}
        # The listeners whose certificate has the public names.
        self._named: list[ssl.SSLContext] = []

    def publish(self, names: list[str]) -> None:
        """The certificate of what is published gets more names."""
        known = [name for organization in self._lab.organizations for name in names_of(organization)]
        for context in self._named:
            self._lab.authority.issue_cert(*sorted({*known, *names})).configure_cert(context)

    def reset(self) -> None:
        for organization in self._lab.organizations:
            own = {
                spec["name"]: Site(
                    spec["name"], organization, self._lab.journal, self._lab.faults,
                    float(spec.get("web", {}).get("effect_seconds", organization.spec.get("effect_seconds", 0))),
                )
                for spec in organization.servers.values()
                if spec.get("role") != "Edge" and spec["name"].casefold() not in organization.left
            }  # fmt: skip
            self.sites.update(own)
            for name in set(self.sites) - set(own):
                if name.casefold() in organization.left:
                    del self.sites[name]
            behind = [site for name, site in own.items() if organization.servers[name.casefold()].get("power") != "off"]
            self.balancers[organization.name] = Balancer(behind, self._lab.faults, self._lab.journal)

    async def start(self, serve: Serve) -> None:
        """Listen: ``web:EX1`` and so on are the ports of the servers, ``balancer:Contoso`` of what is in front."""
        for organization in self._lab.organizations:
            names = names_of(organization)
            for spec in (item for item in organization.servers.values() if item["name"] in self.sites):
                tls = self._tls(spec.get("web", {}).get("certificate", "right"), names, organization.fqdn(spec["name"]))
                off = spec.get("power") == "off"
                self._lab.ports[f"web:{spec['name']}"] = await serve(
                    _app(functools.partial(self._of_site, spec["name"])), tls, closed=off
                )
            tls = self._tls(organization.spec.get("balancer_certificate", "right"), names, "")
            self._lab.ports[f"balancer:{organization.name}"] = await serve(
                _app(functools.partial(self._of_balancer, organization.name)), tls, closed=False
            )

    async def _of_site(self, name: str, request: web.Request) -> web.StreamResponse:
        site = self.sites.get(name)
        # IIS without Exchange.
        return await site.answer(request, request.headers) if site else web.Response(status=404)

    async def _of_balancer(self, name: str, request: web.Request) -> web.StreamResponse:
        return await self.balancers[name].answer(request)

    def _tls(self, kind: str, names: list[str], own: str) -> ssl.SSLContext:
        """right: the public names; own: the server's name alone; wrong: another name; expired; untrusted: of an
        authority nobody knows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority = trustme.CA() if kind == "untrusted" else self._lab.authority
        subject = {"own": [own], "wrong": ["other.example.test"]}.get(kind, names)
        until = datetime.now(UTC) - timedelta(days=1) if kind == "expired" else None
        authority.issue_cert(*subject, not_after=until).configure_cert(context)
        self._named += [context] if kind == "right" else []
        context.sni_callback = _remember
        return context


def _app(handler: Any) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    return app


def names_of(organization: Organization) -> list[str]:
    """Every host of the organization's client URLs."""
    controller = organization.directory.controllers[0]
    urls = [
        item[key]
        for kind in (*KINDS, *WEB)
        for item in organization.directory.select(controller, f"vdir:{kind}")
        for key in ("InternalUrl", "ExternalUrl")
    ]
    urls += [item["AutoDiscoverServiceInternalUri"] for item in organization.directory.select(controller, "server")]
    hosts = {(urlsplit(url).hostname or "").lower() for url in urls if url}
    hosts |= {f"autodiscover.{domain}" for domain in organization.spec["accepted_domains"]}
    return sorted(host for host in hosts if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host))


def _accepts(kind: str, item: Mapping[str, Any]) -> bool:
    """Whether a directory takes OAuth."""
    how = KINDS[kind][2]
    if how == "flag":
        return bool(item["OAuthAuthentication"])
    # An enumeration: its case is no difference.
    if how == "list":
        return "oauth" in map(str.casefold, item["IISAuthenticationMethods"])
    methods = [*item["InternalAuthenticationMethods"], *item["ExternalAuthenticationMethods"]]
    return not methods or "oauth" in map(str.casefold, methods)


def _remember(connection: Any, name: str | None, _context: ssl.SSLContext) -> None:
    connection.sni = name


def _sni(request: web.Request) -> str | None:
    return getattr(request.get_extra_info("ssl_object"), "sni", None)
