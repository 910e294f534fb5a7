# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What powershell.exe of a simulated server does with the one command line and the one script it knows.

No PowerShell is run here: the script's meaning is written again in Python, and the engine tests hold the script
itself against the real engine. Anything but exactly this bootstrap and this script is refused.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

from .authentication import Caller
from .binder import ShellError, bind
from .exchange import Organization, is_local, product_of
from .journal import Faults, Journal

_PRODUCT = Path(__file__).parents[2] / "plugins" / "plugin_utils" / "_exchange"
_ENCODED = re.compile(r"^PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand ([A-Za-z0-9+/=]+)$")


class ConnectionDies(Exception):
    """The fault of a connection that breaks."""


class Server:
    """One Windows server: who it is, whose organization it belongs to."""

    def __init__(self, name: str, organization: Organization, journal: Journal, faults: Faults) -> None:
        self.name = name
        self.organization = organization
        self.journal = journal
        self.faults = faults

    async def run(self, command: str, stdin: bytes, caller: Caller) -> tuple[bytes, bytes, int]:
        """stdout, stderr, exit code of a command line."""
        if len(command) > 8191:
            return b"", b"The command line is too long.\r\n", 1
        match = _ENCODED.match(command)
        bootstrap = base64.b64decode(match.group(1)).decode("utf-16-le") if match else ""
        request, *rest = stdin.decode("ascii").split("\n", 1)
        if not _known(bootstrap, "".join(rest)):
            return b"", b"The lab runs no other script than the product's own.\r\n", 1
        answer = await self._script(json.loads(request), caller)
        text = "<<<hybrid.exchange 1\r\n" + json.dumps(answer) + "\r\nhybrid.exchange 1>>>\r\n"
        if self.faults.take("output", host=self.name, action="noise"):
            text = "Welcome to the server\r\n{\r\n" + text + "bye\r\n"
        if self.faults.take("output", host=self.name, action="truncate"):
            text = text[: len(text) // 2]
        return text.encode("ascii"), b"", 0

    async def _script(self, request: dict[str, Any], caller: Caller) -> dict[str, Any]:
        fqdn = self.organization.fqdn(self.name)
        answer: dict[str, Any] = {
            "version": 1,
            "host": {"name": self.name.upper(), "fqdn": fqdn, "powershell": "5.1.17763.6414", "edition": "Desktop"},
            "phase": "done",
            "error": None,
            "domain_controller": request["domain_controller"],
            "results": [],
        }
        if not request["commands"]:
            return answer
        try:
            rights = self._session(request["credential"], caller)
        except ShellError as exc:
            return {**answer, "phase": "connect", "error": exc.record}
        for command in request["commands"]:
            result = await self._command(command, rights, answer)
            answer["results"].append(result)
            if not answer["domain_controller"] and result["objects"]:
                answer["domain_controller"] = result["objects"][0].get("OriginatingServer")
            if result["errors"] and command["on_error"] == "stop":
                break
        return answer

    def _session(self, credential: dict[str, str] | None, caller: Caller) -> str:
        """The rights of who opens the remote Exchange shell. A network logon has nothing to pass on (double hop)."""
        user = credential["user"] if credential else caller.user
        if credential is not None:
            who = self.organization.user(credential["user"], credential["password"])
        else:
            who = self.organization.user(user, None) if caller.passes_on else None
        if is_local(user):
            # Kerberos knows no accounts of a single server.
            who = None
        self.journal.add("shell", host=self.name, user=user, ok=who is not None)
        if who is None:
            text = (
                f"Connecting to remote server {self.organization.fqdn(self.name)} failed with the following error message : "
                "Access is denied. For more information, see the about_Remote_Troubleshooting Help topic."
            )
            raise ShellError("AccessDenied,PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", text)
        if who.get("rights", "full") == "none":
            text = f'[FailureCategory=AuthZ-CmdletAccessDeniedException] The user "{who["name"]}" isn\'t assigned to any management roles.'
            raise ShellError("-2144108477,PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", text)
        return str(who.get("rights", "full"))

    async def _command(self, command: dict[str, Any], rights: str, answer: dict[str, Any]) -> dict[str, Any]:
        given = {key: self.name.upper() if value == {"this_server": True} else value for key, value in command["parameters"].items()}
        if command["pin"] and answer["domain_controller"] and "DomainController" not in given:
            given["DomainController"] = answer["domain_controller"]
        place = {"host": self.name, "name": command["name"]}
        slow = self.faults.take("cmdlet", action="slow", **place)
        if slow:
            await asyncio.sleep(float(slow["seconds"]))
        if self.faults.take("cmdlet", action="die_before", **place):
            raise ConnectionDies
        result: dict[str, Any] = {"objects": [], "errors": [], "warnings": []}
        try:
            objects, result["warnings"] = self._run(command["name"], given, rights, place)
            wanted = [*command["returns"], "OriginatingServer"]
            result["objects"] = [{key: item[key] for key in wanted if key in item} for item in objects]
        except ShellError as exc:
            result["errors"] = [exc.record]
        write = not command["name"].lower().startswith(("get-", "test-"))
        self.journal.add("cmdlet", **place, parameters=given, write=write, ok=not result["errors"], errors=result["errors"])
        if self.faults.take("cmdlet", action="die_after", **place):
            raise ConnectionDies
        return result

    def _run(self, name: str, given: dict[str, Any], rights: str, place: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
        fault = self.faults.take("cmdlet", given, action="error", **place)
        if fault:
            raise ShellError(fault.get("id", "LabFault"), "NotSpecified", fault.get("reason", "LocalizedException"), fault["message"])
        product = product_of(self.organization.servers[self.name.casefold()]["version"])
        full, bound = bind(name, given, product, rights)
        if self.faults.take("cmdlet", action="ignored", **place):
            return [], []
        objects, warnings = self.organization.run(self.name, full, bound)
        if full == "Get-AuthServer" and product == "2013":
            # 2013 never had the property.
            objects = [{key: value for key, value in item.items() if key != "DomainName"} for item in objects]
        return objects, warnings


def _known(bootstrap: str, script: str) -> bool:
    source = (_PRODUCT / "bootstrap.py").read_text(encoding="utf-8")
    scope: dict[str, Any] = {"__file__": str(_PRODUCT / "bootstrap.py"), "__name__": "bootstrap"}
    exec(compile(source, "bootstrap.py", "exec"), scope)  # noqa: S102 - the product's own file, read for one constant
    return bool(bootstrap == scope["BOOTSTRAP"]) and script == (_PRODUCT / "exchange_shell.ps1").read_text(encoding="ascii")
