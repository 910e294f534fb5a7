# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The record of a run: intent before each write, outcome after, one file per host, nothing secret."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
_RUN_ID: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")


class RecordError(Exception):
    """The record cannot be kept; nothing has been written to Exchange or Entra."""


class Record:
    """``<record_dir>/<run id>/<host>.jsonl``: append, fsync, 0600. Opened before the first write, or the run stops."""

    def __init__(self, record_dir: str, run_id: str | None, host: str, module: str) -> None:
        self._run_id = run_id or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        if not _RUN_ID.match(self._run_id):
            raise RecordError(f"run_id {self._run_id!r}: letters, digits, dot, dash and underscore only.")
        self.path = Path(record_dir).expanduser() / self._run_id / f"{_UNSAFE.sub('_', host)}.jsonl"
        self._host, self._module = host, module
        self._count = 0

    def intent(self, what: str, command: str, before: Any, after: Any) -> int:
        """Say what is about to be written; the number ties the outcome to it."""
        self._count += 1
        self._append({"event": "intent", "n": self._count, "object": what, "command": command, "before": before, "after": after})
        return self._count

    def outcome(self, number: int, result: str, detail: str = "") -> None:
        """``done``, ``failed`` or ``uncertain``."""
        self._append({"event": "outcome", "n": number, "result": result, "detail": detail})

    def _append(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(
            {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "pid": os.getpid(), "host": self._host, "module": self._module, **entry}
        )
        try:
            self._folder()
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                os.write(handle, line.encode("utf-8") + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as exc:
            raise RecordError(
                f"The record {self.path} cannot be written ({exc.strerror}). Without it nothing is changed: set hma_record_dir to a folder of yours."
            ) from None

    def _folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = self.path.parent.stat().st_mode
        if mode & stat.S_IWOTH:
            raise RecordError(f"The record folder {self.path.parent} is writable by everyone; make it yours alone (chmod 700).")
