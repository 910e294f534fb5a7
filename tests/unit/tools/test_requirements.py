# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed is written down: tools exactly, so that a change is judged by its own text and not by the day."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PINNED = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*")


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in text if line and not line.startswith(("#", "-r "))]


def test_every_linter_has_one_version() -> None:
    assert [line for line in lines("tests/requirements-lint.txt") if not PINNED.fullmatch(line)] == []
