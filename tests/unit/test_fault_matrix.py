# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix names stories that exist: one that was given another name is named there by it."""

from __future__ import annotations

import re

from tests.unit.guides import ROOT

# The last cell of a row. A name that ends in _* stands for several.
_STORIES = re.compile(r"\|([^|]*)\|$", re.MULTILINE)
_NAME = re.compile(r"\btest_\w+(?<!_)\b(?!\*)")


def test_every_story_of_the_fault_matrix_exists() -> None:
    sources = list((ROOT / "tests").rglob("test_*.py"))
    written = "\n".join(path.read_text("utf-8") for path in sources)
    functions = set(re.findall(r"^(?:async )?def (test_\w+)", written, re.MULTILINE))
    page = (ROOT / "docs" / "fault-matrix.md").read_text("utf-8")
    named = {name for cell in _STORIES.findall(page) for name in _NAME.findall(cell)}
    assert len(named) > 200
    assert sorted(named - functions - {path.stem for path in sources}) == []
