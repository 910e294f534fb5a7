# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run changed and where it broke, told from the registered results of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

Result = Mapping[str, Any]


def changes_of(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row per object that a step changed, or would change in check mode; ``steps`` are {step, results: {host: result}}."""
    return [row for _step, host, result in _each(steps) if result.get("changed") for row in _rows(host, result)]


def problems_of(steps: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where the run broke: a host that did not answer, a step that failed. A step that only judged is told by its findings."""
    return [
        {"host": host, "step": step, "message": message, "uncertain": bool(result.get("uncertain"))}
        for step, host, result in _each(steps)
        if (message := error_of(result)) is not None and "findings" not in result
    ]


def error_of(result: Result | None) -> str | None:
    """Why a registered result is none, or None where it holds what was asked for."""
    if not result:
        return "It was not read in this run."
    if result.get("skipped"):
        return None
    if result.get("unreachable") or result.get("failed") or result.get("msg"):
        return str(result.get("msg") or "It could not be reached.")
    return None


def _each(steps: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, Result]]:
    """Each result with its step and host. A loop's items stand for the loop; a step that was not run says nothing."""
    for step in steps:
        for host, result in (step.get("results") or {}).items():
            inner = result.get("results") if isinstance(result, Mapping) else None
            for item in inner if isinstance(inner, list) else [result]:
                if isinstance(item, Mapping) and item:
                    yield str(step.get("step") or ""), str(host), item


def _rows(host: str, result: Result) -> Iterator[dict[str, Any]]:
    diffs = _list(result.get("diff"))
    status = "would_change" if result.get("predicted") else "changed"
    for diff, command in zip_longest(diffs, _list(result.get("commands"))):
        pair = diff if isinstance(diff, Mapping) else {}
        before, after = str(pair.get("before", "")), str(pair.get("after", ""))
        yield {
            "host": host,
            "object": str(pair.get("before_header") or ""),
            # Names of a tenant are written by one request; what it adds says more than the request.
            "command": str(command) if command else "\n".join(_added(before, after)),
            "commands": [{"language": "powershell", "text": str(command)}] if command else [],
            "status": status,
            "before": before.rstrip("\n"),
            "after": after.rstrip("\n"),
        }


def _added(before: str, after: str) -> list[str]:
    old, new = before.splitlines(), after.splitlines()
    return [f"+ {line}" for line in new if line not in old] + [f"- {line}" for line in old if line not in new]


def _list(value: Any) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    return [value] if value else []
