# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Where a record can be read from: the folder of a run, or exported job events of ansible-runner or AWX."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import History, RecordUnreadable, merged, read_events, read_lines


def read_sources(paths: Sequence[str]) -> History:
    """All of them as one history; RecordUnreadable says which of them holds nothing."""
    histories = []
    for text in paths:
        path = Path(text).expanduser()
        try:
            history = _read(path)
        except OSError as exc:
            raise RecordUnreadable(
                f"{path} cannot be read ({exc.strerror}). Name the folder of a run, as hma_records/<run id>, or a file of job events."
            ) from None
        if not history.changes and not history.damaged and not _started(path):
            raise RecordUnreadable(f"{path} holds no record: no *.jsonl of a run, and no job events (*.json) with changes in them.")
        histories.append(history)
    return merged(histories)


def _read(path: Path) -> History:
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        if files:
            return read_lines({str(file): _lines(file) for file in files})
        return read_events(event for file in sorted([*path.glob("*.json"), *path.glob("job_events/*.json")]) for event in _events(file))
    return read_lines({str(path): _lines(path)}) if path.suffix == ".jsonl" else read_events(_events(path))


def _lines(path: Path) -> list[str]:
    # Bytes that are no text can only stand in a torn line.
    return path.read_text(encoding="utf-8", errors="replace").split("\n")


def _events(path: Path) -> Iterator[Any]:
    """Events of a file: one (ansible-runner), a list, AWX's {results: [...]}, or one a line."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _event(line, f"{path}, line {number}")
        return
    if isinstance(found, dict) and isinstance(found.get("results"), list):
        found = found["results"]
    yield from found if isinstance(found, list) else [found]


def _event(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise RecordUnreadable(f"{where}: not JSON. Export the job's events again, as one JSON document or one event a line.") from None


def _started(path: Path) -> bool:
    """A run that began and changed nothing is a record, an empty one."""
    return path.is_dir() and any('"event": "start"' in line for file in path.glob("*.jsonl") for line in _lines(file))
