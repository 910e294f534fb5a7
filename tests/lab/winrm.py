# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain WinRM shell: cmd.exe, as Ansible's winrm connection and pywinrm use it."""

from __future__ import annotations

import asyncio
import base64
import uuid
from dataclasses import dataclass, field
from typing import Final

from .authentication import Caller
from .powershell import Server
from .wsman import SHELL, Message, Shell, gone, timed_out

CMD: Final = f"{SHELL}/cmd"


@dataclass
class Command:
    """A command line: what was typed, what came on stdin (and whether that is all), and its run once somebody waits for
    it."""

    line: str
    stdin: bytearray = field(default_factory=bytearray)
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    run: asyncio.Task[tuple[bytes, bytes, int]] | None = None


class CmdShell(Shell):
    """Commands by their id. Output is there when the command has ended."""

    streams = ("stdin", "stdout stderr")

    def __init__(self, server: Server, message: Message, caller: Caller) -> None:
        super().__init__(server, message, caller)
        self._commands: dict[str, Command] = {}

    async def command(self, message: Message) -> str:
        # ansible-core 2.21 sends the whole line as Command, earlier ones split it.
        words = [
            message.root.findtext(".//rsp:Command", "", {"rsp": SHELL}),
            *(item.text or "" for item in message.all(".//rsp:Arguments")),
        ]
        identity = str(uuid.uuid4()).upper()
        self._commands[identity] = Command(" ".join(word for word in words if word))
        return f"<rsp:CommandResponse><rsp:CommandId>{identity}</rsp:CommandId></rsp:CommandResponse>"

    async def send(self, message: Message) -> str:
        for stream in message.all(".//rsp:Stream"):
            command = self._one(stream.get("CommandId", ""))
            command.stdin += base64.b64decode(stream.text or "")
            if stream.get("End", "").casefold() == "true":
                command.whole.set()
        return "<rsp:SendResponse/>"

    async def signal(self, message: Message) -> str:
        signal = message.find(".//rsp:Signal")
        command = self._commands.pop(signal.get("CommandId", "") if signal is not None else "", None)
        if command is not None and command.run is not None:
            command.run.cancel()
        return "<rsp:SignalResponse/>"

    async def receive(self, message: Message) -> str:
        desired = message.find(".//rsp:DesiredStream")
        identity = desired.get("CommandId", "") if desired is not None else ""
        command = self._one(identity)
        if command.run is None:
            command.run = asyncio.create_task(self._run(command))
        done, _pending = await asyncio.wait({command.run}, timeout=message.operation_timeout)
        if not done:
            raise timed_out()
        stdout, stderr, code = command.run.result()
        streams = (
            _written("stdout", identity, stdout)
            + _written("stderr", identity, stderr)
            + _end("stdout", identity)
            + _end("stderr", identity)
        )
        return (
            f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{identity}" State="{SHELL}/CommandState/Done">'
            f"<rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>"
        )

    async def _run(self, command: Command) -> tuple[bytes, bytes, int]:
        slow = self.server.faults.take("command", host=self.server.name, action="slow")
        if slow:
            await asyncio.sleep(float(slow["seconds"]))
        if command.line.casefold().startswith("powershell "):
            # The product's bootstrap reads stdin to its end, and would wait for it for ever.
            await command.whole.wait()
        return await self.server.run(command.line, bytes(command.stdin), self.caller)

    async def close(self) -> None:
        for command in self._commands.values():
            if command.run is not None:
                command.run.cancel()

    def _one(self, identity: str) -> Command:
        if identity not in self._commands:
            raise gone("command")
        return self._commands[identity]


async def open_cmd(server: Server, message: Message, caller: Caller) -> Shell:
    return CmdShell(server, message, caller)


def _written(name: str, identity: str, data: bytes) -> str:
    return (
        f'<rsp:Stream Name="{name}" CommandId="{identity}">{base64.b64encode(data).decode()}</rsp:Stream>'
        if data
        else ""
    )


def _end(name: str, identity: str) -> str:
    return f'<rsp:Stream Name="{name}" CommandId="{identity}" End="true"></rsp:Stream>'
