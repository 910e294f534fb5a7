# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchange's own endpoint: who gets a shell there, and its cmdlets, one a pipeline."""

from __future__ import annotations

import asyncio
from typing import Any

from psrpcore import ServerPipeline
from psrpcore.types import HostMethodIdentifier

from .authentication import Caller
from .binder import ShellError
from .exchange_types import typed
from .powershell import Outcome, Server, no_role
from .psrp import PsrpShell, RestrictedShell, error_record, fail
from .spoiled import odd
from .wsman import Fault, Message, Shell


class ExchangeShell(RestrictedShell):
    """Exchange's own endpoint: one cmdlet a pipeline, typed parameters in, typed objects out, no script text."""

    # web.config of the back end (facts on Exchange 2016 and 2019).
    idle = 900.0

    def __init__(self, server: Server, message: Message, caller: Caller, rights: str) -> None:
        super().__init__(server, message, caller)
        self._rights = rights

    def shown(self, identity: str, data: bytes) -> bytes:
        return odd(broken(self.server, data), self.server.faults, self.server.name) if identity and data else data

    async def cmdlets(self, pipeline: ServerPipeline, commands: list[Any]) -> None:
        if len(commands) != 1:
            text = "The lab runs one cmdlet a pipeline in Exchange's shell."
            fail(
                pipeline,
                {
                    "id": "LabRunsOneCmdlet",
                    "category": "NotImplemented",
                    "reason": "NotImplementedException",
                    "target": "",
                    "message": text,
                },
            )
            return
        command = commands[0]
        parameters = {str(name): _plain(value) for name, value in command.parameters}

        async def ask(question: str) -> Outcome:
            return await self._ask(pipeline, question)

        found = await self.server.cmdlet(command.command_text, parameters, self._rights, ask=ask)
        _write(pipeline, command.command_text, found)

    async def _ask(self, pipeline: ServerPipeline, question: str) -> Outcome:
        """Put a question to the client's host, and stand still until the client stops the pipeline: no answer is known
        here."""
        pipeline.host_call(HostMethodIdentifier.PromptForChoice, ["Confirm", question, [], 0])
        self.flush()
        await asyncio.Event().wait()
        return Outcome()

    async def close(self) -> None:
        await super().close()
        self.server.leave(self.caller.user)


class RefusedShell(ExchangeShell):
    """A shell for an account without a role: it is made, and says no when its client wants to receive something."""

    async def receive(self, message: Message) -> str:
        raise _refused(no_role(self.caller.user))

    async def close(self) -> None:
        """It was never counted among the account's shells."""
        await PsrpShell.close(self)


async def open_exchange(server: Server, message: Message, caller: Caller) -> Shell:
    await server.opening()
    try:
        return ExchangeShell(server, message, caller, exchange_rights(server, caller))
    except Fault:
        who = server.organization.user(caller.user, None) or {}
        if who.get("rights") != "none" or server.organization.position("no_role") != "receive":
            raise
        return RefusedShell(server, message, caller, "none")


def exchange_rights(server: Server, caller: Caller) -> str:
    """The rights of an Exchange shell that a client opens itself."""
    try:
        return server.session(server.organization.user(caller.user, None), caller.user)
    except ShellError as exc:
        raise _refused(str(exc.record["message"])) from exc


def _refused(text: str) -> Fault:
    """The front end answers with the error's text; the code is what a Windows client shows with it (-2144108477)."""
    return Fault(2150858819, "w:InternalError", text, sender=False)


def broken(server: Server, data: bytes) -> bytes:
    """Output as the faults leave it: damaged inside (XML that does not end), or cut off, so that the client asks for a
    rest that never comes."""
    if server.faults.take("output", host=server.name, action="truncate"):
        return data[: len(data) // 2]
    damaged = server.faults.take("output", host=server.name, action="damage")
    # As long as before: the fragment's header tells the length.
    return data.replace(b"</Props>", b"<xProps>") if damaged else data


def _write(pipeline: ServerPipeline, cmdlet: str, found: Outcome) -> None:
    for item in found.objects:
        pipeline.write_output(typed(cmdlet, item))
    for text in found.warnings:
        pipeline.write_warning(text)
    if found.terminating:
        fail(pipeline, found.errors[0])
        return
    for record in found.errors:
        error = error_record(record)
        pipeline.write_error(error.Exception, error.CategoryInfo, None, error.FullyQualifiedErrorId)
    pipeline.complete()


def _plain(value: Any) -> Any:
    """A parameter as the binder takes it; a string in no type but its own, as Exchange's serializer would give it."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    return int(value) if isinstance(value, int) else str(value)
