# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Setting overrides in one shell: read, written as a plan, read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import hybrid, web_listing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import NOT_SENT, Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.hybrid import SettingOverride
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import (
    PARAMETERS,
    TARGET,
    removal,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration

from .giving_back import Task
from .shell import Answer
from .write import Writer

_TAKEN: Final = (
    "it was there before the run, with {}. Going back makes none again: enable_owa_hma makes those that "
    "hma_owa_overrides names."
)
READ = replace(hybrid.OVERRIDES, on_error="stop")


@dataclass(frozen=True)
class Found:
    """The overrides, and why none is taken away now, or None: Outlook on the web with OAuth only rests on them."""

    overrides: list[SettingOverride]
    needed: str | None
    answer: Answer


def read_overrides(task: Task) -> Found:
    cmdlets = [READ, *web_listing.LISTED]
    answer = task.shell.run(cmdlets)
    answer.require(cmdlets)
    needed = web_listing.in_use(web_listing.parse_listing(answer.results[1:]), task.despite_owa)
    return Found(_parsed(answer.results[0]), needed, answer)


def write_overrides(writer: Writer, plan: Plan) -> list[SettingOverride]:
    """The overrides as they read back."""
    now = _parsed(writer.write(plan, read_after=[READ]).read_back[0])
    for change in plan.changes:
        writer.check_read_back(change, _found(now, change))
    return now


def restore_overrides(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """Overrides that recorded runs made go; one that somebody changed since is left alone. One that they took away is
    not made again."""
    steps = [step for step in history or [] if step.is_of(TARGET) and step.result != NOT_SENT]
    done = Restoration(live=False, handled=[step.id for step in history or [] if step.is_of(TARGET)])
    if not steps:
        return done
    found = read_overrides(task)
    first = {_name(step): step for step in reversed(steps)}
    taken = [step for step in first.values() if step.before[PARAMETERS]]
    _refuse_taken(taken, found.overrides, done)
    made = {_name(step): step for step in steps if not step.before[PARAMETERS] and first[_name(step)] not in taken}
    for item in found.overrides:
        step = made.get(fold(item.name))
        if step is None:
            continue
        if found.needed:
            done.refuse(step.object, found.needed)
        elif same(item.parameters, list(step.after[PARAMETERS])):
            done.changes.append(removal(item))
        else:
            done.refuse(step.object, "somebody changed it since: it is left alone.")
    if done.changes and task.writer is not None:
        write_overrides(task.writer(found.answer), done.plan)
    return done


def _refuse_taken(taken: Sequence[Recorded], now: Sequence[SettingOverride], done: Restoration) -> None:
    """Name the overrides that were there before the runs, and are not there as they were."""
    there = {fold(item.name): item.parameters for item in now}
    for step in taken:
        before = list(step.before[PARAMETERS])
        if not same(there.get(_name(step), []), before):
            done.refuse(step.object, _TAKEN.format(", ".join(map(str, before))))


def _name(step: Recorded) -> str:
    return fold(step.target_text("name"))


def _parsed(result: CmdletResult) -> list[SettingOverride]:
    """All of them: one that cannot be read may be the one that matters."""
    gaps: list[Unread] = []
    found = hybrid.parse_overrides(result.properties(READ.name), gaps)
    if gaps:
        raise Refused(" ".join(gap.reason for gap in gaps))
    return found


def _found(now: Sequence[SettingOverride], change: Change) -> dict[str, Any]:
    own = next((item for item in now if same(item.name, change.target["name"])), None)
    return {PARAMETERS: own.parameters if own else []}
