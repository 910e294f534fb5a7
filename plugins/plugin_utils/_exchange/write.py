# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Writing a plan to Exchange: intent on disk, cmdlets in one shell, outcome on disk, read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import NOT_SENT

from .._alive import Orphaned, refuse_orphan
from .._record.writer import Record
from .errors import ExchangeError
from .failures import cmdlet_failure
from .shell import Answer, Shell


@dataclass(frozen=True)
class Written:
    """The read-backs, in the order of ``read_back``'s cmdlets, and what Exchange warned."""

    read_back: list[CmdletResult]
    warnings: list[str]


def write_plan(
    shell: Shell,
    plan: Plan,
    record: Record,
    *,
    host: str,
    read_back: Callable[[Change], Cmdlet] | None = None,
    read_after: Sequence[Cmdlet] = (),
    domain_controller: str | None,
) -> Written:
    """Send the plan in one shell. ``read_back`` reads each object right after its write, ``read_after`` once at the end.

    ExchangeError says which cmdlet failed and what had been done before; ``uncertain`` when the connection broke.
    """
    numbers = [record.intent(change.object, change.target, change.cmdlet.typed(), dict(change.before), dict(change.after)) for change in plan.changes]
    cmdlets: list[Cmdlet] = []
    for change in plan.changes:
        cmdlets.append(change.cmdlet)
        if read_back is not None:
            cmdlets.append(read_back(change))
    cmdlets += read_after
    try:
        refuse_orphan()
        answer = shell.run(cmdlets, domain_controller=domain_controller)
    except Orphaned as exc:
        for number in numbers:
            record.outcome(number, NOT_SENT, str(exc))
        raise
    except ExchangeError as exc:
        for number in numbers:
            record.outcome(number, "uncertain" if exc.uncertain else "failed", str(exc))
        if exc.uncertain:
            objects = ", ".join(dict.fromkeys(change.object for change in plan.changes))
            raise ExchangeError(f"{exc} Uncertain: {objects}. Run this again: it reads first and does what is left.", uncertain=True) from None
        raise
    _settle(plan, numbers, cmdlets, answer, record, host)
    reads = [result for cmdlet, result in zip(cmdlets, answer.results, strict=True) if not cmdlet.writes]
    return Written(reads, [text for result in answer.results for text in result.warnings])


def _settle(plan: Plan, numbers: Sequence[str], cmdlets: Sequence[Cmdlet], answer: Answer, record: Record, host: str) -> None:
    """Outcome of each write on disk; the first cmdlet that failed is raised."""
    failed: str | None = None
    writes = [result for cmdlet, result in zip(cmdlets, answer.results, strict=True) if cmdlet.writes]
    for number, change, result in zip(numbers, plan.changes, writes, strict=True):
        if result.ok:
            record.outcome(number, "done")
        elif not result.ran:
            record.outcome(number, NOT_SENT, "a cmdlet before it failed")
        else:
            text = cmdlet_failure(host, change.cmdlet, result.errors[0])
            record.outcome(number, "failed", text)
            failed = failed or text
    for cmdlet, result in zip(cmdlets, answer.results, strict=True):
        if not cmdlet.writes and result.errors and failed is None:
            failed = cmdlet_failure(host, cmdlet, result.errors[0])
    if failed is not None:
        done = [change.object for change, result in zip(plan.changes, writes, strict=True) if result.ok]
        raise ExchangeError(f"{failed} Done before it: {', '.join(done) or 'nothing'}. Run this again when it is mended.")
