# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A finding: what a check says of one object, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Status = Literal["pass", "warn", "fail", "not_checked", "not_applicable"]
_BLOCKING: Final = frozenset({"fail", "not_checked"})


@dataclass(frozen=True)
class Finding:
    """``gate`` findings that fail, or could not be checked, stop the enable run: unread is never taken for right."""

    id: str
    title: str
    status: Status
    object: str
    message: str
    fix: str = ""
    gate: bool = True

    @property
    def blocks(self) -> bool:
        return self.gate and self.status in _BLOCKING

    def facts(self) -> dict[str, Any]:
        return {**asdict(self), "blocks": self.blocks}


@dataclass(frozen=True)
class Check:
    """One row of the documented checks: makes findings that carry its id and title."""

    id: str
    title: str
    gate: bool = True

    def ok(self, object: str, message: str = "") -> Finding:
        return Finding(self.id, self.title, "pass", object, message, gate=self.gate)

    def bad(self, object: str, message: str, fix: str) -> Finding:
        return Finding(self.id, self.title, "fail" if self.gate else "warn", object, message, fix, self.gate)

    def unread(self, object: str, reason: str, fix: str) -> Finding:
        return Finding(self.id, self.title, "not_checked", object, reason, fix, self.gate)

    def judge(self, object: str, right: bool, message: str, fix: str) -> Finding:
        return self.ok(object) if right else self.bad(object, message, fix)


def summary(findings: Sequence[Finding]) -> str:
    """The blocking findings as an administrator reads them, one per line with what to do."""
    return "\n".join(f"{item.id} {item.object}: {item.message} -> {item.fix}" for item in findings if item.blocks)
