# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A cmdlet as data: the domain makes them, a transport renders them, and nobody joins text to a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..base.command import PowerShell, Variable
from ..base.comparison import fold
from ..base.errors import Refused
from ..base.facts import Facts
from ..base.values import Properties


class ThisServer:
    """Stands for the name of the server the Exchange shell runs on; only the transport knows it."""

    def __repr__(self) -> str:
        return "THIS_SERVER"


THIS_SERVER: Final = ThisServer()
if TYPE_CHECKING:
    from typing import TypeAlias

    ServerName: TypeAlias = "str | ThisServer"  # Python 3.8 cannot make this alias


@dataclass(frozen=True)
class Cmdlet:
    """One cmdlet with typed parameters.

    ``returns`` names the properties the caller reads. ``pin`` says that the cmdlet takes ``-DomainController``
    and is to be sent to the domain controller that served the first read of its shell. ``on_error`` "continue"
    is for reads that are judged one by one; a list that writes stops at its first error. ``local`` is run by the
    server's own PowerShell instead of Exchange's shell. ``expected`` are properties that a read has to show as they
    were before: the list stops behind it where its one object is another, so that nothing is written that rests on
    them. ``raw`` asks for every property, each object in the shape in which it arrived (``_exchange/raw.py``), and for
    the time that the cmdlet took. ``confirm`` False is for a cmdlet that asks nothing, and that not every version lets
    be told so.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    returns: tuple[str, ...] = ()
    on_error: str = "stop"
    pin: bool = True
    local: bool = False
    expected: Mapping[str, Any] | None = None
    raw: bool = False
    confirm: bool = True

    @property
    def writes(self) -> bool:
        # Of requests to the web the script knows one that reads, and no other.
        return not fold(self.name).startswith(("get-", "test-", "invoke-webrequest"))

    @property
    def sent(self) -> Mapping[str, Any]:
        """The parameters, and what keeps a cmdlet that writes from asking whether it may: nobody is there to answer.

        Every page of a Set offers -Confirm; -Force is with the parameters, for not every cmdlet has it.
        """
        asks = self.writes and self.confirm and not self.local
        return {**self.parameters, "Confirm": False} if asks else self.parameters

    def ends(self, result: CmdletResult) -> bool:
        """Whether a list ends behind this result, and what is after it is not run."""
        return bool(result.errors and self.on_error == "stop") or not self.as_expected(result)

    def as_expected(self, result: CmdletResult) -> bool:
        if self.expected is None:
            return True
        return len(result.objects) == 1 and all(
            result.objects[0].get(name) == value for name, value in self.expected.items()
        )

    def typed(self, server: str | None = None) -> str:
        """The command line an administrator would type in the Exchange Management Shell."""
        here = server or Variable("env:COMPUTERNAME")
        return PowerShell(
            self.name, {name: here if isinstance(value, ThisServer) else value for name, value in self.sent.items()}
        ).text


@dataclass(frozen=True)
class Unread:
    """Stands for a value that a transport cannot read. It is no text, no list and no Boolean, so that no reader takes
    it for one."""

    reason: str

    def __repr__(self) -> str:
        return f"unreadable ({self.reason})"


@dataclass(frozen=True)
class ErrorRecord(Facts):
    """An error record of PowerShell: fully qualified id, category, exception name, target, message."""

    id: str
    category: str
    reason: str
    target: str
    message: str


@dataclass(frozen=True)
class CmdletResult:
    """What one cmdlet gave back. ``ran`` is false for a cmdlet behind one that stopped the list. A raw one was
    timed."""

    objects: list[dict[str, Any]]
    errors: list[ErrorRecord]
    warnings: list[str]
    ran: bool = True
    milliseconds: int | None = None

    @property
    def ok(self) -> bool:
        return self.ran and not self.errors

    def properties(self, cmdlet: str) -> list[Properties]:
        """The objects to be parsed; ``cmdlet`` is who answers, for messages."""
        return [Properties(found, cmdlet) for found in self.objects]

    def only(self, cmdlet: str) -> Properties:
        """The one object of a read. Exchange answers a wrong identity with *all* objects, so the count is checked."""
        if len(self.objects) != 1:
            raise Refused(f"{cmdlet} returned {len(self.objects)} objects where exactly one was expected.")
        return Properties(self.objects[0], cmdlet)
