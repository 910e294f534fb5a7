# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A check, and a finding: what a check says of one object, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from ..base.command import Command, advice
from ..base.elements import Reason
from ..base.facts import Facts

if TYPE_CHECKING:
    from typing import Unpack  # hma_probe brings this module to hosts with Python 3.8

Status = Literal["pass", "fail", "warn", "not_checked", "not_applicable"]
Severity = Literal["high", "medium", "low", "info"]
Scope = Literal["organization", "server", "tenant"]
SEVERITIES: Final[tuple[Severity, ...]] = ("high", "medium", "low", "info")
# What a finding says that is right only because this run, in check mode, would make it so.
PREDICTED: Final = "not there yet; this run would do it"
# The day on which the advice of every row was compared with the newest articles, updates and scripts.
ALL_CHECKED: Final = "2026-11-26"
_BLOCKING: Final = frozenset({"fail", "not_checked"})
_WRONG: Final = frozenset({"fail", "warn", "not_checked"})


class Evidence(TypedDict, total=False):
    """What a finding can say beside its message: the value that is right, the value that was read, whose it is, what to
    type."""

    expected: str
    actual: str
    server: str | None
    tenant: str | None
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Finding(Facts):
    """``gate`` findings that fail, or could not be checked, stop the enable run: unread is never taken for right.

    ``fix`` is said in words, ``commands`` is what is typed for it.
    """

    id: str
    title: str
    severity: Severity
    gate: bool
    status: Status
    object: str
    message: str = ""
    expected: str = ""
    actual: str = ""
    why: str = ""
    fix: str = ""
    source: str = ""
    scope: Scope = "organization"
    server: str | None = None
    tenant: str | None = None
    doc: str = ""
    commands: tuple[Command, ...] = ()
    # Right only because this run, in check mode, would make it so.
    predicted: bool = False
    # Not checked for the one reason that the run was not asked to look.
    unasked: bool = False

    @property
    def blocks(self) -> bool:
        return self.gate and self.status in _BLOCKING

    @property
    def advice(self) -> str:
        """What to do, in one line."""
        return advice(self.fix, self.commands)


@dataclass(frozen=True)
class Check:
    """One row of the catalogue. ``on_bad`` is what a check that is not met counts as; a gate always fails.

    ``read`` says how it is known and which right that takes, ``remedy`` what to do in general: both are for its page.
    ``checked`` is the day on which the advice was last compared with its source and with what Exchange does.
    """

    id: str
    title: str
    severity: Severity
    scope: Scope
    why: str
    read: str
    remedy: str
    source: str
    gate: bool = False
    on_bad: Status = "fail"
    checked: str = ALL_CHECKED

    def passed(self, object: str, message: str = "", **evidence: Unpack[Evidence]) -> Finding:
        return self._finding("pass", object, message, "", evidence)

    def predicted(self, object: str, message: str, **evidence: Unpack[Evidence]) -> Finding:
        """Passed by a prediction of this run instead of a reading; reports show it as *would change*."""
        return replace(self.passed(object, message, **evidence), predicted=True)

    def failed(self, object: str, message: str, fix: str, **evidence: Unpack[Evidence]) -> Finding:
        return self._finding(self.on_bad, object, message, fix, evidence)

    def unread(self, object: str, reason: str | Reason, fix: str, **evidence: Unpack[Evidence]) -> Finding:
        found = self._finding("not_checked", object, str(reason), fix, evidence)
        return replace(found, unasked=True) if isinstance(reason, Reason) and reason.unasked else found

    def not_applicable(self, object: str, reason: str, **evidence: Unpack[Evidence]) -> Finding:
        return self._finding("not_applicable", object, reason, "", evidence)

    def judge(self, object: str, right: bool, message: str, fix: str, **evidence: Unpack[Evidence]) -> Finding:
        return self.passed(object, **evidence) if right else self.failed(object, message, fix, **evidence)

    def _finding(self, status: Status, object: str, message: str, fix: str, evidence: Evidence) -> Finding:
        if status not in _WRONG:
            evidence = {**evidence, "commands": ()}
        return Finding(
            id=self.id, title=self.title, severity=self.severity, gate=self.gate, status=status, object=object,
            message=message,
            why=self.why, fix=fix, source=self.source, scope=self.scope, doc=self.id, **evidence,
        )  # fmt: skip


def summary(findings: Sequence[Finding]) -> str:
    """The blocking findings as an administrator reads them, one per line with what to do."""
    return "\n".join(f"{item.id} {item.object}: {item.message} -> {item.advice}" for item in findings if item.blocks)
