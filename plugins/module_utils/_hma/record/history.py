# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Reading the record of a run: lines or job events in, what was written and how it ended out.

A record may end anywhere. A write is sent only after its intent is on disk, so a line that is torn was either an intent
whose write never left, or an outcome: then the state decides what became of it. Both are safe to leave out. A torn line
is the beginning of one. Whatever else is no line, and an outcome without its intent, is a record that lost some: what
those wrote would stay, and nobody would know.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..base.errors import RecordUnreadable
from ..base.facts import Facts
from ..base.json_schema import Mismatch, mismatch
from ..base.values import Properties
from ..exchange.authentication_policies import PROTOCOLS
from ..exchange.change import DONE, FAILED, NOT_SENT, OPEN, UNCERTAIN
from ..exchange.virtual_directories import KINDS, URLS
from ..exchange.web_directories import SETTINGS, TARGET
from .schema import RECORD

SCHEMA: Final = 1
_RESULTS: Final = frozenset({DONE, FAILED, UNCERTAIN, NOT_SENT})
# How each line begins that was written here.
_BEGINNING: Final = '{"schema": '
# What records said before that word was there.
_NOT_SENT_DETAIL: Final = "not sent:"
_PROPERTIES: Final[Mapping[str, frozenset[str]]] = {
    "authserver": frozenset({"IsDefaultAuthorizationEndpoint", "DomainName", "Enabled"}),
    "organization": frozenset({"OAuth2ClientProfileEnabled", "MapiHttpEnabled"}),
    "names": frozenset({"servicePrincipalNames"}),
    TARGET: frozenset(SETTINGS),
    "reply_urls": frozenset({"replyUrls"}),
    "setting_override": frozenset({"Parameters"}),
    "authentication_policy": frozenset({"Exists", *(f"BlockLegacyAuth{protocol}" for protocol in PROTOCOLS)}),
    "default_policy": frozenset({"DefaultAuthenticationPolicy"}),
    "user": frozenset({"AuthenticationPolicy"}),
}
# A run may have made thousands of these, and none is taken back on a server.
_ELSEWHERE: Final = frozenset({"names", "reply_urls", "user"})
_OF_POLICIES: Final = frozenset({"user"})
# One server takes these back; in check mode the organization asks whom the policies block by then.
_WITH_PEOPLE: Final = frozenset({"policies", "organization"})
# A task, by its number, on a host.
Execution = tuple[str, str]
# An intent among a task's options or in a job event: the same as in a file, less what belongs to the line.
_INTENT: Final = {**RECORD["oneOf"][1], "type": "object", "$defs": RECORD["$defs"]}


@dataclass(frozen=True)
class Recorded(Facts):
    """One write of a run. ``result``: done, failed, uncertain, not_sent, or open where the record ends before the
    outcome."""

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
    beside: Mapping[str, Any] = field(default_factory=dict)

    def is_of(self, kind: str) -> bool:
        """Whether it is a write to an object of this type, as the targets of the schema name them."""
        return bool(self.target["type"] == kind)

    def target_text(self, key: str) -> str:
        """A field of the target; empty where targets of this type do not have it."""
        return str(self.target.get(key, ""))


@dataclass(frozen=True)
class Unfinished(Facts):
    """A task that writes and of which events of a job have the beginning alone."""

    task: str
    host: str


@dataclass
class History:
    """Writes in the order they were made, and what could not be read of the record. ``begun`` and ``ended``: the tasks
    of which events tell that; another page of the same job may have the end of one."""

    changes: list[Recorded] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    started: bool = False
    begun: dict[Execution, Unfinished] = field(default_factory=dict)
    ended: set[Execution] = field(default_factory=set)

    @property
    def unfinished(self) -> list[Unfinished]:
        """What was under way when events of a job end, of which nobody knows what it wrote."""
        return [task for key, task in self.begun.items() if key not in self.ended]


def read_lines(files: Mapping[str, Sequence[str]]) -> History:
    """The files of one or more records, by name. Order: by time, and inside a file as the lines stand."""
    history = History()
    placed: list[Recorded] = []
    for name, lines in files.items():
        changes: dict[str, Recorded] = {}
        latest = ""
        for number, line in enumerate(lines, 1):
            where = f"{name}, line {number}"
            entry = _entry(line, where)
            if entry is None:
                history.damaged += _torn(line, where)
                continue
            # A clock that was set back in between must not turn the order of a file around.
            latest = max(latest, entry["time"])
            history.started = history.started or entry["event"] == "start"
            _take(changes, Properties({**entry, "time": latest}, where))
        placed += changes.values()
    history.changes = sorted(placed, key=lambda change: change.time)
    return history


def merged(histories: Iterable[History]) -> History:
    """Several records as one: in order of time, and a write that two of them tell of once, with its outcome."""
    changes: dict[str, Recorded] = {}
    both = History()
    for history in histories:
        both.damaged += history.damaged
        both.begun.update(history.begun)
        both.ended |= history.ended
        for change in history.changes:
            if change.id not in changes or changes[change.id].result == OPEN:
                changes[change.id] = change
    both.changes = sorted(changes.values(), key=lambda change: change.time)
    return both


def change_of(facts: Mapping[str, Any], where: str = "") -> Recorded:
    """A write with its outcome, as ``facts`` gave it: back from a task's options, or out of a job event."""
    entry = Properties({"schema": SCHEMA, **facts}, where or f"history, the write {facts.get('id', '')}".strip())
    return replace(_change(entry), result=_result(entry))


def history_for(history: Any, scope: str) -> Any:
    """Recorded writes as a task is given them, without those that this scope of hma_restore has no use for and of which
    there may be thousands. What is no write stays, so that the module says what is wrong with it."""
    elsewhere = _ELSEWHERE - _OF_POLICIES if scope in _WITH_PEOPLE else _ELSEWHERE
    return [item for item in history if _type_of(item) not in elsewhere] if isinstance(history, list) else history


def _type_of(write: object) -> str:
    target = write.get("target") if isinstance(write, Mapping) else None
    return str(target.get("type")) if isinstance(target, Mapping) else ""


def is_event(text: str) -> bool:
    """Whether a line is a job event; a line of a record has its version, and no event data."""
    found = _parsed(text)
    return isinstance(found, dict) and "event_data" in found and "schema" not in found


def _take(changes: dict[str, Recorded], entry: Properties) -> None:
    """Add the write that a line announces, or the outcome that it has, to those of its file."""
    number, event = entry.label("id", ""), entry.text("event")
    if event == "intent":
        if number in changes:
            raise RecordUnreadable(
                f"{entry.where}: the id {number} is another write's in this file. Somebody edited the record."
            )
        changes[number] = _change(entry)
    elif event == "outcome":
        if number not in changes:
            raise RecordUnreadable(
                f"{entry.where}: the outcome of the write {number}, whose intent is not in this file: lines of it are "
                "missing, and what they wrote would not be taken back. Give the record as it was written."
            )
        changes[number] = replace(changes[number], result=_result(entry))


def _torn(line: str, where: str) -> list[str]:
    """The place of a line that was torn; a disk that lost its power leaves zeros of one. RecordUnreadable where it is
    the beginning of no line: nobody can tell what stood there."""
    text = line.strip(" \t\r\0")
    if not text.startswith(_BEGINNING[: len(text)]):
        raise RecordUnreadable(
            f"{where}: no line of a record, and not the beginning of one. The file was stored in another form (packed, "
            "encrypted, another encoding), or edited. Nothing is taken back from it: give the record as it was written."
        )
    return [where] if line.strip() else []


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
    record: dict[str, Any] = found  # the schema says so
    return record


def _refuse_version(found: Any, where: str) -> None:
    version = found.get("schema") if isinstance(found, Mapping) else SCHEMA
    if isinstance(version, int) and not isinstance(version, bool) and version != SCHEMA:
        raise RecordUnreadable(
            f"{where}: version {version} of the record; this version of the collection reads version {SCHEMA}."
        )


def _refuse_mismatch(wrong: Mismatch | None, where: str) -> None:
    if wrong is not None:
        raise RecordUnreadable(
            f"{where}: {wrong} The record was edited, or is of another collection or of a newer version of this one "
            "(docs/schemas/record.schema.json). "
            "Nothing is taken back from it: give the record as it was written."
        )


def _change(entry: Properties) -> Recorded:
    """A write as its intent says; RecordUnreadable where the intent is not as the schema says."""
    _refuse_version(entry.found, entry.where)
    _refuse_mismatch(mismatch({"event": "intent", **entry.found}, _INTENT), entry.where)
    _refuse_mismatch(
        next((wrong for key in ("time", "run", "host") if (wrong := _wrong_text(entry, key))), None), entry.where
    )
    number, time, run, host, title, command = (
        entry.any_text(key) for key in ("id", "time", "run", "host", "object", "command")
    )
    target, before, after = (dict(entry.child(key).found) for key in ("target", "before", "after"))
    beside = dict(entry.child("beside").found) if "beside" in entry else {}
    change = Recorded(number, time, run, host, title, target, command, before, after, beside=beside)
    if set(change.before) != set(change.after):
        raise RecordUnreadable(f"{entry.where}: before and after are not the same properties.")
    unknown = sorted(set(change.after) - _known(change, entry.where))
    if unknown:
        raise RecordUnreadable(
            f"{entry.where}: {', '.join(unknown)} of {change.target['type']} is none that is taken back here."
        )
    return change


def _wrong_text(entry: Properties, key: str) -> Mismatch | None:
    if key not in entry:
        return Mismatch("", f"has no {key}.")
    wrong = mismatch(entry.raw(key), RECORD["properties"][key])
    return Mismatch(key, wrong.text) if wrong else None


def _known(change: Recorded, where: str) -> frozenset[str]:
    """The properties of an object that can be taken back."""
    if not change.is_of("directory"):
        return _PROPERTIES[change.target["type"]]
    kind = change.target_text("kind")
    if kind not in KINDS:
        raise RecordUnreadable(f"{where}: directories of the kind {kind!r} are not known here.")
    return frozenset((*KINDS[kind].settings, *URLS))


def _result(entry: Properties) -> str:
    result = entry.raw("result") if "result" in entry else OPEN
    if result not in (OPEN, *_RESULTS):
        raise RecordUnreadable(f"{entry.where}: the result {result!r} is none of {', '.join(sorted(_RESULTS))}.")
    if result == FAILED and entry.label("detail", "").startswith(_NOT_SENT_DETAIL):
        return NOT_SENT
    return str(result)
