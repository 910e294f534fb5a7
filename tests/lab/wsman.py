# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management on the wire: envelopes, faults, and the dispatch of actions to shells by their resource URI.

A listener is one URL of one server. Who calls is the business of ``authentication``, what a shell does that of its kind
(``winrm`` for cmd.exe, ``psrp`` for PowerShell). Element order and fault bodies follow recordings of real Windows.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from aiohttp import web

from .authentication import Authentication, Caller
from .limits import IDLE, SHELLS_PER_USER, Fault, gone, injected, timed_out, too_many_shells, unknown_resource
from .powershell import ConnectionDies, Server
from .spoiled import elsewhere

__all__ = ["NS", "SHELL", "Fault", "Listener", "Message", "Opener", "Shell", "gone", "timed_out"]

NS: Final = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
}
SHELL: Final = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_DMTF: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman"
_DURATION: Final = re.compile(r"^PT(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")


@dataclass(frozen=True)
class Message:
    """A request: what is asked of which shell, and the whole envelope for the shell to read."""

    root: ElementTree.Element
    action: str
    message_id: str
    resource_uri: str
    shell_id: str
    operation_timeout: float
    max_envelope_size: int

    @classmethod
    def parse(cls, text: bytes) -> Message:
        root = ElementTree.fromstring(text)
        duration = _DURATION.match(root.findtext(".//w:OperationTimeout", "PT60S", NS))
        seconds = float(duration[1] or 0) * 60 + float(duration[2] or 0) if duration else 60.0
        return cls(
            root=root,
            action=root.findtext(".//a:Action", "", NS),
            message_id=root.findtext(".//a:MessageID", "", NS),
            resource_uri=root.findtext(".//w:ResourceURI", "", NS),
            shell_id=root.findtext(".//w:SelectorSet/w:Selector[@Name='ShellId']", "", NS),
            operation_timeout=seconds,
            max_envelope_size=int(root.findtext(".//w:MaxEnvelopeSize", "153600", NS)),
        )

    @property
    def name(self) -> str:
        """Create, Command, Send, Receive, Signal, Delete."""
        return self.action.rsplit("/", 1)[-1]

    def find(self, path: str) -> ElementTree.Element | None:
        return self.root.find(path, NS)

    def all(self, path: str) -> list[ElementTree.Element]:
        return self.root.findall(path, NS)


class Shell(ABC):
    """One open shell. Its methods return the body of the answer, or raise a Fault.

    ``before`` and ``after`` are what shells of its kind say of themselves before IdleTimeOut and after the streams.
    """

    streams: tuple[str, str]
    idle = IDLE
    before = after = ""

    def __init__(self, server: Server, message: Message, caller: Caller) -> None:
        self.server, self.caller, self.resource_uri = server, caller, message.resource_uri
        self.used = time.monotonic()
        proposed = message.find(".//rsp:Shell")
        self.identity = (proposed.get("ShellId") if proposed is not None else None) or str(uuid.uuid4()).upper()

    @abstractmethod
    async def command(self, message: Message) -> str: ...

    @abstractmethod
    async def send(self, message: Message) -> str: ...

    @abstractmethod
    async def receive(self, message: Message) -> str: ...

    @abstractmethod
    async def signal(self, message: Message) -> str: ...

    @abstractmethod
    async def close(self) -> None:
        """The shell was deleted."""

    def created(self) -> str:
        stdin, stdout = self.streams
        return (
            f"<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{self.resource_uri}</w:ResourceURI>"
            f"<w:SelectorSet><w:Selector "
            f'Name="ShellId">{self.identity}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
            f"<rsp:Shell><rsp:ShellId>{self.identity}</rsp:ShellId><rsp:ResourceUri>{self.resource_uri}</rsp:ResourceUri>"
            f"<rsp:Owner>{escape(self.caller.user)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>{self.before}"
            f"<rsp:IdleTimeOut>PT{self.idle:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>{stdin}</rsp:InputStreams><rsp:OutputStreams>{stdout}</rsp:OutputStreams>"
            f"{self.after}<rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime><rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>"
        )


# What opens a shell of one resource URI on a server for a caller; it may raise a Fault.
Opener = Callable[[Server, Message, Caller], Awaitable[Shell]]


class Listener:
    """One URL of one server."""

    def __init__(
        self, server: Server, path: str, authentication: Authentication, openers: Mapping[str, Opener]
    ) -> None:
        self.server, self.path = server, path
        self._authentication, self._openers = authentication, dict(openers)
        self.shells: dict[str, Shell] = {}
        self._late: set[asyncio.Task[Shell]] = set()

    @property
    def secure(self) -> bool:
        """Whether it is reached by https."""
        return self._authentication.secure

    def reset(self, server: Server) -> None:
        self.server = server
        self.shells.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        server = self.server
        if server.faults.take("http", host=server.name, action="401"):
            return self._authentication.challenge()
        if server.faults.take("http", host=server.name, action="503"):
            return web.Response(status=503)
        other = await elsewhere(request, server.faults, server.name)
        if other is not None:
            return other
        caller = await self._authentication.authenticate(request, server.organization)
        if isinstance(caller, web.Response):
            server.journal.add("http", host=server.name, path=self.path, action="", status=caller.status)
            return caller
        try:
            message = Message.parse(caller.body)
        except ElementTree.ParseError:
            return web.Response(status=400)
        try:
            response = _reply(200, f"{message.action}Response", message.message_id, await self._act(message, caller))
        except ConnectionDies:
            if request.transport is not None:
                request.transport.abort()
            response = web.Response(status=500)
        except Fault as fault:
            # Windows answers with the fault action of whoever defined the subcode.
            action = f"{NS['a']}/fault" if fault.subcode.startswith("a:") else f"{_DMTF}/fault"
            response = _reply(500, action, message.message_id, _fault_body(fault, server.name))
        sealed = caller.seal(response)
        how = {"logon": caller.method, "sealed": sealed.content_type.startswith("multipart/")}
        server.journal.add("http", host=server.name, path=self.path, action=message.name, status=response.status, **how)
        return sealed

    async def _act(self, message: Message, caller: Caller) -> str:
        await self._expire()
        fault = injected(self.server.faults, self.server.name, message.name)
        if fault is not None:
            raise fault
        if message.name == "Create":
            return await self._create(message, caller)
        shell = self._shell(message, caller)
        if message.name == "Delete":
            del self.shells[shell.identity.upper()]
            await shell.close()
            return ""
        handlers = {"Command": shell.command, "Send": shell.send, "Receive": shell.receive, "Signal": shell.signal}
        if message.name not in handlers:
            raise Fault(2150858817, "w:ActionNotSupported", f"The action {message.action} is not supported.")
        try:
            return await handlers[message.name](message)
        finally:
            shell.used = time.monotonic()

    async def _create(self, message: Message, caller: Caller) -> str:
        opener = self._openers.get(message.resource_uri)
        if opener is None:
            raise unknown_resource(message.resource_uri)
        if sum(shell.caller.user == caller.user for shell in self.shells.values()) >= SHELLS_PER_USER:
            raise too_many_shells()
        slow = self.server.faults.take("wsman", host=self.server.name, name="Create", action="slow")
        opening = asyncio.create_task(self._open(opener, message, caller, float(slow["seconds"]) if slow else 0.0))
        # A server may wait less long than it was asked to (MaxTimeoutms); what it began it ends all the same.
        patience = min(message.operation_timeout, float(slow.get("most", message.operation_timeout))) if slow else None
        done, _pending = await asyncio.wait({opening}, timeout=patience)
        if not done:
            self._late.add(opening)
            raise timed_out()
        return opening.result().created()

    async def _open(self, opener: Opener, message: Message, caller: Caller, seconds: float) -> Shell:
        await asyncio.sleep(seconds)
        shell = await opener(self.server, message, caller)
        self.shells[shell.identity.upper()] = shell
        return shell

    async def _expire(self) -> None:
        """Close the shells that nobody used for their idle timeout."""
        now = time.monotonic()
        for identity, shell in list(self.shells.items()):
            if now - shell.used > shell.idle:
                del self.shells[identity]
                await shell.close()

    def _shell(self, message: Message, caller: Caller) -> Shell:
        shell = self.shells.get(message.shell_id.upper())
        # A shell belongs to who opened it.
        if (
            shell is None
            or shell.caller.user.casefold() != caller.user.casefold()
            or shell.resource_uri != message.resource_uri
        ):
            raise gone("shell")
        shell.used = time.monotonic()
        return shell


def _fault_body(fault: Fault, machine: str) -> str:
    text = escape(str(fault))
    detail = f"<w:FaultDetail>{_DMTF}/faultDetail/{fault.detail}</w:FaultDetail>" if fault.detail else ""
    detail += (
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{fault.code}" '
        f'Machine="{machine}">'
        f"<f:Message>{text}</f:Message></f:WSManFault>"
    )
    if fault.wmi is not None:
        detail += (
            '<p:MSFT_WmiError xmlns:p="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError">'
            f"<p:error_Code>{fault.wmi}</p:error_Code><p:Message>{text}</p:Message></p:MSFT_WmiError>"
        )
    return (
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if fault.sender else 'Receiver'}</s:Value>"
        f"<s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
    )


def _reply(status: int, action: str, relates_to: str, body: str) -> web.Response:
    spaces: Any = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
    text = (
        f'<s:Envelope xml:lang="en-US" '
        f"{spaces}><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{NS['a']}/role/anonymous</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    return web.Response(status=status, text=text, content_type="application/soap+xml", charset="UTF-8")
