# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell remoting over WS-Management: the shells behind /wsman (Microsoft.PowerShell) and /PowerShell
(Microsoft.Exchange).

psrpcore speaks the protocol; what a pipeline does is decided here: the first kind runs the product's one script, the
second runs Exchange's cmdlets and, being in no-language mode, no script text at all.
"""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from psrpcore import PipelineInputEvent, PSRPPayload, ServerPipeline, ServerRunspacePool, StreamType
from psrpcore.types import (
    ErrorCategory,
    ErrorCategoryInfo,
    ErrorRecord,
    NETException,
    PSInvocationState,
    PSRPMessageType,
)

from .authentication import Caller
from .powershell import Server
from .wsman import SHELL, Fault, Message, Shell, gone, timed_out

_RESOURCES: Final = "http://schemas.microsoft.com/powershell"
POWERSHELL: Final = f"{_RESOURCES}/Microsoft.PowerShell"
EXCHANGE: Final = f"{_RESOURCES}/Microsoft.Exchange"
# PowerShell 7's own endpoint, and one without a language, as administrators make them (JEA).
CORE: Final = f"{_RESOURCES}/PowerShell.7"
RESTRICTED: Final = f"{_RESOURCES}/Restricted"
# In a fragment's header (21 bytes) and a message's (destination, type, runspace pool): where the pipeline's id stands.
_PIPELINE_AT: Final = 21 + 24
_NO_LANGUAGE: Final = (
    "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode."
)


@dataclass
class Channel:
    """What waits to be received: of the runspace pool, or of one pipeline."""

    pipeline: ServerPipeline | None = None
    payloads: list[bytes] = field(default_factory=list)
    input: list[Any] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    run: asyncio.Task[None] | None = None
    over: bool = False

    @property
    def ended(self) -> bool:
        return self.run is not None and self.run.done()


class PsrpShell(Shell):
    """One runspace pool and its pipelines."""

    streams = ("stdin pr", "stdout")
    before = "<rsp:ProcessId>4100</rsp:ProcessId>"
    after = (
        "<rsp:MaxIdleTimeOut>PT2147483.647S</rsp:MaxIdleTimeOut><rsp:Locale>en-US</rsp:Locale><rsp:DataLocale>en-US</rsp:DataLocale>"
        "<rsp:CompressionMode>NoCompression</rsp:CompressionMode><rsp:ProfileLoaded>Yes</rsp:ProfileLoaded><rsp:Encoding>UTF8</rsp:Encoding>"
        "<rsp:BufferMode>Block</rsp:BufferMode><rsp:State>Connected</rsp:State>"
    )

    def __init__(self, server: Server, message: Message, caller: Caller) -> None:
        super().__init__(server, message, caller)
        self._limit = 0
        self._pool = ServerRunspacePool(application_private_data={})
        self._channels: dict[str, Channel] = {"": Channel()}
        creation = message.find(".//{http://schemas.microsoft.com/powershell}creationXml")
        if creation is None:
            raise Fault(2150858767, "w:SchemaValidationError", "The shell has no creationXml.")
        self._read(base64.b64decode(creation.text or ""), message)

    async def execute(self, pipeline: ServerPipeline, given: list[Any]) -> None:
        """Run a pipeline whose input has arrived whole."""
        raise NotImplementedError

    def shown(self, identity: str, data: bytes) -> bytes:
        """The data of a Receive as it goes out."""
        return data

    async def command(self, message: Message) -> str:
        data = b"".join(base64.b64decode(item.text or "") for item in message.all(".//rsp:Arguments"))
        line = message.find(".//rsp:CommandLine")
        identity = ((line.get("CommandId") if line is not None else None) or str(uuid.uuid4())).upper()
        pipeline = ServerPipeline(self._pool, uuid.UUID(bytes_le=data[_PIPELINE_AT : _PIPELINE_AT + 16]))
        self._channels[identity] = Channel(pipeline)
        self._read(data, message)
        return f"<rsp:CommandResponse><rsp:CommandId>{identity}</rsp:CommandId></rsp:CommandResponse>"

    async def send(self, message: Message) -> str:
        for stream in message.all(".//rsp:Stream"):
            self._channel(stream.get("CommandId", ""))
            self._read(base64.b64decode(stream.text or ""), message)
        return "<rsp:SendResponse/>"

    async def receive(self, message: Message) -> str:
        desired = message.find(".//rsp:DesiredStream")
        identity = (desired.get("CommandId", "") if desired is not None else "").upper()
        channel = self._channel(identity)
        if channel.over:
            raise gone("command")
        if not channel.payloads and not channel.ended:
            try:
                await asyncio.wait_for(channel.ready.wait(), message.operation_timeout)
            except TimeoutError:
                raise timed_out() from None
        if channel.run is not None and channel.run.done():
            # A connection that dies (a fault of the lab) is the exception of the run.
            channel.run.result()
        data = self.shown(identity, channel.payloads.pop(0) if channel.payloads else b"")
        channel.ready.clear()
        of = f' CommandId="{identity}"' if identity else ""
        stream = f'<rsp:Stream Name="stdout"{of}>{base64.b64encode(data).decode()}</rsp:Stream>' if data else ""
        return f"<rsp:ReceiveResponse>{stream}{self._state(identity, channel)}</rsp:ReceiveResponse>"

    async def signal(self, message: Message) -> str:
        signal = message.find(".//rsp:Signal")
        channel = self._channels.pop((signal.get("CommandId", "") if signal is not None else "").upper(), None)
        if channel is not None:
            _end(channel)
        return "<rsp:SignalResponse/>"

    async def close(self) -> None:
        for channel in self._channels.values():
            _end(channel)

    def _state(self, identity: str, channel: Channel) -> str:
        # Windows says nothing of the state until the pipeline is done, unlike in a cmd shell.
        if not identity or not channel.ended or channel.payloads:
            return ""
        channel.over = True
        return (
            f'<rsp:CommandState CommandId="{identity}" '
            f'State="{SHELL}/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>'
        )

    def _channel(self, identity: str) -> Channel:
        if identity.upper() not in self._channels:
            raise gone("command")
        return self._channels[identity.upper()]

    def _read(self, data: bytes, message: Message) -> None:
        """Take fragments in and do what they complete."""
        # base64 makes three bytes four, and the envelope around them needs some room.
        self._limit = (message.max_envelope_size - 4096) * 3 // 4
        self._pool.receive_data(PSRPPayload(data, StreamType.default, None))
        while (event := self._pool.next_event()) is not None:
            channel = next(
                (
                    item
                    for item in self._channels.values()
                    if item.pipeline and item.pipeline.pipeline_id == event.pipeline_id
                ),
                None,
            )
            if channel is None or channel.pipeline is None:
                continue
            kind = event.message_type
            if isinstance(event, PipelineInputEvent):
                channel.input.append(event.data)
            whole = kind == PSRPMessageType.CreatePipeline and getattr(channel.pipeline.metadata, "no_input", True)
            if whole or kind == PSRPMessageType.EndOfPipelineInput:
                channel.run = asyncio.create_task(self._execute(channel, channel.pipeline))
        self.flush()

    async def _execute(self, channel: Channel, pipeline: ServerPipeline) -> None:
        try:
            pipeline.start()
            await self.execute(pipeline, channel.input)
        finally:
            self.flush()
            channel.ready.set()

    def flush(self) -> None:
        """Put what psrpcore has to send where it is to be received."""
        while (payload := self._pool.data_to_send(self._limit)) is not None:
            channel = next(
                (
                    item
                    for item in self._channels.values()
                    if item.pipeline and item.pipeline.pipeline_id == payload.pipeline_id
                ),
                self._channels[""],
            )
            channel.payloads.append(payload.data)
            channel.ready.set()


class FullLanguageShell(PsrpShell):
    """Windows PowerShell, as far as it runs the product's constant script: its stdin is ``$input``, one string a
    line."""

    async def execute(self, pipeline: ServerPipeline, given: list[Any]) -> None:
        commands = pipeline.metadata.commands  # type: ignore[union-attr]
        lines = None
        if (
            len(commands) == 1
            and commands[0].is_script
            and all(type(item).__name__ in ("str", "PSString") for item in given)
        ):
            stdin = "\n".join(str(item) for item in given)
            lines = await self.server.script(
                commands[0].command_text, stdin, self.caller, core=self.resource_uri == CORE
            )
        if lines is None:
            fail(pipeline, {"id": "LabRunsNoOtherScript", "category": "NotImplemented",
                            "reason": "NotImplementedException", "target": "",
                            "message": "The lab runs no other script than the product's own."})  # fmt: skip
            return
        for line in lines:
            pipeline.write_output(line)
        pipeline.complete()


class RestrictedShell(PsrpShell):
    """No-language mode: script text is refused before anything else is looked at."""

    async def execute(self, pipeline: ServerPipeline, given: list[Any]) -> None:
        commands = pipeline.metadata.commands  # type: ignore[union-attr]
        if any(item.is_script for item in commands):
            fail(
                pipeline,
                {
                    "id": "ScriptsNotAllowed",
                    "category": "ParserError",
                    "reason": "ParseException",
                    "target": "",
                    "message": _NO_LANGUAGE,
                },
            )
            return
        await self.cmdlets(pipeline, commands)

    async def cmdlets(self, pipeline: ServerPipeline, commands: list[Any]) -> None:
        """This one has none of its own."""
        name = commands[0].command_text
        record = {
            "id": "CommandNotFoundException",
            "category": "ObjectNotFound",
            "reason": "CommandNotFoundException",
            "target": name,
        }
        fail(
            pipeline,
            {
                **record,
                "message": f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or "
                f"operable program.",
            },
        )


async def open_powershell(server: Server, message: Message, caller: Caller) -> Shell:
    return FullLanguageShell(server, message, caller)


async def open_restricted(server: Server, message: Message, caller: Caller) -> Shell:
    return RestrictedShell(server, message, caller)


def fail(pipeline: ServerPipeline, record: Mapping[str, Any]) -> None:
    """End a pipeline with a terminating error. psrpcore has no public way, and servers send it inside the state."""
    pipeline._change_state(PSInvocationState.Failed, error=error_record(record))


def error_record(record: Mapping[str, Any]) -> ErrorRecord:
    exception = NETException(Message=record["message"])
    exception.PSObject.type_names = [
        f"System.Management.Automation.{record['reason']}",
        "System.Exception",
        "System.Object",
    ]
    exception.PSObject.to_string = record["message"]
    category = ErrorCategoryInfo(
        Category=ErrorCategory[record["category"]], Reason=record["reason"], TargetName=record["target"]
    )
    return ErrorRecord(Exception=exception, CategoryInfo=category, FullyQualifiedErrorId=record["id"])


def _end(channel: Channel) -> None:
    if channel.run is not None:
        channel.run.cancel()
    if channel.pipeline is not None:
        channel.pipeline.runspace_pool.pipeline_table.pop(channel.pipeline.pipeline_id, None)
