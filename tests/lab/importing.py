# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording of a real organization becomes a scenario, and a list of the assumptions that it contradicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from . import scenario
from .product import Shown, shown_by
from .recording import scenario_of

# The switches by the assumptions that they belong to.
_ASSUMPTIONS = Path(__file__).resolve().parents[2] / "docs" / "assumptions.yml"


def imported(document: Any) -> tuple[dict[str, Any], list[Shown]]:
    """The scenario, which the lab has looked at, and what the recording shows of its assumptions."""
    shown = shown_by(document)
    switches = _switches()
    positions = {switches[item.id]: item.seen for item in shown if item.id in switches}
    found = scenario_of(document, positions)
    scenario.complete(found)
    return found, shown


def _switches() -> dict[str, str]:
    rows = yaml.safe_load(_ASSUMPTIONS.read_text(encoding="utf-8"))["assumptions"]
    return {row["id"]: row["switch"] for row in rows if "switch" in row}


def text_of(path: Path) -> str:
    """A scenario file; what is contradicted stands in its head."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise SystemExit(f"{path} is no recording ({exc}). Name a recording.json.") from None
    found, shown = imported(document)
    wrong = [item for item in shown if item.contradicts]
    head = [f"# {len(shown) - len(wrong)} assumptions agree with this recording, {len(wrong)} are contradicted."]
    head += [f"# {item.id}: the lab says {item.expected}, the recording {item.seen}." for item in wrong]
    return "\n".join(head) + "\n" + yaml.safe_dump(found, sort_keys=False, allow_unicode=True)
