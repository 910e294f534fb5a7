# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which runs of a record folder wrote to a policy, so that a person need not look for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import same

from .writer import read_safely, unsafe_folder


def runs_of_policy(record_dir: Path, policy: str) -> list[str]:
    """The folders of the runs that made a policy, or gave it to somebody, the oldest first. One that is not ours to
    read is none."""
    try:
        folders = sorted(folder for folder in record_dir.glob("*/") if unsafe_folder(folder) is None)
        return [str(folder) for folder in folders if any(_is_of(intent, policy) for intent in _intents(folder))]
    except OSError:
        return []


def _intents(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        data, refusal = read_safely(file)
        for line in [] if refusal else data.decode("utf-8", errors="replace").splitlines():
            entry = _entry(line)
            if entry.get("event") == "intent":
                yield entry


def _entry(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        # A line that was torn by a kill.
        return {}
    return found if isinstance(found, dict) else {}


def _is_of(intent: Mapping[str, Any], policy: str) -> bool:
    target, after = intent.get("target"), intent.get("after")
    if not isinstance(target, dict) or not isinstance(after, dict):
        return False
    if target.get("type") == "authentication_policy":
        return same(target.get("name"), policy)
    return target.get("type") in ("user", "default_policy") and any(same(value, policy) for value in after.values())
