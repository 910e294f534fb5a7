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

from ..base.errors import RecordUnreadable
from ..base.json_schema import Mismatch, mismatch
from ..exchange.change import DONE, FAILED, NOT_SENT, OPEN, PREDICTED, UNCERTAIN
from ..exchange.virtual_directories import KINDS
from .schema import RECORD

SCHEMA: Final = 1
_RESULTS: Final = frozenset({DONE, FAILED, UNCERTAIN, NOT_SENT})
# What records said before that word was there.
_NOT_SENT_DETAIL: Final = "not sent:"
_WRITES: Final = frozenset({"runner_on_ok", "runner_on_failed", "runner_item_on_ok", "runner_item_on_failed"})
_WRITERS: Final = frozenset(f"hybrid.exchange.{name}" for name in ("hma_vdir_oauth", "hma_authserver", "hma_orgconfig", "hma_spn", "hma_restore"))
_PROPERTIES: Final[Mapping[str, frozenset[str]]] = {
    "authserver": frozenset({"IsDefaultAuthorizationEndpoint", "DomainName", "Enabled"}),
    "organization": frozenset({"OAuth2ClientProfileEnabled", "MapiHttpEnabled"}),
    "names": frozenset({"servicePrincipalNames"}),
}
# An intent among a task's options or in a job event: the same as in a file, less what belongs to the line.
_INTENT: Final = {**RECORD["oneOf"][1], "type": "object", "$defs": RECORD["$defs"]}


@dataclass(frozen=True)
class Recorded:
    """One write of a run. ``result``: done, failed, uncertain, not_sent, or open where the record ends before the outcome."""

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
    started: bool = False


def read_lines(files: Mapping[str, Sequence[str]]) -> History:
    """The files of one or more records, by name. Order: by time, and inside a file as the lines stand."""
    history = History()
    placed: list[Recorded] = []
    for name, lines in files.items():
        found: dict[str, Recorded] = {}
        latest = ""
        for number, line in enumerate(lines, 1):
            where = f"{name}, line {number}"
            entry = _entry(line, where)
            if entry is None:
                history.damaged += [where] if line.strip() else []
                continue
            # A clock that was set back in between must not turn the order of a file around.
            latest = max(latest, str(entry["time"]))
            history.started = history.started or entry["event"] == "start"
            _take(found, {**entry, "time": latest}, where)
        placed += found.values()
    history.changes = sorted(placed, key=lambda item: item.time)
    return history


def read_events(events: Iterable[Any]) -> History:
    """Job events of ansible-runner or AWX. A task's result carries what it wrote as ``changes``; a loop's items likewise."""
    found: dict[str, Recorded] = {}
    for event in events:
        data = _mapping(_mapping(event).get("event_data"))
        where = f"job event {_mapping(event).get('uuid', '')}".strip()
        _refuse_cut(_mapping(event), data, where)
        for item in _results(data.get("res")):
            for entry in _own_changes(item):
                change = _change({"schema": SCHEMA, **entry}, where)
                found[change.id] = replace(change, result=_result(entry, where))
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
    where = f"history, the write {facts.get('id', '')}".strip()
    return replace(_change({"schema": SCHEMA, **facts}, where), result=_result(facts, where))


def is_event(text: str) -> bool:
    """Whether a line is a job event; a line of a record has its version, and no event data."""
    found = _parsed(text)
    return isinstance(found, dict) and "event_data" in found and "schema" not in found


def _take(found: dict[str, Recorded], entry: Mapping[str, Any], where: str) -> None:
    number = str(entry.get("id", ""))
    if entry["event"] == "intent":
        if number in found:
            raise RecordUnreadable(f"{where}: the id {number} is another write's in this file. Somebody edited the record.")
        found[number] = _change(entry, where)
    elif entry["event"] == "outcome" and number in found:
        found[number] = replace(found[number], result=_result(entry, where))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _results(result: Any) -> list[Mapping[str, Any]]:
    items = _mapping(result).get("results")
    return [_mapping(result), *map(_mapping, items if isinstance(items, list) else [])]


def _own_changes(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Other modules return ``changes`` too: ours have a version and a target. What check mode predicted was never written."""
    changes = result.get("changes")
    entries = changes if isinstance(changes, list) else []
    return [entry for entry in entries if {"schema", "target"} <= _mapping(entry).keys() and entry.get("result") != PREDICTED]


def _refuse_cut(event: Mapping[str, Any], data: Mapping[str, Any], where: str) -> None:
    """Refused where a task of ours has no result: who exported the events left it out, or no_log hid it."""
    if event.get("event") not in _WRITES or data.get("task_action") not in _WRITERS:
        return
    result = _mapping(data.get("res"))
    if not result or "censored" in result:
        task = f"'{data.get('task', data['task_action'])}' on {data.get('host', 'a host')}"
        raise RecordUnreadable(
            f"{where}: the result of the task {task} is not in it, so that its writes are not known. "
            "Export the events again with their results, or give the folder of the run."
        )


def _parsed(line: str) -> Any:
    """The value of a line of JSON; None where it is none, which is what a line that was cut looks like."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _entry(line: str, where: str) -> dict[str, Any] | None:
    """A line of the record as the schema has it, or None for one that was cut."""
    try:
        found = _parsed(line)
    except RecursionError:
        raise RecordUnreadable(f"{where}: nested too deeply; no line of a record is.") from None
    if found is None:
        return None
    _refuse_version(found, where)
    _refuse_mismatch(mismatch(found, RECORD), where)
    assert isinstance(found, dict)  # the schema says so
    return found


def _refuse_version(found: Any, where: str) -> None:
    version = found.get("schema") if isinstance(found, Mapping) else SCHEMA
    if isinstance(version, int) and not isinstance(version, bool) and version != SCHEMA:
        raise RecordUnreadable(f"{where}: version {version} of the record; this version of the collection reads version {SCHEMA}.")


def _refuse_mismatch(wrong: Mismatch | None, where: str) -> None:
    if wrong is not None:
        raise RecordUnreadable(
            f"{where}: {wrong} The record was edited, or is another collection's (docs/schemas/record.schema.json). "
            "Nothing is taken back from it: give the record as it was written."
        )


def _change(entry: Mapping[str, Any], where: str) -> Recorded:
    _refuse_version(entry, where)
    _refuse_mismatch(mismatch({"event": "intent", **entry}, _INTENT), where)
    _refuse_mismatch(next((wrong for key in ("time", "run", "host") if (wrong := _wrong_text(entry, key))), None), where)
    target, before, after = entry["target"], entry["before"], entry["after"]
    if set(before) != set(after):
        raise RecordUnreadable(f"{where}: before and after are not the same properties.")
    unknown = sorted(set(after) - _known(target, where))
    if unknown:
        raise RecordUnreadable(f"{where}: {', '.join(unknown)} of {target['type']} is none that is taken back here.")
    number, time, run, host, what, command = (str(entry[key]) for key in ("id", "time", "run", "host", "object", "command"))
    return Recorded(number, time, run, host, what, dict(target), command, dict(before), dict(after))


def _wrong_text(entry: Mapping[str, Any], key: str) -> Mismatch | None:
    if key not in entry:
        return Mismatch("", f"has no {key}.")
    wrong = mismatch(entry[key], RECORD["properties"][key])
    return Mismatch(key, wrong.text) if wrong else None


def _known(target: Mapping[str, Any], where: str) -> frozenset[str]:
    """The properties of an object that can be taken back."""
    if target["type"] != "directory":
        return _PROPERTIES[target["type"]]
    if target["kind"] not in KINDS:
        raise RecordUnreadable(f"{where}: directories of the kind {target['kind']!r} are not known here.")
    return frozenset(KINDS[target["kind"]].settings)


def _result(entry: Mapping[str, Any], where: str) -> str:
    result = entry.get("result", OPEN)
    if result not in (OPEN, *_RESULTS):
        raise RecordUnreadable(f"{where}: the result {result!r} is none of {', '.join(sorted(_RESULTS))}.")
    if result == FAILED and str(entry.get("detail", "")).startswith(_NOT_SENT_DETAIL):
        return NOT_SENT
    return str(result)
