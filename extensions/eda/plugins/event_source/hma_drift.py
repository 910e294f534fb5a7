# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event source for ansible-rulebook: what watch_hma found, and what people approved of it.

The standard library only: ansible-rulebook loads this file by itself, where the collection's own packages are not.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

DOCUMENTATION = r"""
short_description: Events of what watch_hma found, and of what was approved
description:
  - Looks at the history that M(hybrid.exchange.hma_drift) keeps. Each thing that a run found is one event,
    C(hma_drift), a run that could not read all of it is one more, C(hma_unread).
  - An approval is a file in O(approvals) whose name is C(RUN.HOST), the run that found the drift and the host of the
    inventory. It becomes one event, C(hma_approval), with C(meta.hosts), by which ansible-rulebook limits a playbook to
    that host.
  - An approval counts once, for O(valid_hours) after the run, and only where that run found that the host lost OAuth.
    It is renamed to C(RUN.HOST.used) before its event. Any other file is one event, C(hma_refused), with the reason.
  - Who may write into O(approvals) may approve, so not everybody may.
options:
  dir:
    description: Folder of the history (C(hma_watch_dir)).
    type: str
    required: true
  approvals:
    description: Folder of the approvals. Without it there are none.
    type: str
  delay:
    description: Seconds between two looks.
    type: int
    default: 30
  from_start:
    description: Whether the runs that are there already are events too.
    type: bool
    default: false
  valid_hours:
    description: How long after its run an approval counts.
    type: int
    default: 24
"""

EXAMPLES = r"""
- name: Watch
  hosts: all
  sources:
    - hybrid.exchange.hma_drift:
        dir: /srv/hma/watch
        approvals: /srv/hma/approvals
  rules:
    - name: Prepare the server that was approved
      condition: event.hma_approval.host is defined
      action:
        run_playbook:
          name: hybrid.exchange.prepare_vdirs
"""

_SCHEMA: Final = "hybrid.exchange/watch"
_ENTRY: Final = re.compile(r"watch-([A-Za-z0-9][A-Za-z0-9._-]{0,99})\.json")
_RUN: Final = r"\d{8}T\d{6}Z-\d+"
_APPROVAL: Final = re.compile(rf"({_RUN})\.([A-Za-z0-9][A-Za-z0-9._-]*)")
_USED: Final = (".used", ".refused")

Event = dict[str, Any]


@dataclass
class Source:
    """What was seen so far of a history and its approvals."""

    folder: Path
    approvals: Path | None
    valid_seconds: float
    seen: set[str] = field(default_factory=set)
    # Entries that were read, so that a history of hundreds is not read anew with each look.
    entries: dict[str, Event] = field(default_factory=dict)

    def look(self) -> list[Event]:
        """The events since the last look, runs before approvals."""
        self._read()
        return [*self._runs(), *self._approved()]

    def skip(self) -> None:
        """Take what is there for known."""
        self._read()
        self.seen |= set(self.entries)

    def _read(self) -> None:
        names = {path.name: path for path in self.folder.glob("watch-*.json") if _ENTRY.fullmatch(path.name)}
        self.entries = {name: entry for name, entry in self.entries.items() if name in names}
        for name in sorted(set(names) - set(self.entries)):
            entry = _entry(names[name])
            if entry is not None:
                self.entries[name] = entry

    def _runs(self) -> Iterator[Event]:
        for name in sorted(set(self.entries) - self.seen):
            self.seen.add(name)
            entry = self.entries[name]
            for item in entry["drift"]:
                yield {"hma_drift": {**item, **_run(entry), "approval": _wanted(entry, item)}}
            if entry["unread"]:
                yield {"hma_unread": {**_run(entry), "unread": entry["unread"]}}

    def _approved(self) -> Iterator[Event]:
        if self.approvals is None or not self.approvals.is_dir():
            return
        for path in sorted(self.approvals.iterdir()):
            if path.name.endswith(_USED) or path.name.startswith("."):
                continue
            reason = self._why_not(path)
            # A name that is taken once is taken for ever: an event that is lost is better than a playbook that runs
            # twice.
            path.rename(path.with_name(path.name + (_USED[1] if reason else _USED[0])))
            yield _refused(path, reason) if reason else self._approval(path)

    def _why_not(self, path: Path) -> str:
        """Why a file is no approval; the empty text where it is one."""
        match = _APPROVAL.fullmatch(path.name)
        if not match:
            return "its name is not RUN.HOST."
        state, above = path.lstat(), path.parent.stat()
        if not stat.S_ISREG(state.st_mode):
            return "it is no regular file."
        if above.st_mode & stat.S_IWOTH:
            return f"{path.parent} is writable by everyone; make it yours alone (chmod o-w)."
        entry = self.entries.get(f"watch-{match[1]}.json")
        if entry is None:
            return f"there is no run {match[1]} in {self.folder}."
        if not any(_wanted(entry, item) and item.get("host") == match[2] for item in entry["drift"]):
            return f"run {match[1]} did not find that {match[2]} lost OAuth."
        if time.time() - _time(entry["finished"]) > self.valid_seconds:
            return f"run {match[1]} is too old; approve what a newer one found."
        return ""

    def _approval(self, path: Path) -> Event:
        match = _APPROVAL.fullmatch(path.name)
        assert match is not None  # it was judged
        used = path.with_name(path.name + _USED[0])
        approval = {"run": match[1], "host": match[2], "by": used.lstat().st_uid, "file": path.name}
        return {"hma_approval": approval, "meta": {"hosts": match[2]}}


def _entry(path: Path) -> Event | None:
    """The entry of a run; None for what is torn, no entry, or not a plain file of ours."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_mode & stat.S_IWOTH:
                return None
            found = json.loads(file.read())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("schema") != _SCHEMA or found.get("schema_version") != 1:
        return None
    lists = all(isinstance(found.get(key), list) for key in ("drift", "unread"))
    return found if lists and isinstance(found.get("finished"), str) else None


def _run(entry: Event) -> Event:
    return {key: entry.get(key) for key in ("run", "finished", "organization")}


def _wanted(entry: Event, item: Event) -> str:
    """The name of the file that approves this; the empty text where it is nothing that prepare_vdirs mends."""
    name = f"{entry.get('run')}.{item.get('host')}"
    mends = item.get("area") == "methods" or str(item.get("check", "")).startswith("HMA-VDIR-")
    return name if mends and item.get("worse") and _APPROVAL.fullmatch(name) else ""


def _refused(path: Path, reason: str) -> Event:
    return {"hma_refused": {"file": path.name, "reason": reason}}


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


async def main(queue: asyncio.Queue[Event], args: dict[str, Any]) -> None:
    approvals = args.get("approvals")
    source = Source(
        Path(str(args["dir"])).expanduser(),
        Path(str(approvals)).expanduser() if approvals else None,
        float(args.get("valid_hours", 24)) * 3600,
    )
    if not args.get("from_start", False):
        await asyncio.to_thread(source.skip)
    while True:
        for event in await asyncio.to_thread(source.look):
            await queue.put(event)
        await asyncio.sleep(float(args.get("delay", 30)))
