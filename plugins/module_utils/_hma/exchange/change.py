# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A change is data: the object, what differs before and after, the cmdlet that makes it, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..base.comparison import same
from ..base.display import shown
from ..base.facts import Facts
from .cmdlet import Cmdlet

if TYPE_CHECKING:
    from typing import TypeAlias

    # What a property of an object holds, as a cmdlet takes it.
    Value: TypeAlias = "str | bool | int | Sequence[str] | None"  # Python 3.8 cannot make this alias

# What became of a change. A prediction is what a run in check mode would write.
PREDICTED, DONE, FAILED, UNCERTAIN, OPEN = "predicted", "done", "failed", "uncertain", "open"
# A write before it failed, so that this one never left: the only word that says for sure that nothing was done.
NOT_SENT: Final = "not_sent"
# The types of object whose property is a list of many entries, each of which stands on a line of its own.
NAMES: Final = "names"
REPLY_URLS: Final = "reply_urls"
LISTS: Final[Mapping[str, str]] = {NAMES: "servicePrincipalNames", REPLY_URLS: "replyUrls"}


@dataclass(frozen=True)
class ObjectChange(Facts):
    """One write to one object, as the result of a task returns it. ``target`` says for a machine which object it is."""

    object: str
    target: Mapping[str, str]
    command: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    result: str = PREDICTED
    # Ties it to the record of the run; a prediction is not recorded.
    id: str = ""


@dataclass(frozen=True)
class Change:
    """One write that is planned: its properties before and after, and the cmdlet that does it.

    ``target`` says for a machine which object it is: {type, guid, ...}; a restore finds it by that. ``beside`` is what
    Exchange may change with it, as it was before. ``gives_back`` marks the second half of a write: it gives an object
    what Exchange took from it in the write before.
    """

    object: str
    target: Mapping[str, str]
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    cmdlet: Cmdlet
    beside: Mapping[str, Value] = field(default_factory=dict)
    gives_back: bool = False

    @property
    def predicted(self) -> ObjectChange:
        return ObjectChange(self.object, dict(self.target), self.cmdlet.typed(), dict(self.before), dict(self.after))


@dataclass(frozen=True)
class Plan:
    """Writes in the order they are to be sent, and what a person should know of them."""

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def cmdlets(self) -> tuple[Cmdlet, ...]:
        return tuple(change.cmdlet for change in self.changes)

    @property
    def predicted(self) -> tuple[ObjectChange, ...]:
        return tuple(change.predicted for change in self.changes)


@dataclass(frozen=True)
class Difference(Facts):
    """A before/after pair, in the form Ansible prints with --diff."""

    before_header: str
    after_header: str
    before: str
    after: str

    @classmethod
    def of(cls, change: ObjectChange) -> Difference:
        return cls(
            before_header=change.object,
            after_header=f"{change.object}    {change.command}",
            before=lines(change.target, change.before),
            after=lines(change.target, change.after),
        )


@dataclass(frozen=True)
class Account(Facts):
    """What every writing action returns of what it writes, or would write in check mode."""

    changed: bool
    predicted: bool
    changes: tuple[ObjectChange, ...]
    diff: tuple[Difference, ...]

    @classmethod
    def of(cls, changes: Iterable[ObjectChange], *, predicting: bool) -> Account:
        """In apply mode the record's own account takes the place of ``changes`` when the task ends."""
        changes = tuple(changes)
        return cls(
            changed=bool(changes),
            predicted=predicting and bool(changes),
            changes=changes if predicting else (),
            diff=tuple(map(Difference.of, changes)),
        )


def lines(target: Mapping[str, str], values: Mapping[str, Value]) -> str:
    """The properties of an object for people, one a line; of a tenant's names and reply URLs each is a line."""
    if target["type"] in LISTS:
        return "".join(f"{name}\n" for names in values.values() for name in sorted(_listed(names)))
    return property_lines(values)


def property_lines(values: Mapping[str, object]) -> str:
    return "".join(f"{name}: {shown(value)}\n" for name, value in values.items())


def differing(expected: Mapping[str, Value], found: Mapping[str, Value]) -> dict[str, Value]:
    """The properties that do not read back as they were written, with what was read. An unset list is an empty one."""
    return {
        name: found.get(name)
        for name, value in expected.items()
        if name not in found or not same(_as_expected(found[name], value), value)
    }


def _as_expected(value: Value, expected: Value) -> Value:
    return [] if value is None and isinstance(expected, (list, tuple)) else value


def _listed(value: Value) -> Sequence[str]:
    return value if isinstance(value, (list, tuple)) else ()
