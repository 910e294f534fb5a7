# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What the steps of a run changed, and where they broke: from the results of their tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ..base.comparison import folded, lacking
from ..base.order import natural
from ..checks.inventory import TaskResult
from ..exchange.change import DONE, LISTS, NAMES, PREDICTED, property_lines
from .found import Found
from .text import CommandText

# What hma_restore writes puts back what a run wrote before.
_RESTORE: Final = "hma_restore"


@dataclass(frozen=True)
class ReportedChange:
    """One object that a step changed, or would change in check mode. ``kind`` and ``added`` are for the matrices."""

    host: str
    object: str
    command: str
    commands: tuple[CommandText, ...]
    status: str
    before: str
    after: str
    kind: str = ""
    added: frozenset[str] = frozenset()
    # The type of the object, and the properties that differ: what the change board's sheet knows a change by.
    type: str = ""
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """A host that did not answer, or a step that failed. ``uncertain``: what it names may or may not have been
    written."""

    host: str
    step: str
    message: str
    uncertain: bool


def changes_of(steps: Iterable[Found]) -> Iterator[ReportedChange]:
    """What the steps did, or would do; ``steps`` are {step, results: {host: result}}. A write of unknown outcome is a
    problem, no change."""
    for step in steps:
        for _name, host, result in each_result([step]):
            for change in result["changes"].objects:
                status = _status(change)
                if status == "changed" and step["back"].flag:
                    status = "rolled_back"
                if status:
                    yield _change(host, change, status, _given_back(change, result))


def problems_of(steps: Iterable[Found]) -> Iterator[Problem]:
    """Where the run broke. A step that only judged speaks through its findings, a way back through its end."""
    for step, host, result in each_result(step for step in steps if not step["back"].flag):
        message = _error(result)
        if message and "findings" not in result:
            yield Problem(host, step, message, result["uncertain"].flag)


def each_result(steps: Iterable[Found]) -> Iterator[tuple[str, str, Found]]:
    """Each result with its step and host. A loop's items stand for the loop; a step that was not run says nothing."""
    for step in steps:
        for host, result in sorted(step["results"].items, key=lambda item: natural(item[0])):
            items = result["results"].objects if isinstance(result["results"].value, list) else [result]
            for item in items:
                if item.mapping:
                    yield step["step"].text, host, item


def _error(result: Found) -> str:
    return "" if result["skipped"].flag else TaskResult(result.mapping).error or ""


def _status(change: Found) -> str:
    """What a change counts as; the empty text where nothing was changed for certain."""
    result = change["result"].text
    if result == PREDICTED:
        return "would_change"
    if result != DONE or "read_back" in change or change["gives_back"].flag:
        return ""
    return "rolled_back" if change["module"].text == _RESTORE else "changed"


def _given_back(change: Found, result: Found) -> Iterator[str]:
    """The commands that gave the object back what Exchange took from it in this write: no change of their own, because
    the object has there what it had before."""
    target = change["target"].mapping
    for other in result["changes"].objects:
        if other["gives_back"].flag and other["result"].text == DONE and other["target"].mapping == target:
            yield other["command"].text


def _change(host: str, change: Found, status: str, more: Iterable[str]) -> ReportedChange:
    if change["target"]["type"].text in LISTS:
        return _list_changed(host, change, status)
    command = change["command"].text
    return ReportedChange(
        host=host,
        object=change["object"].text,
        command=command,
        commands=tuple(CommandText("powershell", text) for text in (command, *more) if text),
        status=status,
        before=property_lines(change["before"].mapping).rstrip("\n"),
        after=property_lines(change["after"].mapping).rstrip("\n"),
        kind=change["target"]["kind"].text,
        type=change["target"]["type"].text,
        properties=frozenset(change["after"].mapping),
    )


def _list_changed(host: str, change: Found, status: str) -> ReportedChange:
    """A list of a tenant is written by one request; what it adds and takes away says more than the request."""
    kind = change["target"]["type"].text
    before, after = (sorted(change[side][LISTS[kind]].texts, key=natural) for side in ("before", "after"))
    added, taken = lacking(before, after), lacking(after, before)
    return ReportedChange(
        host=host,
        object=change["object"].text,
        command="\n".join([*(f"+ {name}" for name in added), *(f"- {name}" for name in taken)]),
        commands=(),
        status=status,
        before="\n".join(before),
        after="\n".join(after),
        added=folded(added) if kind == NAMES else frozenset(),
        type=kind,
    )
