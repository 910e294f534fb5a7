# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The runs below a folder of records, each with who made it, when, and what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import NOT_SENT
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.listing import ListedRun, Now, standings

from .reader import read_sources
from .runs import begun


def is_parent(path: Path) -> bool:
    """Whether a folder holds runs, and is none itself."""
    if not path.is_dir() or any(path.glob("*.json*")) or (path / "job_events").exists():
        return False
    return any(path.glob("*/*.jsonl"))


def listed_runs(paths: Sequence[Path], now: Now | None) -> list[ListedRun]:
    """The newest first; ``now`` is what is there, where that was read."""
    folders = [folder for path in paths for folder in (sorted(path.glob("*/")) if is_parent(path) else [path])]
    runs = [_listed(folder, now) for folder in folders if any(folder.glob("*.jsonl"))]
    return sorted(runs, key=lambda item: (item.time, item.run), reverse=True)


def _listed(folder: Path, now: Now | None) -> ListedRun:
    """One that cannot be read is listed with the reason, and stands in no other's way."""
    start = begun(folder)
    run = ListedRun(
        folder.name, str(folder), start.time if start else "", start.user if start else "",
        start.playbook if start else "", start.ended if start else False, 0,
    )  # fmt: skip
    try:
        history = read_sources([str(folder)]).changes
    except RecordUnreadable as exc:
        return replace(run, trouble=str(exc))
    written = [item for item in history if item.result != NOT_SENT]
    return replace(run, writes=len(written), standing=tuple(standings(written, now)) if now else ())
