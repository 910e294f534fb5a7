# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Policy: checks switched off or graded anew by id, and gates overridden by name with a reason."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ..base.errors import Refused
from ..base.values import shown
from .check import SEVERITIES, Finding

_GRADES: Final = ("fail", "warn")
_KEYS: Final = ("enabled", "gate", "severity", "on_bad", "not_checked", "reason")
# Stands for every check, and may say only what becomes of "not checked".
ALL: Final = "all"


@dataclass(frozen=True)
class Decision:
    """A gate that was taken out of the way: which, why, and what it would have said."""

    id: str
    reason: str
    findings: tuple[Finding, ...]

    def facts(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "reason": self.reason,
            "overrides": [f"{item.object}: {item.message or item.status}" for item in self.findings],
        }


def check_policy(policy: Mapping[str, Any], gates: Mapping[str, bool]) -> None:
    """Refuse what nobody meant: an unknown id or key, a value that is none, a gate taken away without a reason."""
    for key, rule in policy.items():
        if key != ALL and key not in gates:
            near = difflib.get_close_matches(key, list(gates), 1)
            raise Refused(
                f"hma_policy: there is no check {shown(key)}.{f' Did you mean {near[0]}?' if near else ''} "
                f"docs/checks lists them all."
            )
        if not isinstance(rule, Mapping) or not rule:
            raise Refused(f"hma_policy: {key}: give a dictionary with some of {', '.join(_KEYS)}.")
        _check_rule(key, rule)
        loosens = rule.get("enabled") is False or rule.get("gate") is False or rule.get("on_bad") == "warn"
        if key != ALL and gates[key] and loosens and not str(rule.get("reason") or "").strip():
            raise Refused(
                f"hma_policy: {key} is a gate; taking it out of the way needs a reason, which is recorded and reported."
            )


def _check_rule(key: str, rule: Mapping[str, Any]) -> None:
    allowed = ("not_checked",) if key == ALL else _KEYS
    for name, value in rule.items():
        if name not in allowed:
            raise Refused(f"hma_policy: {key}: there is no {shown(name)}; use {', '.join(allowed)}.")
        choices: Mapping[str, Sequence[Any]] = {
            "enabled": (True, False), "gate": (True, False), "severity": SEVERITIES, "on_bad": _GRADES,
            "not_checked": ("leave", "fail"),
        }  # fmt: skip
        # 0 == False: only a Boolean is one.
        if name in choices and not any(
            value is item or (isinstance(value, str) and value == item) for item in choices[name]
        ):
            raise Refused(
                f"hma_policy: {key}: {name} is {shown(value)}; use one of "
                f"{', '.join(str(item).lower() for item in choices[name])}."
            )


def apply_policy(findings: Iterable[Finding], policy: Mapping[str, Any]) -> tuple[list[Finding], list[Decision]]:
    """Findings as the policy wants them, and the decisions that let a gate pass which would have stopped the run."""
    kept: list[Finding] = []
    passed: dict[str, list[Finding]] = {}
    for finding in findings:
        rule = policy.get(finding.id, {})
        new = _graded(finding, rule, policy.get(ALL, {}))
        if finding.blocks and (new is None or not new.blocks):
            passed.setdefault(finding.id, []).append(finding)
        if new is not None:
            kept.append(new)
    return kept, [Decision(key, _reason(policy[key]), tuple(found)) for key, found in passed.items()]


def _reason(rule: Mapping[str, Any]) -> str:
    """Taking a gate away needs a reason; a check that is a gate only where it is seen to fail is graded without one."""
    return str(rule.get("reason") or "graded by hma_policy")


def _graded(finding: Finding, rule: Mapping[str, Any], everywhere: Mapping[str, Any]) -> Finding | None:
    """None where the check is switched off."""
    if rule.get("enabled") is False:
        return None
    new = replace(finding, severity=rule.get("severity", finding.severity), gate=rule.get("gate", finding.gate))
    if new.status in ("fail", "warn") and "on_bad" in rule:
        new = replace(new, status=rule["on_bad"])
    if new.status == "not_checked" and rule.get("not_checked", everywhere.get("not_checked")) == "fail":
        new = replace(new, status="fail")
    if finding.blocks and not new.blocks:
        new = replace(new, status="warn", message=f"{finding.message} Overridden: {_reason(rule)}".strip())
    return new
