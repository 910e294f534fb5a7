# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/assumptions.yml, the page that is made of it, and the lab's switches say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.assumptions import SWITCHES
from tests.tools.assumptions import PAGE, Assumption, assumptions, page

ROOT = Path(__file__).parents[3]
ROWS = assumptions()


def test_the_page_has_the_table_as_it_is_now() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "docs/assumptions.yml has changed: python -m tests.tools.assumptions"


def test_each_switch_of_the_lab_is_one_row() -> None:
    assert sorted(row.switch for row in ROWS if row.switch) == sorted(SWITCHES)
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_what_rests_on_it(row: Assumption) -> None:
    """What is open or assumed is held by tests that somebody can name; every file that is named is there."""
    assert [path for path in row.tests if not (ROOT / path).is_file()] == []
    assert row.tests or not (row.switch or re.search(r"\bassumed\b|\binferred\b", row.source))


@pytest.mark.parametrize("name", SWITCHES)
def test_each_position_of_a_switch_is_tried(name: str) -> None:
    text = (ROOT / "tests/unit/lab/test_assumptions_lab.py").read_text("utf-8")
    assert [position for position in SWITCHES[name] if f'"{position}"' not in text] == []
