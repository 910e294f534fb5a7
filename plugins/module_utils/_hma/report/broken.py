# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What broke a run, as the first thing to do. After a run that stopped no report says that there is nothing to
fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..base.command import Shell, playbook
from .changes import Problem
from .text import Action, Affected, CommandText, Fix, ReportFinding

BROKE: Final = "HMA-STOP"
_MEND: Final = "Mend what the message names."
_AGAIN: Final = "Then run this again: it reads first and does what is left."
_NEXT: Final = " Next: "
NO_REASON: Final = "The first message above that says failed or unreachable names the reason."


def problems(
    found: Sequence[Problem], findings: Iterable[ReportFinding], stopped: str, reason: str
) -> tuple[Problem, ...]:
    """Where the run broke. A stop that neither a step nor a finding accounts for is one too, with its reason."""
    accounted = found or any(item.status == "fail" or (item.gate and item.status == "not_checked") for item in findings)
    if accounted or not stopped:
        return tuple(found)
    return (Problem("", stopped, reason or NO_REASON, False),)


def to_mend(
    found: Iterable[Problem], name: str, inventory: Sequence[str], options: Sequence[str] = ()
) -> tuple[Action, ...]:
    """One thing to do per step that broke. What a host said in an earlier step it need not say again."""
    steps: dict[str, list[Affected]] = {}
    seen: set[tuple[str, str]] = set()
    for item in found:
        if (item.host, item.message) not in seen:
            seen.add((item.host, item.message))
            steps.setdefault(item.step, []).append(Affected(item.host or "control node", item.message))
    again = _again(name, inventory, options)
    return tuple(_action(step, affected, again) for step, affected in steps.items())


def _again(name: str, inventory: Sequence[str], options: Sequence[str]) -> tuple[CommandText, ...]:
    if not name:
        return ()
    command: Shell = playbook(name, inventory, options=options)
    return (CommandText(command.language, command.text),)


def _action(step: str, affected: Sequence[Affected], again: tuple[CommandText, ...]) -> Action:
    fixes: dict[str, list[Affected]] = {}
    for item in affected:
        fixes.setdefault(f"{advised(item.message) or _MEND} {_AGAIN}", []).append(item)
    found = tuple(Fix(fix, again, tuple(objects)) for fix, objects in fixes.items())
    return Action(BROKE, f"The run broke at: {step}", "high", "fail", True, found)


def advised(message: str) -> str:
    """What the message itself says is to be done, as a sentence."""
    advice = message.partition(_NEXT)[2].split("\n", 1)[0].split(" Uncertain: ", 1)[0].strip().rstrip(".")
    return f"{advice[:1].upper()}{advice[1:]}." if advice else ""


def reason_of(problem: Problem) -> str:
    """The reason alone, in one line."""
    reason = problem.message.partition(_NEXT)[0].split("\n", 1)[0].strip().rstrip(".")
    return reason.removeprefix(f"{problem.host}: ") if problem.host else reason
