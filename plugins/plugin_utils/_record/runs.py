# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Runs in a record folder that did not end: still at work, or killed. A second playbook looks before it
writes."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused

from .._alive import Process, playbook_process


@dataclass(frozen=True)
class UnfinishedRun:
    """A run without an end in its record. ``alive``: False (killed or broken off), or None where its machine is another
    one."""

    run: str
    playbook: str
    since: str
    user: str
    process: Process
    folder: str
    writes: int
    alive: bool | None

    def __str__(self) -> str:
        return (
            f"run {self.run} ({self.playbook}, process {self.process.pid} on {self.process.node}, user "
            f"{self.user}, since {self.since[:19]}Z)"
        )


@dataclass(frozen=True)
class _Run:
    """What the lines of a run's folder say."""

    folder: Path
    start: Mapping[str, Any]
    last: str
    ended: bool
    intents: Mapping[str, Process | None]
    settled: frozenset[str]

    def unfinished(self, process: Process) -> UnfinishedRun:
        # A worker outlives its playbook where the kernel does not end it: the process of a write without outcome counts
        # too.
        writers = [
            writer for number, writer in self.intents.items() if number not in self.settled and writer is not None
        ]
        states = {one.alive for one in (process, *writers)}
        alive = True if True in states else None if None in states else False
        text = {key: str(self.start.get(key, "")) for key in ("run", "playbook", "time", "user")}
        return UnfinishedRun(
            text["run"],
            text["playbook"],
            text["time"],
            text["user"],
            process,
            str(self.folder),
            len(self.intents),
            alive,
        )


@dataclass(frozen=True)
class Begun:
    """What the first line of a run says, and whether it has a last one."""

    time: str
    user: str
    playbook: str
    ended: bool


def begun(folder: Path) -> Begun | None:
    """None: a folder without a run in it, or one that is not ours to read."""
    run = _read(folder)
    if run is None:
        return None
    time, user, playbook = (str(run.start.get(key, "")) for key in ("time", "user", "playbook"))
    return Begun(time, user, playbook, run.ended)


def unfinished_runs(record_dir: Path, servers: Collection[str]) -> list[UnfinishedRun]:
    """Runs that may write to the organization of these servers and have no end, the oldest first; this very process is
    none.

    The organization's id is not known before it was read, and not every playbook reads it: two runs are of one
    organization where they reach one server by the same name. A record without the names or the process is older than
    this check: it blocks nothing. One that was killed and after which another run ended is history.
    """
    wanted = _folded(servers)
    runs = [run for run in _writers(record_dir) if wanted & _folded(run.start["servers"])]
    ended = max((run.last for run in runs if run.ended), default="")
    unfinished = [
        run.unfinished(process) for run in runs if not run.ended and (process := _process(run.start.get("process")))
    ]
    mine = playbook_process()
    others = [
        run
        for run in unfinished
        if run.process != mine and (run.alive is not False or (run.writes and run.since > ended))
    ]
    return sorted(others, key=lambda run: run.since)


def refuse_second(runs: Iterable[UnfinishedRun]) -> list[str]:
    """Refused while one of them is at work; what is to be said of the others."""
    notes = []
    for run in runs:
        if run.alive:
            raise Refused(
                f"Another playbook is at work on this organization: {run}. Two at once undo each other's work. "
                "Wait until it has ended, or end that process; then run this again. Nothing was changed."
            )
        if run.alive is None:
            notes.append(
                f"{run} has no end in its record, and whether it still runs cannot be seen from here. Make "
                f"sure that it does not."
            )
        else:
            notes.append(
                f"{run} was killed or broken off after {run.writes} writes. What it left is in {run.folder}; "
                f"this run reads before it writes."
            )
    return notes


@contextlib.contextmanager
def one_at_a_time(record_dir: Path) -> Iterator[None]:
    """Looking for others and writing the own first line is one step. A file system without locks leaves a moment in
    between."""
    record_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The folder itself is locked: a file beside the runs would be taken for one.
    handle = os.open(record_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _writers(record_dir: Path) -> Iterator[_Run]:
    for folder in sorted(record_dir.glob("*/")):
        run = _read(folder)
        if (
            run is not None
            and run.start.get("writes")
            and isinstance(run.start.get("servers"), list)
            and _process(run.start.get("process"))
        ):
            yield run


def _read(folder: Path) -> _Run | None:
    """None: a folder without a run in it, or one that is not ours to read."""
    try:
        # The control node's own file begins and ends a run; of one that ended, the others need not be read.
        own, others = folder / "localhost.jsonl", sorted(folder.glob("*.jsonl"))
        entries = _entries(own) if own in others else []
        if not any(entry.get("event") == "end" for entry in entries):
            entries += [entry for file in others if file != own for entry in _entries(file)]
    except OSError:
        return None
    start = next((entry for entry in entries if entry.get("event") == "start"), None)
    if start is None:
        return None
    return _Run(
        folder, start,
        last=max(str(entry.get("time", "")) for entry in entries),
        ended=any(entry.get("event") == "end" for entry in entries),
        intents={
            str(entry.get("id")): _process(entry.get("process")) for entry in entries if entry.get("event") == "intent"
        },
        settled=frozenset(str(entry.get("id")) for entry in entries if entry.get("event") == "outcome"),
    )  # fmt: skip


def _entries(file: Path) -> list[dict[str, Any]]:
    return [entry for entry in map(_entry, file.read_text(encoding="utf-8", errors="replace").splitlines()) if entry]


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        # A line that was torn by a kill.
        return {}
    return entry if isinstance(entry, dict) else {}


def _process(facts: Any) -> Process | None:
    pid = facts.get("pid") if isinstance(facts, Mapping) else None
    if not isinstance(pid, int) or isinstance(pid, bool) or not 0 < pid < 2**31:
        return None
    started = facts.get("started")
    return Process(pid, str(facts.get("node")), str(started) if started else None)


def _folded(names: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(name).lower() for name in names)
