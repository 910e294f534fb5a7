# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The record of a run: intent before each write, outcome after, one file per host, nothing secret."""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import OPEN
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import SCHEMA

from .._alive import playbook_process, refuse_orphan, this_process
from .._paths import local_path

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# What to do about a place that cannot keep a record.
NEXT: Final = "set hma_record_dir to a folder of yours with room in it."


class RecordError(Exception):
    """The record cannot be kept."""


class Record:
    """``<record_dir>/<run id>/<host>.jsonl``: append, fsync, 0600. An intent that cannot be stored stops the write it
    is for.

    ``changes`` holds the same for the task's result, so that job events of AWX are a record too.
    """

    def __init__(self, record_dir: str, run_id: str | None, host: str, module: str) -> None:
        self.run_id = run_id or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        if not _RUN_ID.fullmatch(self.run_id):
            raise RecordError(f"run_id {self.run_id!r}: letters, digits, dot, dash and underscore only.")
        self.path = local_path(record_dir) / self.run_id / f"{_UNSAFE.sub('_', host)}.jsonl"
        self._host, self._module = host, module
        self.changes: list[dict[str, Any]] = []

    def start(self, *, playbook: str = "", servers: Sequence[str] = (), writes: bool = True) -> None:
        """The first line of a run: a place that is full or not ours is noticed before anything else happens.

        It says whose process the run is and by which names it reaches its organization, for a second run that looks.
        """
        self._append(
            {
                "event": "start", "user": _user(), "node": os.uname().nodename, "playbook": playbook,
                "process": playbook_process().facts(), "servers": list(servers), "writes": writes,
            }
        )  # fmt: skip

    def look(self) -> None:
        """RecordError where the first line could not be written, as far as that can be seen without writing it."""
        reason = _unwritable(self.path.parent)
        if reason:
            raise RecordError(self._unkept({"event": "start"}, reason))

    def end(self) -> None:
        """The last line: no write of this run comes after it, however it went."""
        self._append({"event": "end"})

    def intent(
        self,
        what: str,
        target: Mapping[str, Any],
        command: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        beside: Mapping[str, Any] | None = None,
        *,
        gives_back: bool = False,
    ) -> str:
        """Say what is about to be written, and what may change beside it; the id ties the outcome to it."""
        refuse_orphan()
        entry = {
            "id": secrets.token_hex(8),
            "object": what,
            "target": dict(target),
            "command": command,
            "before": dict(before),
            "after": dict(after),
            **({"beside": dict(beside)} if beside else {}),
            **({"gives_back": True} if gives_back else {}),
        }
        line = self._append({"event": "intent", "process": this_process().facts(), **entry})
        self.changes.append({**line, "result": OPEN})
        return str(entry["id"])

    def outcome(self, number: str, result: str, detail: str = "") -> None:
        """``done``, ``failed``, ``uncertain``, or ``not_sent`` where a write before it failed."""
        for change in self.changes:
            if change["id"] == number:
                change["result"] = result
        self._append({"event": "outcome", "id": number, "result": result, "detail": detail})

    def refute(self, target: Mapping[str, Any], read_back: Mapping[str, Any]) -> None:
        """The last write of these properties was accepted and does not read back: the task's result says what was
        read instead. A write that only gave something back is none for itself: the one before it is meant too."""
        for change in reversed(self.changes):
            if change["target"] == dict(target) and read_back.keys() <= change["after"].keys():
                change["read_back"] = dict(read_back)
                if not change.get("gives_back"):
                    return

    def decision(self, id: str, reason: str, overrides: Sequence[str]) -> None:
        """A gate that somebody overrode by name: nothing is written by it, and there is nothing to put back."""
        self._append({"event": "decision", "gate": id, "reason": reason, "overrides": list(overrides)})

    def _append(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        line = {
            "schema": SCHEMA, "time": datetime.now(UTC).isoformat(timespec="microseconds"), "run": self.run_id,
            "pid": os.getpid(),
            "host": self._host, "module": self._module, **entry,
        }  # fmt: skip
        try:
            self._folder()
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                self._refuse(unsafe_file(self.path, os.fstat(handle)))
                _write(handle, json.dumps(line).encode("utf-8") + b"\n")
            finally:
                os.close(handle)
        except OSError as exc:
            raise RecordError(self._unkept(entry, exc.strerror or type(exc).__name__)) from None
        return line

    def _unkept(self, entry: Mapping[str, Any], reason: str) -> str:
        if entry["event"] != "outcome":
            return f"The record {self.path} cannot be written ({reason}). Without it nothing is changed: {NEXT}"
        return (
            f"The record {self.path} cannot be written ({reason}). The write it was about was "
            f"{entry['result']}, and its intent is recorded; "
            f"nothing else is changed. Before running this again, {NEXT}"
        )

    def _folder(self) -> None:
        folder = self.path.parent
        make_folders(folder)
        self._refuse(unsafe_folder(folder) or unsafe_above(folder))

    @staticmethod
    def _refuse(refusal: str | None) -> None:
        if refusal:
            raise PermissionError(errno.EPERM, refusal)


def make_folders(folder: Path) -> None:
    """Each level that is missing, for us alone, whatever the umask says."""
    for level in reversed([level for level in (folder, *folder.parents) if not level.exists()]):
        with contextlib.suppress(FileExistsError):
            level.mkdir(mode=0o700)


def _unwritable(folder: Path) -> str | None:
    """Why nothing could be made at a place, from the nearest folder that is there; None where nothing says so."""
    try:
        above = next(level for level in folder.absolute().parents if level.exists())
        if not above.is_dir():
            return os.strerror(errno.ENOTDIR)
        if not os.access(above, os.W_OK | os.X_OK):
            return os.strerror(errno.EROFS if os.statvfs(above).f_flag & os.ST_RDONLY else errno.EACCES)
        if _is_full(os.statvfs(above)):
            return os.strerror(errno.ENOSPC)
        return unsafe_above(folder) if above == folder.absolute().parent else None
    except OSError as exc:
        return exc.strerror


def _is_full(space: os.statvfs_result) -> bool:
    """Whether a disk has room for nothing more; one that does not count its blocks, or its files, is not full."""
    blocks = space.f_bavail if os.geteuid() else space.f_bfree
    return bool((space.f_blocks and not blocks) or (space.f_files and not space.f_favail))


def unsafe_folder(folder: Path) -> str | None:
    """Why others could put something into a run's folder, or None. Whoever can, decides what a restore does."""
    state = folder.lstat()
    if stat.S_ISLNK(state.st_mode):
        return f"The record folder {folder} is a symbolic link; name the folder itself."
    return _of_others(f"The record folder {folder}", state)


def unsafe_above(folder: Path) -> str | None:
    """Why others could put another folder in the place of this one. In a sticky folder, as /tmp is, they cannot."""
    above = folder.absolute().parent
    state = above.stat()
    if state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX:
        return (
            f"The folder {above}, in which the record folder {folder.name} is, is writable by everyone; make it "
            f"yours alone (chmod 700)."
        )
    return None


def unsafe_file(path: Path, state: os.stat_result) -> str | None:
    if not stat.S_ISREG(state.st_mode):
        return f"{path} is no regular file."
    return _of_others(f"The record {path}", state)


def read_safely(path: Path) -> tuple[bytes, str | None]:
    """The bytes of a file of ours, or why it is none. A link is not followed, and nothing waits for a pipe."""
    if path.is_symlink():
        return b"", f"{path} is a symbolic link; name the file itself."
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        refusal = unsafe_file(path, os.fstat(file.fileno()))
        return (b"", refusal) if refusal else (file.read(), None)


def _of_others(what: str, state: os.stat_result) -> str | None:
    if state.st_mode & stat.S_IWOTH:
        return f"{what} is writable by everyone; make it yours alone (chmod go-w)."
    if state.st_uid not in (os.geteuid(), 0):
        return f"{what} belongs to user {state.st_uid}, who could change what a restore reads."
    return None


def _write(handle: int, data: bytes) -> None:
    """All of it, on the disk. A line that was torn before (a full disk, a kill) is ended first, so that it stays
    alone."""
    end = os.lseek(handle, 0, os.SEEK_END)
    if end and os.pread(handle, 1, end - 1) != b"\n":
        data = b"\n" + data
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's arbitrary user id has no name.
        return str(os.geteuid())
