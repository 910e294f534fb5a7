# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real PowerShell engine in the lab: it runs the scripts and the shells, the lab answers for the organization."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..authentication import Caller
from ..binder import ShellError, accept
from ..exchange import product_of
from ..exchange_types import kind, list_types, properties, type_names
from ..powershell import ConnectionDies, Server
from . import standin

HERE: Final = Path(__file__).parent
_LINE: Final = 64 << 20


def find() -> str | None:
    """The engine: HMA_PWSH, else pwsh on the path."""
    return os.environ.get("HMA_PWSH") or shutil.which("pwsh")


@dataclass
class Session:
    """What one process of the engine may ask: for which server, as whom. Rights are those of an open Exchange shell."""

    server: Server
    caller: Caller
    rights: str | None = None
    died: asyncio.Event = field(default_factory=asyncio.Event)
    # Exchange shells that a script has open: their tokens and users.
    opened: dict[str, str] = field(default_factory=dict)


class Engine:
    """Starts processes of the engine and answers what they ask on a loopback channel; each has a token of its own."""

    def __init__(self, path: str, folder: Path) -> None:
        self._path, self._folder = path, folder
        self._sessions: dict[str, Session] = {}
        self._processes: set[asyncio.subprocess.Process] = set()
        self._written: set[Path] = set()
        self._channel: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._channel = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=_LINE)
        self.port = int(self._channel.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """End what still runs: shells that nobody closed."""
        for process in list(self._processes):
            self.end("", process)

    # -- processes

    async def run(self, server: Server, script: str, stdin: str, caller: Caller) -> list[str]:
        """The lines that a script prints which gets these lines on stdin."""
        session = Session(server, caller)
        text = f". '{HERE / 'prelude.ps1'}';{script}"
        encoded = base64.b64encode(text.encode("utf-16-le")).decode("ascii")
        token, process = await self.process(
            session, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Unrestricted", "-EncodedCommand", encoded
        )
        done = asyncio.create_task(process.communicate(stdin.encode("ascii")))
        died = asyncio.create_task(session.died.wait())
        try:
            await asyncio.wait({done, died}, return_when=asyncio.FIRST_COMPLETED)
            if session.died.is_set():
                raise ConnectionDies
            stdout, stderr = await done
            if stderr:
                raise RuntimeError(stderr.decode("utf-8", "replace"))
            return stdout.decode("ascii").splitlines()
        finally:
            died.cancel()
            self.end(token, process)
            for own in list(session.opened):
                self._leave(session, own)
            await asyncio.wait({done})

    async def process(self, session: Session, *arguments: str) -> tuple[str, asyncio.subprocess.Process]:
        """A process of the engine with a token that is good for this session alone."""
        token = secrets.token_urlsafe(16)
        self._sessions[token] = session
        name = session.server.name
        environment = {
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ},
            "HMA_PWSH": self._path,
            "HMA_LAB_PORT": str(self.port),
            "HMA_LAB_TOKEN": token,
            "HMA_LAB_SESSION": str(HERE / "session.ps1"),
            "HMA_LAB_FQDN": session.server.organization.fqdn(name),
            "COMPUTERNAME": name.upper(),
            "ExchangeInstallPath": str(session.server.disk or ""),
        }
        pipe = asyncio.subprocess.PIPE
        # A group of its own: what it starts ends with it.
        started = await asyncio.create_subprocess_exec(
            self._path,
            *arguments,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=environment,
            limit=_LINE,
            start_new_session=True,
        )
        self._processes.add(started)
        return token, started

    def end(self, token: str, process: asyncio.subprocess.Process) -> None:
        self._sessions.pop(token, None)
        self._processes.discard(process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    # -- the channel

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await reader.readline())
            session = self._sessions.get(question["token"])
            if session is not None:
                answer = await getattr(self, f"_{question['op']}")(session, question)
                writer.write(json.dumps(answer).encode("ascii") + b"\n")
                await writer.drain()
        finally:
            writer.close()

    async def _hello(self, session: Session, question: dict[str, Any]) -> dict[str, Any]:
        """A new session asks what it is: Exchange's cmdlets of these rights, or a plain Windows shell."""
        if session.rights is None:
            return {"module": None, "names": []}
        product = self._product(session.server)
        path = self._folder / f"exchange-{product}-{session.rights}.ps1"
        if path not in self._written:
            # Once: another session may be reading it.
            path.write_text(standin.module(product, session.rights), encoding="utf-8")
            self._written.add(path)
        return {"module": str(path), "names": standin.names(product, session.rights)}

    async def _open(self, session: Session, question: dict[str, Any]) -> dict[str, Any]:
        """New-PSSession on the server: to this server's Exchange by Kerberos, or a refusal."""
        server = session.server
        try:
            expected = ("Microsoft.Exchange", f"http://{server.organization.fqdn(server.name)}/PowerShell/", "Kerberos")
            if (question["configuration"], question["uri"], question["authentication"]) != expected:
                raise ShellError(
                    "CannotConnect,PSSessionOpenFailed",
                    "OpenError",
                    "PSRemotingTransportException",
                    f"The lab knows only {expected}.",
                )
            await server.opening()
            rights = server.second_hop(question["credential"], session.caller)
        except ShellError as exc:
            return {"error": exc.record}
        token = secrets.token_urlsafe(16)
        self._sessions[token] = Session(server, session.caller, rights, session.died)
        session.opened[token] = question["credential"]["user"] if question["credential"] else session.caller.user
        return {"error": None, "token": token}

    async def _local(self, session: Session, question: dict[str, Any]) -> dict[str, Any]:
        """What a script does on the server itself, outside of Exchange's shell."""
        if session.rights is not None:
            raise ValueError("an Exchange shell")
        name, given = question["name"], question["parameters"]
        if name == "Restart-Service" and given != {"Name": "W3SVC,WAS"}:
            raise ValueError("the lab restarts IIS, and nothing else")
        found = session.server.local(name, given)
        return {"objects": found.objects, "errors": found.errors}

    async def _close(self, session: Session, question: dict[str, Any]) -> dict[str, Any]:
        """Remove-PSSession."""
        self._leave(session, question["session"])
        return {}

    def _leave(self, session: Session, token: str) -> None:
        session.server.leave(session.opened.pop(token))
        self._sessions.pop(token, None)

    async def _run(self, session: Session, question: dict[str, Any]) -> dict[str, Any]:
        """A bound cmdlet."""
        if session.rights is None:
            raise ValueError("no Exchange shell")
        name = question["name"]
        try:
            found = await session.server.cmdlet(name, question["parameters"], session.rights, accept)
        except ConnectionDies:
            session.died.set()
            raise
        return {
            "objects": [_described(name, item) for item in found.objects],
            "errors": found.errors,
            "warnings": found.warnings,
        }

    @staticmethod
    def _product(server: Server) -> str:
        return product_of(server.organization.servers[server.name.casefold()]["version"])


def _described(cmdlet: str, found: dict[str, Any]) -> dict[str, Any]:
    """An object for the engine to make: its type names and its properties with what they are."""
    rows = []
    for name, value in properties(cmdlet, found).items():
        own = kind(name, value)
        row = {"name": name, "kind": own, "value": value.isoformat() if own == "datetime" else value}
        rows.append({**row, "types": list_types(name)} if own == "list" else row)
    return {"types": type_names(cmdlet), "properties": rows}
