# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a server's own commands say, read in the same shell as the rest: the version of its files, errors in
its event log, and whether it reaches Entra (its ways out).

Where a connection cannot ask the server itself, the rest is read all the same, and each part has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import server_files
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import LoggedError, Way

from ._exchange.errors import ExchangeError, NotLocal, not_local
from ._exchange.failures import cmdlet_failure
from ._exchange.shell import Answer, Shell

Part = TypeVar("Part")
PARTS = ("version", "events", "ways")


@dataclass(frozen=True)
class BothAnswers:
    """The answer to the cmdlets of Exchange, and what the server's own commands gave; none, and why, where it cannot be
    asked."""

    answer: Answer
    own: Sequence[CmdletResult] | None
    reason: str = ""


@dataclass
class OnServer:
    """What the server's own commands said. A part that is None was not read; ``unread`` says why."""

    version: str | None = None
    events: Sequence[LoggedError] | None = None
    ways: Sequence[Way] | None = None
    unread: list[Unread] = field(default_factory=list)


def ask(shell: Shell, cmdlets: Sequence[Cmdlet], local: Sequence[Cmdlet], *, through: str | None) -> BothAnswers:
    """Both lists in one shell. A server that is reached through another one is not the one that would answer."""
    if through and local:
        reason = f"it is read on {through} itself, and that is reached through another server."
        return BothAnswers(shell.run(cmdlets), None, reason)
    if not local:
        return BothAnswers(shell.run(cmdlets), ())
    try:
        answer = shell.run([*cmdlets, *local])
    except NotLocal as exc:
        return BothAnswers(shell.run(cmdlets), None, str(exc))
    return BothAnswers(answer, answer.results[len(cmdlets) :])


def out_of_reach(host: str) -> list[Unread]:
    """Why no part is read where nothing but Exchange answers, for those who do not even ask."""
    reason = not_local(host, "the server's own commands cannot be run over Exchange's own endpoint.")
    return [Unread(part, str(reason)) for part in PARTS]


def parse(host: str, local: Sequence[Cmdlet], answer: BothAnswers) -> OnServer:
    """The parts, each by itself: one that failed leaves the others as they are."""
    found = OnServer()
    if answer.own is None:
        found.unread = [Unread(part, answer.reason) for part in PARTS]
        return found
    pairs = list(zip(local, answer.own, strict=True))
    found.version = _part(found, "version", lambda: str(server_files.parse_version(_without_errors(host, *pairs[0]))))
    found.events = _part(found, "events", lambda: server_files.parse_events(_without_errors(host, *pairs[1])))
    found.ways = _part(
        found, "ways", lambda: [server_files.parse_way(pair[0], _without_errors(host, *pair)) for pair in pairs[2:]]
    )
    return found


def _part(found: OnServer, name: str, read: Callable[[], Part]) -> Part | None:
    try:
        return read()
    except (ExchangeError, ParseError, Refused) as exc:
        found.unread.append(Unread(name, str(exc)))
        return None


def _without_errors(host: str, cmdlet: Cmdlet, result: CmdletResult) -> CmdletResult:
    """The result as it is; ExchangeError where the command failed."""
    if result.errors:
        raise ExchangeError(cmdlet_failure(host, cmdlet, result.errors[0]))
    return result
