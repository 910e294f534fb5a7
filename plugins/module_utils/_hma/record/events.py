# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The writes of a run out of the events of its job, as AWX keeps them: the record of a run whose files are
gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..base.errors import RecordUnreadable
from ..exchange.change import PREDICTED
from .history import History, Recorded, Unfinished, change_of

_WRITES: Final = frozenset({"runner_on_ok", "runner_on_failed", "runner_item_on_ok", "runner_item_on_failed"})
_BEGUN: Final = "runner_on_start"
# The result of a task as a whole; an item of a loop is a part of it.
_OF_TASKS: Final = "runner_on_"
_WRITERS: Final = frozenset(
    f"hybrid.exchange.{name}"
    for name in (
        *("hma_vdir_oauth", "hma_authserver", "hma_orgconfig", "hma_spn", "hma_restore"),
        *("hma_web_sign_in", "hma_reply_urls", "hma_setting_override", "hma_auth_policy", "hma_user_policy"),
        "hma_try_writes",
    )
)


def read_events(events: Iterable[Any]) -> History:
    """Job events of ansible-runner or AWX. A task's result carries what it wrote as ``changes``; a loop's items
    likewise. One that a task has begun, and that no other one ends, is of a job that was killed or cancelled."""
    found: dict[str, Recorded] = {}
    history = History()
    for event in events:
        data = _mapping(_mapping(event).get("event_data"))
        where = f"job event {_mapping(event).get('uuid', '')}".strip()
        _refuse_cut(_mapping(event), data, where)
        _follow(_mapping(event), data, history)
        for item in _results(data.get("res")):
            for entry in _own_changes(item):
                change = change_of(entry, where)
                found[change.id] = change
    history.changes = sorted(found.values(), key=lambda item: item.time)
    return history


def _follow(event: Mapping[str, Any], data: Mapping[str, Any], history: History) -> None:
    """Note a task of ours that begins on a host, or that ended there. Pages of events come in any order."""
    action, host, task = (str(data.get(name) or "") for name in ("task_action", "host", "task"))
    if action not in _WRITERS:
        return
    key = (str(data.get("task_uuid") or task), host)
    if event.get("event") == _BEGUN:
        history.begun[key] = Unfinished(task or action, host)
    elif str(event.get("event")).startswith(_OF_TASKS):
        history.ended.add(key)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _results(result: Any) -> list[Mapping[str, Any]]:
    items = _mapping(result).get("results")
    return [_mapping(result), *map(_mapping, items if isinstance(items, list) else [])]


def _own_changes(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Other modules return ``changes`` too: ours have a version and a target. What check mode predicted was never
    written."""
    changes = result.get("changes")
    return [entry for entry in changes if _is_ours(_mapping(entry))] if isinstance(changes, list) else []


def _is_ours(entry: Mapping[str, Any]) -> bool:
    return {"schema", "target"} <= entry.keys() and entry.get("result") != PREDICTED


def _refuse_cut(event: Mapping[str, Any], data: Mapping[str, Any], where: str) -> None:
    """Refused where a task of ours has no result: who exported the events left it out, or no_log hid it."""
    if str(event.get("event")) not in _WRITES or str(data.get("task_action")) not in _WRITERS:
        return
    result = _mapping(data.get("res"))
    if not result or "censored" in result:
        task = f"'{data.get('task', data['task_action'])}' on {data.get('host', 'a host')}"
        raise RecordUnreadable(
            f"{where}: the result of the task {task} is not in it, so that its writes are not known. "
            "Export the events again with their results, or give the folder of the run."
        )
