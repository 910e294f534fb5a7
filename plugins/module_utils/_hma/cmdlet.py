# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A cmdlet as data: the domain makes them, a transport renders them, nobody splices text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


class ThisServer:
    """Stands for the name of the server the Exchange shell runs on; only the transport knows it."""

    def __repr__(self) -> str:
        return "THIS_SERVER"


THIS_SERVER: Final = ThisServer()


@dataclass(frozen=True)
class Cmdlet:
    """One cmdlet with typed parameters.

    ``returns`` names the properties the caller reads. ``pin`` says that the cmdlet takes ``-DomainController``
    and is to be sent to the domain controller that served the first read of its shell. ``on_error`` "continue"
    is for reads that are judged one by one; a list that writes stops at its first error.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    returns: tuple[str, ...] = ()
    on_error: str = "stop"
    pin: bool = True

    @property
    def writes(self) -> bool:
        return not self.name.lower().startswith(("get-", "test-"))

    @property
    def sent(self) -> Mapping[str, Any]:
        """The parameters, and what keeps a cmdlet that writes from asking whether it may: nobody is there to answer.

        Every page of a Set offers -Confirm; -Force is with the parameters, for not every cmdlet has it.
        """
        return {**self.parameters, "Confirm": False} if self.writes else self.parameters

    def typed(self, server: str | None = None) -> str:
        """The command line an administrator would type in the Exchange Management Shell."""
        return " ".join([self.name, *(_pair(name, value, server) for name, value in self.sent.items())])


@dataclass(frozen=True)
class Unread:
    """Stands for a value that a transport cannot read. It is no text, no list and no Boolean, so that no reader takes it for one."""

    reason: str

    def __repr__(self) -> str:
        return f"unreadable ({self.reason})"


@dataclass(frozen=True)
class ErrorRecord:
    """An error record of PowerShell: fully qualified id, category, exception name, target, message."""

    id: str
    category: str
    reason: str
    target: str
    message: str


@dataclass(frozen=True)
class CmdletResult:
    """What one cmdlet gave back. ``ran`` is false for a cmdlet behind one that stopped the list."""

    objects: list[dict[str, Any]]
    errors: list[ErrorRecord]
    warnings: list[str]
    ran: bool = True

    @property
    def ok(self) -> bool:
        return self.ran and not self.errors


# Switch parameters take no value of their own: -Force, and -Confirm:$false to say no.
_SWITCHES: Final = frozenset({"ADPropertiesOnly", "Confirm", "Force", "IgnoreDefaultScope"})


def _pair(name: str, value: Any, server: str | None) -> str:
    if name in _SWITCHES:
        return f"-{name}" if value else f"-{name}:$false"
    return f"-{name} {_literal(value, server)}"


def _literal(value: Any, server: str | None) -> str:
    if isinstance(value, ThisServer):
        return _quote(server) if server else "$env:COMPUTERNAME"
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "@(" + ", ".join(_quote(str(item)) for item in value) + ")"
    return _quote(str(value))


def _quote(text: str) -> str:
    # PowerShell ends a single-quoted string at any of these five quotes and doubles them to escape
    # (about_Quoting_Rules; the parser treats the typographic ones as equals).
    for mark in "'\u2018\u2019\u201a\u201b":
        text = text.replace(mark, mark * 2)
    return f"'{text}'"
