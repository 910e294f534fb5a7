# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A change is data: the object, what differs before and after, the cmdlet that makes it, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from ..base.comparison import same
from ..base.display import shown
from .cmdlet import Cmdlet

# What became of a change. A prediction is what a run in check mode would write.
PREDICTED, DONE, FAILED, UNCERTAIN, OPEN = "predicted", "done", "failed", "uncertain", "open"
# A write before it failed, so that this one never left: the only word that says for sure that nothing was done.
NOT_SENT: Final = "not_sent"
# The types of object whose property is a list of many entries, each of which stands on a line of its own.
NAMES: Final = "names"
REPLY_URLS: Final = "reply_urls"
LISTS: Final[Mapping[str, str]] = {NAMES: "servicePrincipalNames", REPLY_URLS: "replyUrls"}


@dataclass(frozen=True)
class ObjectChange:
    """One write to one object, as the result of a task returns it. ``target`` says for a machine which object it is."""

    object: str
    target: Mapping[str, Any]
    command: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    result: str = PREDICTED
    # Ties it to the record of the run; a prediction is not recorded.
    id: str = ""

    def facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Change:
    """One write that is planned: its properties before and after, and the cmdlet that does it.

    ``target`` says for a machine which object it is: {type, guid, ...}; a restore finds it by that.
    """

    object: str
    target: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    cmdlet: Cmdlet

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


def result_of(changes: Iterable[ObjectChange], *, predicting: bool) -> dict[str, Any]:
    """What every writing action returns of what it writes, or would write in check mode.

    In apply mode the record's own account takes the place of ``changes`` when the task ends.
    """
    changes = tuple(changes)
    return {
        "changed": bool(changes),
        "predicted": predicting and bool(changes),
        "changes": [change.facts() for change in changes] if predicting else [],
        "diff": [diff(change) for change in changes],
    }


def diff(change: ObjectChange) -> dict[str, str]:
    """A before/after pair, in the form Ansible prints with --diff."""
    return {
        "before_header": change.object,
        "after_header": f"{change.object}    {change.command}",
        "before": lines(change.target, change.before),
        "after": lines(change.target, change.after),
    }


def lines(target: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The properties of an object for people, one a line; of a tenant's names and reply URLs each is a line."""
    if target["type"] in LISTS:
        return "".join(f"{name}\n" for names in values.values() for name in sorted(names))
    return property_lines(values)


def property_lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{name}: {shown(value)}\n" for name, value in values.items())


def differing(expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that do not read back as they were written, with what was read. An unset list is an empty one."""
    return {
        name: found.get(name)
        for name, value in expected.items()
        if name not in found or not same(_listed(found[name], value), value)
    }


def _listed(value: Any, like: Any) -> Any:
    return [] if value is None and isinstance(like, (list, tuple)) else value
