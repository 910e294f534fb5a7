# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reading the record of a run: lines or job events in, what was written and how it ended out.

A record may end anywhere. A write is sent only after its intent is on disk, so a line that is torn was either an intent
whose write never left, or an outcome: then the state decides what became of it. Both are safe to leave out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from .directories import KINDS

SCHEMA: Final = 1
DONE, FAILED, UNCERTAIN, OPEN = "done", "failed", "uncertain", "open"
_TYPES: Final = frozenset({"directory", "authserver", "organization", "names"})


class RecordUnreadable(ValueError):
    """There is no record here, or one of another version; the message says what was found."""


@dataclass(frozen=True)
class Recorded:
    """One write of a run. ``result``: done, failed, uncertain, or open where the record ends before the outcome."""

    id: str
    time: str
    run: str
    host: str
    object: str
    target: Mapping[str, Any]
    command: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    result: str = OPEN

    def facts(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class History:
    """Writes in the order they were made, and what could not be read of the record."""

    changes: list[Recorded] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def read_lines(files: Mapping[str, Sequence[str]]) -> History:
    """The files of one or more records, by name. Order: by time, and inside a file as the lines stand."""
    history = History()
    placed: list[Recorded] = []
    for name, lines in files.items():
        found: dict[str, Recorded] = {}
        latest = ""
        for number, line in enumerate(lines, 1):
            entry = _entry(line)
            if entry is None:
                if line.strip():
                    history.damaged.append(f"{name}, line {number}")
                continue
            # A clock that was set back in between must not turn the order of a file around.
            latest = max(latest, str(entry.get("time", "")))
            if entry.get("event") == "intent":
                change = _change({**entry, "time": latest}, f"{name}, line {number}")
                found[change.id] = change
            elif entry.get("event") == "outcome" and entry.get("id") in found:
                found[entry["id"]] = replace(found[entry["id"]], result=_result(entry))
        placed += found.values()
    history.changes = sorted(placed, key=lambda item: item.time)
    return history


def read_events(events: Iterable[Any]) -> History:
    """Job events of ansible-runner or AWX. A task's result carries what it wrote as ``changes``; a loop's items likewise."""
    found: dict[str, Recorded] = {}
    for event in events:
        data = event.get("event_data") if isinstance(event, Mapping) else None
        result = data.get("res") if isinstance(data, Mapping) else None
        for item in _results(result):
            for entry in item.get("changes") or []:
                if isinstance(entry, Mapping) and "target" in entry:
                    change = _change({"schema": SCHEMA, **entry}, f"job event {event.get('uuid', '')}".strip())
                    found[change.id] = replace(change, result=_result(entry))
    return History(sorted(found.values(), key=lambda item: item.time))


def merged(histories: Iterable[History]) -> History:
    """Several records as one: in order of time, and a write that two of them tell of once, with its outcome."""
    found: dict[str, Recorded] = {}
    damaged: list[str] = []
    for history in histories:
        damaged += history.damaged
        for change in history.changes:
            if change.id not in found or found[change.id].result == OPEN:
                found[change.id] = change
    return History(sorted(found.values(), key=lambda item: item.time), damaged)


def change_of(facts: Mapping[str, Any]) -> Recorded:
    """A change as ``facts`` gave it, back from a task's options."""
    return replace(_change({"schema": SCHEMA, **facts}, "changes"), result=_result(facts))


def _results(result: Any) -> list[Mapping[str, Any]]:
    if not isinstance(result, Mapping):
        return []
    items = result.get("results")
    return [result, *(item for item in items if isinstance(item, Mapping))] if isinstance(items, list) else [result]


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _change(entry: Mapping[str, Any], where: str) -> Recorded:
    if entry.get("schema") != SCHEMA:
        raise RecordUnreadable(f"{where}: version {entry.get('schema')!r} of the record; this version of the collection reads version {SCHEMA}.")
    try:
        identity, time, run, host, what, command = (str(entry[key]) for key in ("id", "time", "run", "host", "object", "command"))
        target, before, after = (dict(entry[key]) for key in ("target", "before", "after"))
    except (KeyError, TypeError, ValueError) as exc:
        raise RecordUnreadable(f"{where}: not an intent of this collection ({type(exc).__name__}: {exc}).") from None
    if set(before) != set(after) or not all(_plausible(value) for state in (before, after) for value in state.values()):
        raise RecordUnreadable(f"{where}: before and after are not the same properties, each true, false or a list of text.")
    if target.get("type") not in _TYPES or (target["type"] == "directory" and target.get("kind") not in KINDS):
        raise RecordUnreadable(f"{where}: target {target.get('type')!r} {target.get('kind', '')} is none that is known here.")
    return Recorded(identity, time, run, host, what, target, command, before, after)


def _plausible(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _result(entry: Mapping[str, Any]) -> str:
    result = str(entry.get("result", OPEN))
    return result if result in (DONE, FAILED, UNCERTAIN) else OPEN
