# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Undoing recorded writes: the state now says which of them took place, not the result in the record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..base.comparison import fold, folded, has, same
from ..base.display import shown
from ..base.errors import Refused
from ..exchange.change import NOT_SENT, Change, Plan
from ..exchange.virtual_directories import OAUTH
from .history import Recorded

DOMAINS: Final = "DomainName"


@dataclass(frozen=True)
class Kept:
    """An object that is left as it is, and why."""

    object: str
    reason: str


@dataclass
class Restoration:
    """What will be sent, what is left as it is and why, and which recorded writes are thereby dealt with.

    ``live`` says whether modern authentication is on when this is done.
    """

    live: bool
    changes: list[Change] = field(default_factory=list)
    refused: list[Kept] = field(default_factory=list)
    left: list[Kept] = field(default_factory=list)
    handled: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        return Plan(tuple(self.changes))

    def refuse(self, what: str, reason: str) -> None:
        self.refused.append(Kept(what, reason))


def value_before(what: str, name: str, now: Any, steps: Sequence[Recorded]) -> Any:
    """The value before the first step, from the value now: each step that took place is undone, the latest first.

    A step took place if its result is what is there, whatever the record says of it: a write that failed, or whose
    outcome is not known, may have taken effect. Refused where what is there is neither.
    """
    value = now
    for step in reversed(steps):
        if name not in step.after or step.result == NOT_SENT:
            continue
        if name == DOMAINS:
            value = _remove_added(value, step.before[name], step.after[name])
        elif same(value, step.after[name]):
            value = _revert(value, step.before[name])
        elif not same(value, step.before[name]):
            raise Refused(
                f"{name} of {what} is {shown(now)}; the run {step.run} left {shown(step.after[name])} "
                f"(before it: {shown(step.before[name])}). Somebody changed it since: it is left alone."
            )
    return value


def takes(before: Any, after: Any) -> bool:
    """Whether a change takes something away: a switch that goes off, a list that loses one of its values."""
    if isinstance(before, bool):
        return before and not after
    return not folded(before) <= folded(after)


def takes_away(change: Change) -> bool:
    """Whether a write takes something away from an object, beside what else it does."""
    return any(takes(change.before[name], value) for name, value in change.after.items())


def reversed_change(change: Change) -> Change:
    """The write that undoes a write of ours."""
    cmdlet = replace(change.cmdlet, parameters={**change.cmdlet.parameters, **change.before})
    return replace(change, before=change.after, after=change.before, cmdlet=cmdlet)


def by_guid(history: Iterable[Recorded]) -> dict[str, list[Recorded]]:
    """The recorded writes to each object, by its GUID."""
    steps: dict[str, list[Recorded]] = {}
    for step in history:
        steps.setdefault(fold(step.target_text("guid")), []).append(step)
    return steps


def _revert(value: Any, before: Any) -> Any:
    """Of a list of methods only OAuth goes, or comes back: an emptied MAPI list, for one, would let nobody in."""
    if not isinstance(value, (list, tuple)):
        return before
    rest = [method for method in value if not same(method, OAUTH)]
    return [*rest, OAUTH] if has(before, OAUTH) else rest


def _remove_added(value: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    added, kept = folded(after) - folded(before), folded(after) | folded(value)
    return [
        *(item for item in value if not folded([item]) <= added),
        *(item for item in before if not folded([item]) <= kept),
    ]
