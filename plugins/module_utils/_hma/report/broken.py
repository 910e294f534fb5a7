# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What broke a run is the first thing to do: never is there nothing to fix after a run that stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ..base.command import Shell, playbook
from .changes import Problem
from .text import Action, Affected, CommandText, Fix, ReportFinding

BROKE: Final = "HMA-STOP"
_FIX: Final = "Mend what the message names; then run this again: it reads first and does what is left."
_NO_REASON: Final = "The first message above that says failed or unreachable names the reason."


def problems(
    found: Sequence[Problem], findings: Iterable[ReportFinding], stopped: str, reason: str
) -> tuple[Problem, ...]:
    """Where the run broke. A stop that neither a step nor a finding accounts for is one too, with its reason."""
    told = found or any(item.status == "fail" or (item.gate and item.status == "not_checked") for item in findings)
    if told or not stopped:
        return tuple(found)
    return (Problem("", stopped, reason or _NO_REASON, False),)


def to_mend(found: Iterable[Problem], name: str, inventory: Sequence[str]) -> tuple[Action, ...]:
    """One thing to do per step that broke, with each message once and the hosts that said it."""
    steps: dict[str, dict[str, list[str]]] = {}
    for item in found:
        steps.setdefault(item.step, {}).setdefault(item.message, []).append(item.host or "control node")
    again = _again(name, inventory)
    return tuple(_action(step, messages, again) for step, messages in steps.items())


def _again(name: str, inventory: Sequence[str]) -> tuple[CommandText, ...]:
    if not name:
        return ()
    command: Shell = playbook(name, inventory)
    return (CommandText(command.language, command.text),)


def _action(step: str, messages: dict[str, list[str]], again: tuple[CommandText, ...]) -> Action:
    affected = tuple(Affected(", ".join(hosts), message) for message, hosts in messages.items())
    return Action(BROKE, f"The run broke at: {step}", "high", "fail", True, (Fix(_FIX, again, affected),))
