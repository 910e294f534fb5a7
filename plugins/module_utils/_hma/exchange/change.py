# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A plan: what is there, what will be there, and the cmdlets in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .cmdlet import Cmdlet


@dataclass(frozen=True)
class Change:
    """One write to one object: its properties before and after, and the cmdlet that does it.

    ``target`` says for a machine which object it is: {type, guid, ...}; a restore finds it by that.
    """

    object: str
    target: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    cmdlet: Cmdlet


@dataclass(frozen=True)
class Plan:
    """Writes in the order they are to be sent, and what a person should know of them."""

    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def cmdlets(self) -> tuple[Cmdlet, ...]:
        return tuple(change.cmdlet for change in self.changes)

    def diff(self) -> list[dict[str, str]]:
        """One before/after pair per object, in the form Ansible prints with --diff."""
        return [
            {
                "before_header": change.object,
                "after_header": f"{change.object}    {change.cmdlet.typed()}",
                "before": _lines(change.before),
                "after": _lines(change.after),
            }
            for change in self.changes
        ]


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{name}: {shown(value)}\n" for name, value in values.items())


def shown(value: Any) -> str:
    """A value as diffs and messages show it."""
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(str(item) for item in value) + "}"
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
