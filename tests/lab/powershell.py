# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What powershell.exe of a simulated server does with the one command line and the one script it knows.

No PowerShell is run here: the script's meaning is written again in Python. With the lab's option ``script`` the real
engine runs it instead (``engine``). Either way, anything but exactly this bootstrap and this script is refused.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from . import windows
from .authentication import Caller
from .binder import ShellError, bind, commands, listed
from .exchange import Organization, is_local, product_of
from .journal import Faults, Journal
from .latency import Latency
from .lifecycle import NO_ENDPOINT
from .product import Script, request_of
from .sign_in_logs import Count
from .spoiled import spoiled

# PowerShellMaxConcurrency of the default throttling policy, per user; that each server counts for itself is assumed.
EXCHANGE_SHELLS = 18
_TOO_MANY = (
    "[FailureCategory=AuthZ-AuthorizationException] Fail to create a runspace because you have exceeded the "
    "maximum number of connections allowed : "
    f"{EXCHANGE_SHELLS} for the policy party : MaxConcurrency. Please close existing runspace and try again."
)
_ENCODED = re.compile(
    r"^PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand ([A-Za-z0-9+/=]+)$"
)


def no_role(user: str) -> str:
    category = "[FailureCategory=AuthZ-CmdletAccessDeniedException]"
    return f'{category} The user "{user}" isn\'t assigned to any management roles.'


class NoRole(ShellError):
    """Exchange refuses an account that has none of its roles."""

    def __init__(self, text: str) -> None:
        super().__init__("-2144108477,PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", text)


class ConnectionDies(Exception):
    """The fault of a connection that breaks."""


@dataclass
class Outcome:
    """What one cmdlet gave: whole objects, error records, warnings; ``terminating`` where it never began."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    terminating: bool = False


# The name of a cmdlet and what was given to it -> its full name and its parameters by their full names.
Binder = Callable[[str, Mapping[str, Any], str, str], tuple[str, dict[str, Any]]]


# A question to the client -> what comes of the cmdlet.
Asker = Callable[[str], Awaitable[Outcome]]


async def nobody(_question: str) -> Outcome:
    """The host of a shell that was started with -NonInteractive, as the script is: it refuses, and the cmdlet ends in
    that error."""
    text = "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."
    return Outcome(
        errors=[ShellError("InvalidOperation", "InvalidOperation", "PSInvalidOperationException", text).record]
    )


class Runner(Protocol):
    """Runs the script where the real engine is to do it."""

    async def run(self, server: Server, script: str, stdin: str, caller: Caller) -> list[str]: ...


class Server:
    """One Windows server: who it is, whose organization it belongs to, and its two ways of running something."""

    def __init__(
        self,
        name: str,
        organization: Organization,
        journal: Journal,
        faults: Faults,
        runner: Runner | None = None,
        latency: Latency | None = None,
        disk: Path | None = None,
    ) -> None:
        self.name = name
        self.organization = organization
        self.journal = journal
        self.faults = faults
        self._runner = runner
        self._latency = latency or Latency({})
        self.open: Counter[str] = Counter()
        # Where Exchange is installed on it.
        self.disk = disk

    async def run(self, command: str, stdin: bytes, caller: Caller) -> tuple[bytes, bytes, int]:
        """stdout, stderr, exit code of a command line."""
        if len(command) > 8191:
            return b"", b"The command line is too long.\r\n", 1
        match = _ENCODED.match(command)
        bootstrap = base64.b64decode(match.group(1)).decode("utf-16-le") if match else ""
        lines = await self.script(bootstrap, stdin.decode("ascii"), caller)
        if lines is None:
            return b"", b"The lab runs no other script than the product's own.\r\n", 1
        return "".join(f"{line}\r\n" for line in lines).encode("ascii"), b"", 0

    async def script(self, bootstrap: str, stdin: str, caller: Caller, *, core: bool = False) -> list[str] | None:
        """The lines that the product's script prints; None for any other script. ``core``: PowerShell 7 runs it."""
        request = request_of(bootstrap, stdin)
        if request is None:
            return None
        if self._runner is not None and not core:
            lines = await self._runner.run(self, bootstrap, stdin, caller)
        else:
            lines = await Script(self, caller, core=core).lines(request)
        return spoiled(lines, self.faults, self.name)

    async def opening(self) -> None:
        """Wait as long as an Exchange shell takes to open."""
        await self._latency.wait("shell")

    def second_hop(self, credential: dict[str, str] | None, caller: Caller) -> str:
        """The rights of who opens the remote Exchange shell from the server. A network logon has nothing to pass on
        (double hop)."""
        if credential is not None:
            return self.session(self.organization.user(credential["user"], credential["password"]), credential["user"])
        return self.session(self.organization.user(caller.user, None) if caller.passes_on else None, caller.user)

    def session(self, who: Mapping[str, Any] | None, shown: str) -> str:
        """Open an Exchange shell for a user and return its rights; ShellError as Exchange refuses it."""
        if is_local(shown):
            # Kerberos knows no accounts of a single server.
            who = None
        self.journal.add("shell", host=self.name, user=shown, ok=who is not None)
        if self.name.casefold() in self.organization.left:
            text = NO_ENDPOINT.format(self.organization.fqdn(self.name))
            raise ShellError("URLNotAvailable,PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", text)
        if who is None:
            text = self.organization.position.refusal(self.organization.fqdn(self.name))
            raise ShellError("AccessDenied,PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", text)
        fault = self.faults.take("session", host=self.name)
        if fault:
            raise ShellError("PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", str(fault["message"]))
        if who.get("rights", "full") == "none":
            raise NoRole(self._received(no_role(str(who["name"]))))
        if self.open[str(who["name"])] >= EXCHANGE_SHELLS:
            raise ShellError("PSSessionOpenFailed", "OpenError", "PSRemotingTransportException", _TOO_MANY)
        self.open[str(who["name"])] += 1
        return str(who.get("rights", "full"))

    def _received(self, text: str) -> str:
        """A text as New-PSSession shows it, where it came while the shell was received."""
        if self.organization.position("no_role") == "create":
            return text
        server = self.organization.fqdn(self.name)
        return f"Processing data from remote server {server} failed with the following error message: {text}"

    def leave(self, shown: str) -> None:
        """An Exchange shell of this user is closed."""
        who = self.organization.user(shown, None)
        if who is not None:
            self.open[str(who["name"])] -= 1

    def restart_iis(self) -> None:
        """What Restart-Service W3SVC,WAS does on this server."""
        self.journal.add("iis", host=self.name)
        self.organization.web_directories.restarted(self.organization.directory.controllers[0], self.name)

    def local(self, name: str, parameters: Mapping[str, Any]) -> Outcome:
        """A command that Windows itself runs, outside of Exchange's shell."""
        self.journal.add("local", host=self.name, name=name, parameters=dict(parameters))
        if name == "Restart-Service":
            self.restart_iis()
            return Outcome()
        try:
            return Outcome(windows.run(self.organization.servers[self.name.casefold()], name, parameters))
        except ShellError as exc:
            return Outcome(errors=[exc.record])

    async def count_sign_ins(self, given: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Objects and errors of counting sign-ins in the logs of this server.

        A fault at "file" has the ``name`` of a file or folder below that of the logs, and the ``message`` with which
        the system does not give it. One at "count" lets a call take ``seconds``, and stop after so many ``files``.
        """
        self.journal.add("sign_ins", host=self.name, counted=len(given["Counted"]))
        slow = self.faults.take("count", host=self.name) or {}
        await asyncio.sleep(float(slow.get("seconds", 0)))
        try:
            if self.disk is None:
                raise LookupError("There is no Exchange on this server.")
            return Count(self.disk, given, self._trouble, int(slow.get("files", 1 << 30))).objects(), []
        except LookupError as exc:
            error = ShellError(str(exc.args[0]), "OperationStopped", "RuntimeException", str(exc.args[0]))
            return [], [error.record]

    def _trouble(self, name: str) -> str:
        """Why the system does not give a file or folder; empty where it does."""
        return str((self.faults.take("file", host=self.name, name=name) or {}).get("message", ""))

    async def cmdlet(
        self, name: str, given: dict[str, Any], rights: str, binder: Binder = bind, ask: Asker = nobody
    ) -> Outcome:
        """One cmdlet in an Exchange shell of this server, with the faults that are set for it. ``ask`` is where its
        questions go."""
        place: dict[str, Any] = {"host": self.name, "name": name}
        await asyncio.sleep(self._latency.of_cmdlet(name, given))
        slow = self.faults.take("cmdlet", action="slow", **place)
        if slow:
            await asyncio.sleep(float(slow["seconds"]))
        await self._hang("hang_before", given, place)
        if self.faults.take("cmdlet", given, action="die_before", **place):
            raise ConnectionDies
        question = self._asks(name, given, place)
        found = await ask(question) if question else self._run(name, given, rights, place, binder)
        write = not name.lower().startswith(("get-", "test-"))
        self.journal.add("cmdlet", **place, parameters=given, write=write, ok=not found.errors, errors=found.errors)
        await self._hang("hang_after", given, place)
        if self.faults.take("cmdlet", given, action="die_after", **place):
            raise ConnectionDies
        return found

    def _asks(self, name: str, given: dict[str, Any], place: dict[str, Any]) -> str | None:
        """The question of a cmdlet that is not given what lets it go on: Confirm set to no (ShouldProcess), or Force
        (ShouldContinue)."""
        fault = self.faults.take("cmdlet", given, action="asks", **place)
        if (
            fault is None
            or (fault.get("unless") == "Confirm" and given.get("Confirm") is False)
            or (fault.get("unless") == "Force" and given.get("Force"))
        ):
            return None
        return str(
            fault.get(
                "question",
                f"Are you sure you want to perform this action? Performing operation '{name}' on "
                f"'{given.get('Identity')}'.",
            )
        )

    async def _hang(self, action: str, given: dict[str, Any], place: dict[str, Any]) -> None:
        """Stand still, so that a test can kill the control node at exactly this point."""
        fault = self.faults.take("cmdlet", given, action=action, **place)
        if fault:
            self.journal.add("hang", **place)
            await asyncio.sleep(float(fault.get("seconds", 600)))

    def _run(self, name: str, given: dict[str, Any], rights: str, place: dict[str, Any], binder: Binder) -> Outcome:
        fault = self.faults.take("cmdlet", given, action="error", **place)
        if fault:
            error = ShellError(
                fault.get("id", "LabFault"), "NotSpecified", fault.get("reason", "LocalizedException"), fault["message"]
            )
            return Outcome(errors=[error.record])
        product = product_of(self.organization.servers[self.name.casefold()]["version"])
        if name.casefold() == "get-command":
            shown, unknown = commands(given, product, rights)
            return Outcome(shown, unknown)
        try:
            full, bound = binder(name, given, product, rights)
        except ShellError as exc:
            record = exc.record
            if record["id"] == "CommandNotFoundException":
                text = self.organization.position.not_recognized(name, str(exc).replace("{", "{{").replace("}", "}}"))
                record = {**record, "message": text}
            return Outcome(errors=[record], terminating=True)
        if bound.get("WhatIf") or self.faults.take("cmdlet", given, action="ignored", **place):
            return Outcome()
        try:
            objects, warnings = self.organization.run(self.name, full, listed(full, bound))
        except ShellError as exc:
            return Outcome(errors=[exc.record])
        late = self.faults.take("cmdlet", given, action="error_after", **place)
        if late:
            # Exchange writes to Active Directory, then to IIS: a cmdlet that fails in between has taken effect.
            error = ShellError(
                late.get("id", "LabFault"), "NotSpecified", late.get("reason", "LocalizedException"), late["message"]
            )
            return Outcome(errors=[error.record])
        if full == "Get-AuthServer" and product == "2013":
            # 2013 never had the property.
            objects = [{key: value for key, value in item.items() if key != "DomainName"} for item in objects]
        return Outcome(objects, warnings=warnings)
