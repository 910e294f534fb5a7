# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange's own endpoint in the engine: WS-Management in front, PowerShell's own PSRP server behind it, in no-language
mode.

The fragments go through untouched, both ways; only where one goes and when a pipeline has ended is read from them.
"""

from __future__ import annotations

import asyncio
import base64
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from ..authentication import Caller
from ..powershell import ConnectionDies, Server
from ..psrp_exchange import broken, exchange_rights
from ..wsman import SHELL, Fault, Message, Shell, gone, timed_out
from . import HERE, Engine, Session

_POOL: Final = "00000000-0000-0000-0000-000000000000"
_ELEMENT: Final = re.compile(rb"<(\w+)(?: Stream='\w+')? PSGuid='([0-9a-fA-F-]{36})'\s*(?:/>|>([^<]*)</\w+>)")
# A fragment: object and fragment number (8 bytes each), flags, length; then a message: destination, type, pool,
# pipeline.
_HEADER: Final = 21
_PIPELINE_AT: Final = _HEADER + 24
_PIPELINE_STATE: Final = (0x00041006).to_bytes(4, "little")
_ENDED: Final = re.compile(rb'<I32 N="PipelineState">[345]</I32>')


@dataclass
class Output:
    """What waits to be received: of the runspace pool, or of one pipeline."""

    of: str = _POOL
    payloads: list[bytes] = field(default_factory=list)
    message: bytes = b""
    ended: bool = False
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, data: bytes) -> None:
        self.payloads.append(data)
        while data:
            flags, length = data[16], int.from_bytes(data[17:_HEADER], "big")
            self.message = (b"" if flags & 1 else self.message) + data[_HEADER : _HEADER + length]
            if flags & 2 and self.message[4:8] == _PIPELINE_STATE and _ENDED.search(self.message):
                self.ended = True
            data = data[_HEADER + length :]
        self.ready.set()


class EngineShell(Shell):
    """One process of the engine: a runspace pool of its own, which nobody else ever had."""

    streams = ("stdin pr", "stdout")
    # web.config of the back end, as the lab's own.
    idle = 900.0

    def __init__(self, server: Server, message: Message, caller: Caller, engine: Engine, session: Session) -> None:
        super().__init__(server, message, caller)
        self._engine, self._session = engine, session
        self._outputs: dict[str, Output] = {"": Output()}
        self._acknowledged: set[tuple[str, str]] = set()
        self._news = asyncio.Condition()

    async def open(self, message: Message) -> None:
        creation = message.find(".//{http://schemas.microsoft.com/powershell}creationXml")
        if creation is None:
            raise Fault(2150858767, "w:SchemaValidationError", "The shell has no creationXml.")
        self._token, self._process = await self._engine.process(
            self._session, "-s", "-NoLanguage", "-SessionScript", str(HERE / "session.ps1")
        )
        self._reader = asyncio.create_task(self._read())
        await self._data(_POOL, base64.b64decode(creation.text or ""))

    async def command(self, message: Message) -> str:
        data = b"".join(base64.b64decode(item.text or "") for item in message.all(".//rsp:Arguments"))
        line = message.find(".//rsp:CommandLine")
        identity = ((line.get("CommandId") if line is not None else None) or str(uuid.uuid4())).upper()
        # The engine goes by the message's own id, which older pypsrp writes into the envelope in another byte order.
        pipeline = str(uuid.UUID(bytes_le=data[_PIPELINE_AT : _PIPELINE_AT + 16]))
        self._outputs[identity] = Output(pipeline)
        await self._write(f"<Command PSGuid='{pipeline}' />")
        async with self._news:
            await self._news.wait_for(lambda: ("CommandAck", pipeline) in self._acknowledged or self._reader.done())
        await self._data(pipeline, data)
        return f"<rsp:CommandResponse><rsp:CommandId>{identity}</rsp:CommandId></rsp:CommandResponse>"

    async def send(self, message: Message) -> str:
        for stream in message.all(".//rsp:Stream"):
            name = "PromptResponse" if stream.get("Name") == "pr" else "Default"
            await self._data(self._output(stream.get("CommandId", "")).of, base64.b64decode(stream.text or ""), name)
        return "<rsp:SendResponse/>"

    async def receive(self, message: Message) -> str:
        desired = message.find(".//rsp:DesiredStream")
        identity = (desired.get("CommandId", "") if desired is not None else "").upper()
        output = self._output(identity)
        waits = [asyncio.create_task(item) for item in (output.ready.wait(), self._session.died.wait())]
        await asyncio.wait(
            {*waits, self._reader}, timeout=message.operation_timeout, return_when=asyncio.FIRST_COMPLETED
        )
        for task in waits:
            task.cancel()
        if self._session.died.is_set() or (self._reader.done() and not output.payloads):
            raise ConnectionDies
        if not output.payloads:
            raise timed_out()
        data = output.payloads.pop(0)
        data = broken(self.server, data) if identity else data
        if not output.payloads:
            output.ready.clear()
        of = f' CommandId="{identity}"' if identity else ""
        stream = f'<rsp:Stream Name="stdout"{of}>{base64.b64encode(data).decode("ascii")}</rsp:Stream>'
        return f"<rsp:ReceiveResponse>{stream}{await self._state(identity, output)}</rsp:ReceiveResponse>"

    async def signal(self, message: Message) -> str:
        signal = message.find(".//rsp:Signal")
        identity = (signal.get("CommandId", "") if signal is not None else "").upper()
        output = self._outputs.get(identity)
        code = message.root.findtext(".//rsp:Code", "", {"rsp": SHELL}).casefold()
        if output is not None and identity:
            if code.endswith("ctrl_c"):
                await self._write(f"<Signal PSGuid='{output.of}' />")
            else:
                del self._outputs[identity]
                await self._write(f"<Close PSGuid='{output.of}' />")
        return "<rsp:SignalResponse/>"

    async def close(self) -> None:
        self._reader.cancel()
        self._engine.end(self._token, self._process)
        await self._process.wait()
        self.server.leave(self.caller.user)

    async def _state(self, identity: str, output: Output) -> str:
        if not identity:
            return ""
        done = output.ended and not output.payloads
        if done:
            # As WinRM's own plugin does: the pipeline's resources end with it, a Terminate that follows finds nothing.
            del self._outputs[identity]
            await self._write(f"<Close PSGuid='{output.of}' />")
        code = "<rsp:ExitCode>0</rsp:ExitCode>" if done else ""
        return (
            f'<rsp:CommandState CommandId="{identity}" '
            f'State="{SHELL}/CommandState/{"Done" if done else "Running"}">{code}</rsp:CommandState>'
        )

    def _output(self, identity: str) -> Output:
        if identity.upper() not in self._outputs:
            raise gone("command")
        return self._outputs[identity.upper()]

    async def _data(self, of: str, data: bytes, stream: str = "Default") -> None:
        await self._write(f"<Data Stream='{stream}' PSGuid='{of}'>{base64.b64encode(data).decode('ascii')}</Data>")

    async def _write(self, element: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(element.encode("ascii") + b"\n")
        await self._process.stdin.drain()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            found = _ELEMENT.match(line.strip())
            if found is None:
                continue
            name, of = found[1].decode("ascii"), found[2].decode("ascii").lower()
            if name == "Data":
                output = next((item for item in self._outputs.values() if item.of == of), self._outputs[""])
                output.add(base64.b64decode(found[3]))
            async with self._news:
                self._acknowledged.add((name, of))
                self._news.notify_all()


def opener(engine: Engine) -> Callable[[Server, Message, Caller], Awaitable[Shell]]:
    """Opens shells of Exchange's endpoint in this engine."""

    async def open_exchange(server: Server, message: Message, caller: Caller) -> Shell:
        await server.opening()
        session = Session(server, caller, exchange_rights(server, caller))
        shell = EngineShell(server, message, caller, engine, session)
        await shell.open(message)
        return shell

    return open_exchange
