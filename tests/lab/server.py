# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one process: a port per simulated server, one for Entra and Graph, one to control it. Loopback only."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shutil
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web
from cryptography import x509

from . import inventory, scenario
from .application_certificate import make_certificate
from .authentication import EXCHANGE_BASIC, EXCHANGE_HTTP, WINRM_HTTP, WINRM_HTTPS, WindowsAuthentication, ntlm_users
from .engine import Engine, find
from .engine.psrp import opener as open_in
from .entra import Entra
from .exchange import Organization
from .exchange_objects import fqdn_of
from .graph_objects import upload
from .journal import Faults, Journal
from .latency import Latency
from .odd import Elsewhere
from .powershell import Server
from .psrp import CORE, EXCHANGE, POWERSHELL, RESTRICTED, open_powershell, open_restricted
from .psrp_exchange import open_exchange
from .web import Web
from .winrm import CMD, open_cmd
from .wsman import Listener

HOST = "127.0.0.1"
# aiohttp's own for the request that is being answered: its connection and its handler.
_TASKS_OF_A_REQUEST = 2
_HOST = re.compile(r"[a-zA-Z0-9-]{1,63}(\.[a-zA-Z0-9-]{1,63})+")
# Listeners that are nobody's, for what must not arrive anywhere else.
_ELSEWHERE = {"elsewhere": "https", "elsewhere_http": "http"}


class Lab:
    """A started scenario."""

    def __init__(self, name: str, folder: Path, connection: str | None = None, engine: str = "none") -> None:
        self.folder = folder
        # How servers are reached that the scenario does not say it of.
        self.connection = connection
        self.engine = _engine(engine, folder)
        self._runs_scripts = engine in ("script", "both")
        # Exchange's own endpoint: PowerShell's PSRP server, or psrpcore and the lab's own answers.
        self._open_exchange = (
            open_in(self.engine) if self.engine is not None and engine in ("psrp", "both") else open_exchange
        )
        self.journal, self.faults = Journal(), Faults()
        self.name = name
        self.authority = trustme.CA()
        # Of every server, by its own name too: who finds it by DNS connects to that.
        self.certificate = self.authority.issue_cert(HOST, "localhost", *sorted(_names_of_servers(name)))
        self.ports: dict[str, int] = {}
        self.listeners: dict[str, list[Listener]] = {}
        self.token = secrets.token_urlsafe(16)
        self.certificates: dict[str, tuple[Path, Any]] = {}
        _private(folder)
        self.web = Web(self)
        self.ahead = 0.0
        self.reset()

    def reset(self) -> None:
        """The state of the scenario file again; ports, certificates and folders stay."""
        self.scenario = scenario.load(self.name)
        self.journal.clear()
        self.faults.clear()
        if self.engine is not None:
            self.engine.stop()
        for fault in self.scenario.get("faults", []):
            self.faults.add(fault)
        self._build()

    def settle(self, folder: Path) -> bool:
        """Begin anew in another folder, as if just started there; not while anything is still going on."""
        if len(asyncio.all_tasks()) > _TASKS_OF_A_REQUEST:
            return False
        self.folder = _private(folder)
        self.ahead = 0.0
        for client, (path, certificate) in self.certificates.items():
            self.certificates[client] = (Path(shutil.copy(path, folder)), certificate)
        self.reset()
        self._describe()
        return True

    def _write(self, cmdlet: str, identity: str, values: dict[str, Any]) -> None:
        """Another administrator's Set, on the first server of the first organization."""
        organization = self.organizations[0]
        first = next(iter(organization.servers.values()))["name"]
        if "VirtualDirectory" in cmdlet:
            found, _warnings = organization.run(first, cmdlet.replace("Set-", "Get-"), {"Server": identity})
            identity = found[0]["Guid"]
        organization.run(first, cmdlet, {"Identity": identity, **values})

    def _joined(self, name: str, values: dict[str, Any]) -> None:
        """Setup put Exchange on a machine that is there."""
        self.organizations[0].join(name, values)
        self.web.reset()

    def _left(self, name: str) -> None:
        """Setup took Exchange from a machine, which is there all the same."""
        self.organizations[0].leave(name)
        self.web.reset()

    def _build(self) -> None:
        """Organizations, tenants and listeners as the scenario, which may have been changed, says."""
        self.latency = Latency(self.scenario.get("latency", {}))
        self.organizations = [Organization(item, self.clock) for item in self.scenario["organizations"]]
        ntlm_users(self.folder / "ntlm-users", self.organizations)
        upload(self.scenario["tenants"], self.organizations[0].certificate)
        slash = self.organizations[0].position("reply_url_slash")
        self.entra = Entra(self.scenario["tenants"], self.journal, self.faults, slash)
        self.entra.elsewhere = {
            name: f"{scheme}://{HOST}:{self.ports.get(name, 0)}" for name, scheme in _ELSEWHERE.items()
        }
        self.entra.certificates = {client: certificate for client, (_path, certificate) in self.certificates.items()}
        for organization in self.organizations:
            for spec in organization.servers.values():
                server = Server(
                    spec["name"],
                    organization,
                    self.journal,
                    self.faults,
                    self.engine if self._runs_scripts else None,
                    self.latency,
                    self.folder / "disks" / spec["name"],
                )
                for listener in self.listeners.setdefault(spec["name"], self._listeners(server)):
                    listener.reset(server)
        self.web.reset()

    def _listeners(self, server: Server) -> list[Listener]:
        """The URLs of one server, by https and by http."""
        name = server.organization.fqdn(server.name)
        certificate = x509.load_pem_x509_certificate(self.certificate.cert_chain_pems[0].bytes())
        https = WindowsAuthentication(WINRM_HTTPS, hostname=name, certificate=certificate)
        shells = {CMD: open_cmd, POWERSHELL: open_powershell, CORE: open_powershell, RESTRICTED: open_restricted}
        return [
            Listener(server, "/wsman", https, shells),
            Listener(server, "/wsman", WindowsAuthentication(WINRM_HTTP, hostname=name), shells),
            Listener(
                server,
                "/PowerShell",
                WindowsAuthentication(EXCHANGE_BASIC, hostname=name, certificate=certificate),
                {EXCHANGE: self._open_exchange},
            ),
            Listener(
                server,
                "/PowerShell",
                WindowsAuthentication(EXCHANGE_HTTP, hostname=name),
                {EXCHANGE: self._open_exchange},
            ),
        ]

    def _advance(self, seconds: float) -> None:
        self.ahead += seconds

    def clock(self) -> float:
        """The lab's own time, which a test may move on: nobody waits a quarter of an hour for replication."""
        return time.monotonic() + self.ahead

    async def start(self) -> None:
        for tenant in self.scenario["tenants"]:
            for application in tenant["applications"]:
                if application.get("certificate"):
                    expired = application["certificate"] == "expired"
                    self.certificates[application["client_id"]] = make_certificate(
                        application["client_id"], self.folder, expired=expired
                    )
        self.entra.certificates = {client: certificate for client, (_path, certificate) in self.certificates.items()}
        for organization in self.organizations:
            for spec in organization.servers.values():
                await self._listen(spec)
        if self.engine is not None:
            await self.engine.start()
        self.ports["entra"] = await self._serve(self._entra_app(), self._tls())
        for name, scheme in _ELSEWHERE.items():
            self.ports[name] = await self._serve(
                Elsewhere(self.journal).app(), self._tls() if scheme == "https" else None
            )
            self.entra.elsewhere[name] = f"{scheme}://{HOST}:{self.ports[name]}"
        self.ports["control"] = await self._serve(self._control_app(), None)
        await self.web.start(self._serve)
        self._describe()

    def _describe(self) -> None:
        """What clients of the lab find in its folder."""
        self.authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        inventory.write(self)
        (self.folder / "names.json").write_text(json.dumps(self._names()), encoding="utf-8")
        control = self.folder / "control"
        control.touch(mode=0o600)
        control.write_text(
            json.dumps({"url": f"http://{HOST}:{self.ports['control']}", "token": self.token}), encoding="utf-8"
        )

    def _names(self) -> dict[str, dict[str, int]]:
        """What the DNS of the organization and the ports of its servers are: by https and by http, each by its own
        name."""
        return {
            organization.fqdn(spec["name"]): {
                "https": self.ports[spec["name"]],
                "http": self.ports[f"{spec['name']} http"],
            }
            for organization in self.organizations
            for spec in organization.servers.values()
            if spec["name"] in self.ports
        }

    async def _listen(self, spec: dict[str, Any]) -> None:
        closed = spec.get("power") == "off" or bool(spec.get("through"))
        for suffix, secure in (("", True), (" http", False)):
            app = web.Application(client_max_size=8 << 20)
            for listener in self.listeners[spec["name"]]:
                if listener.secure is secure:
                    app.router.add_post(listener.path, listener.handle)
            self.ports[spec["name"] + suffix] = await self._serve(
                app, self._server_tls(spec["name"]) if secure else None, closed=closed
            )

    async def _serve(self, app: web.Application, tls: ssl.SSLContext | None, *, closed: bool = False) -> int:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0, ssl_context=tls)
        await site.start()
        port = int(runner.addresses[0][1])
        if closed:
            # A port of which we know that nothing listens on it: a server that is off.
            await site.stop()
        return port

    def _tls(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.certificate.configure_cert(context)
        return context

    def _server_tls(self, server: str) -> ssl.SSLContext:
        """Client certificates are taken; the fault ``tls`` shows a certificate of an authority that nobody trusts."""
        context, strange = self._tls(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.configure_trust(context)
        context.verify_mode = ssl.CERT_OPTIONAL
        trustme.CA().issue_cert(HOST).configure_cert(strange)

        def choose(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            if self.faults.take("tls", host=server):
                connection.context = strange

        # OpenSSL calls it for every handshake, whether a name was sent or not.
        context.sni_callback = choose
        return context

    def _entra_app(self) -> web.Application:
        @web.middleware
        async def slowly(request: web.Request, handler: Any) -> web.StreamResponse:
            return await self.latency.of_entra(request, handler)

        app = web.Application(middlewares=[slowly])
        # A reset makes a new Entra; the routes ask for the one that is current.
        for index, route in enumerate(self.entra.routes()):
            app.router.add_route(route.method, route.path, self._current(index))
        return app

    def _current(self, index: int) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            handler: Any = self.entra.routes()[index].handler
            response: web.StreamResponse = await handler(request)
            return response

        return handle

    def _control_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/{what}", self._control)
        return app

    async def _control(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Lab-Token") != self.token:
            return web.Response(status=403)
        what, body = request.match_info["what"], await request.json()
        orders: dict[str, Callable[[], Any]] = {
            "reset": self.reset,
            "clear": self.journal.clear,
            "fault": lambda: self.faults.add(body),
            "remedy": self.faults.clear,
            "again": self._build,
            "advance": lambda: self._advance(float(body["seconds"])),
            "change": lambda: scenario.change(self.scenario, body),
            "write": lambda: self._write(body["cmdlet"], body["identity"], body["values"]),
            "add": lambda: self.organizations[0].add(body["spec"]),
            "join": lambda: self._joined(body["name"], body["values"]),
            "leave": lambda: self._left(body["name"]),
            "install": lambda: self.organizations[0].install(**body),
            "roll": self.organizations[0].roll,
            "upload": lambda: upload(self.scenario["tenants"], self.organizations[0].certificate),
            "publish": lambda: self.web.publish(body["names"]),
            "remove": lambda: self.organizations[0].directory.remove(body["kind"], body["name"]),
            "stop": lambda: asyncio.get_running_loop().call_later(0.1, asyncio.get_running_loop().stop),
        }
        orders.get(what, lambda: None)()
        if what == "settle":
            return web.json_response({"settled": self.settle(Path(body["folder"]))})
        answers: dict[str, Callable[[], Any]] = {
            "journal": lambda: self.journal.entries,
            "state": self.state,
            "secrets": lambda: self.entra.secrets,
            "processor": time.process_time,
        }
        return web.json_response(answers.get(what, dict)())

    def state(self) -> dict[str, Any]:
        return {"organizations": [item.state() for item in self.organizations], "tenants": self.entra.state()}


def _names_of_servers(name: str) -> set[str]:
    """The names of the servers of a scenario, as far as a certificate can hold them."""
    found = {
        fqdn_of(server, str(organization["domain"]))
        for organization in scenario.load(name)["organizations"]
        for server in organization["servers"]
    }
    return {item for item in found if _HOST.fullmatch(item)}


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    return folder


def _engine(option: str, folder: Path) -> Engine | None:
    if option == "none":
        return None
    path = find()
    if path is None:
        raise SystemExit(f"--engine {option}: no PowerShell engine. Put pwsh on the path or set HMA_PWSH.")
    return Engine(path, folder / "engine")


def serve(
    name: str, folder: Path, connection: str | None = None, engine: str = "none", *, with_starter: bool = False
) -> None:
    """Run until stopped, or until the starter, who holds a pipe to stdin, has ended; the file ``ready`` says that
    everything listens."""
    loop = asyncio.new_event_loop()
    lab = Lab(name, folder, connection, engine)
    loop.run_until_complete(lab.start())
    if with_starter:
        # Nobody writes into it: it can be read when the other end is closed, which the kernel does for a process that
        # was killed, too.
        loop.add_reader(sys.stdin, loop.stop)
    (folder / "pid").write_text(str(os.getpid()), encoding="ascii")
    (folder / "ready").write_text(name, encoding="utf-8")
    try:
        loop.run_forever()
    finally:
        if lab.engine is not None:
            lab.engine.stop()
        (folder / "ready").unlink(missing_ok=True)
