# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM on the wire: WS-Management shells of cmd.exe over https, basic or client certificate."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from aiohttp import web

from .powershell import ConnectionDies, Server

_NS: Final = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
}
_SHELL: Final = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_CMD: Final = f"{_SHELL}/cmd"
_MUTUAL: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


@dataclass
class Command:
    """A running command line: what was typed, what came on stdin."""

    line: str
    user: str
    stdin: bytearray = field(default_factory=bytearray)


class Fault(Exception):
    """A WS-Management fault."""

    def __init__(self, code: int, subcode: str, text: str) -> None:
        super().__init__(text)
        self.code, self.subcode = code, subcode


class WinRM:
    """The listener of one server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._shells: dict[str, dict[str, Command]] = {}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        server = self.server
        user = self._user(request)
        if user is None or server.faults.take("http", host=server.name, action="401"):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="WSMAN"'})
        envelope = ElementTree.fromstring(await request.read())
        message = envelope.findtext(".//a:MessageID", "", _NS)
        action = envelope.findtext(".//a:Action", "", _NS)
        try:
            body = await self._act(action, envelope, user)
        except ConnectionDies:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        except Fault as fault:
            return _reply(500, f"{_NS['a']}/fault", message, _fault_body(fault, server.name))
        return _reply(200, f"{action}Response", message, body)

    def _user(self, request: web.Request) -> str | None:
        header = request.headers.get("Authorization", "")
        if header == _MUTUAL:
            return self._certificate_user(request)
        if not header.startswith("Basic "):
            return None
        name, password = base64.b64decode(header[6:]).decode("utf-8").split(":", 1)
        return name if self.server.organization.user(name, password) is not None else None

    def _certificate_user(self, request: web.Request) -> str | None:
        """The user a client certificate is mapped to: its common name."""
        certificate = request.get_extra_info("peercert") or {}
        names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
        return next((name for name in names if self.server.organization.user(name, None) is not None), None)

    async def _act(self, action: str, envelope: ElementTree.Element, user: str) -> str:
        uri = envelope.findtext(".//w:ResourceURI", "", _NS)
        if uri != _CMD:
            raise Fault(2150858811, "w:InvalidResourceURI", f'The resource URI "{uri}" was not found in the WS-Management catalog.')
        name = action.rsplit("/", 1)[-1]
        if name == "Create":
            return self._create()
        shell = envelope.findtext(".//w:Selector", "", _NS)
        if shell not in self._shells:
            raise Fault(2150858843, "w:InvalidSelectors", "The request contained invalid selectors: the shell was not found.")
        if name == "Delete":
            del self._shells[shell]
            return ""
        handler = {"Command": self._command, "Send": self._send, "Signal": self._signal}.get(name)
        if handler is not None:
            return handler(self._shells[shell], envelope, user)
        if name == "Receive":
            return await self._receive(self._shells[shell], envelope)
        raise Fault(2150858817, "w:ActionNotSupported", f"The action {action} is not supported.")

    def _create(self) -> str:
        shell = str(uuid.uuid4()).upper()
        self._shells[shell] = {}
        return (
            f"<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{_CMD}</w:ResourceURI>"
            f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
            f"<rsp:Shell><rsp:ShellId>{shell}</rsp:ShellId><rsp:ResourceUri>{_CMD}</rsp:ResourceUri><rsp:Owner>lab</rsp:Owner>"
            "<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
            "<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
        )

    def _command(self, commands: dict[str, Command], envelope: ElementTree.Element, user: str) -> str:
        # ansible-core 2.21 sends the whole line as Command, earlier ones split it.
        words = [envelope.findtext(".//rsp:Command", "", _NS), *(item.text or "" for item in envelope.iterfind(".//rsp:Arguments", _NS))]
        identity = str(uuid.uuid4()).upper()
        commands[identity] = Command(" ".join(word for word in words if word), user)
        return f"<rsp:CommandResponse><rsp:CommandId>{identity}</rsp:CommandId></rsp:CommandResponse>"

    def _send(self, commands: dict[str, Command], envelope: ElementTree.Element, user: str) -> str:
        for stream in envelope.iterfind(".//rsp:Stream", _NS):
            self._one(commands, stream.get("CommandId", "")).stdin += base64.b64decode(stream.text or "")
        return "<rsp:SendResponse/>"

    def _signal(self, commands: dict[str, Command], envelope: ElementTree.Element, user: str) -> str:
        commands.pop(envelope.find(".//rsp:Signal", _NS).get("CommandId", ""), None)  # type: ignore[union-attr]
        return "<rsp:SignalResponse/>"

    async def _receive(self, commands: dict[str, Command], envelope: ElementTree.Element) -> str:
        desired = envelope.find(".//rsp:DesiredStream", _NS)
        identity = desired.get("CommandId", "") if desired is not None else ""
        command = self._one(commands, identity)
        stdout, stderr, code = await self.server.run(command.line, bytes(command.stdin), command.user)
        streams = "".join(_stream(name, identity, data) for name, data in (("stdout", stdout), ("stderr", stderr)))
        return (
            f'<rsp:ReceiveResponse>{streams}<rsp:CommandState CommandId="{identity}" State="{_SHELL}/CommandState/Done">'
            f"<rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>"
        )

    @staticmethod
    def _one(commands: Mapping[str, Command], identity: str) -> Command:
        if identity not in commands:
            raise Fault(2150858843, "w:InvalidSelectors", "The request contained invalid selectors: the command was not found.")
        return commands[identity]


def _stream(name: str, identity: str, data: bytes) -> str:
    text = f'<rsp:Stream Name="{name}" CommandId="{identity}">{base64.b64encode(data).decode()}</rsp:Stream>' if data else ""
    return f'{text}<rsp:Stream Name="{name}" CommandId="{identity}" End="true"></rsp:Stream>'


def _fault_body(fault: Fault, machine: str) -> str:
    text = escape(str(fault))
    detail = (
        f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{fault.code}" Machine="{machine}">'
        f"<f:Message>{text}</f:Message></f:WSManFault>"
    )
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
    )


def _reply(status: int, action: str, relates_to: str, body: str) -> web.Response:
    spaces: Any = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NS.items())
    text = (
        f'<s:Envelope xml:lang="en-US" {spaces}><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>'
        f"<a:To>{_NS['a']}/role/anonymous</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
    return web.Response(status=status, text=text, content_type="application/soap+xml", charset="UTF-8")
