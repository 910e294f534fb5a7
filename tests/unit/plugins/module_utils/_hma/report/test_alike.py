# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the same of many objects stands together, and nothing is lost by it."""

from __future__ import annotations

from collections import Counter

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.alike import MANY, together
from hypothesis import given
from hypothesis import strategies as st


def _first(text: str) -> str:
    return text[0]


def test_many_stand_together_where_the_first_of_them_stood_and_few_where_they_were() -> None:
    found = together(["x1", "a1", "b1", "a2", "b2", "a3", "x2"], _first, many=3)
    assert found == [["x1"], ["a1", "a2", "a3"], ["b1"], ["b2"], ["x2"]]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers())))
def test_each_item_is_in_one_row_and_in_its_order(items: list[tuple[int, int]]) -> None:
    found = together(items, lambda item: item[0])
    assert Counter(item for row in found for item in row) == Counter(items)
    for key, number in Counter(key for key, _value in items).items():
        rows = [row for row in found if row[0][0] == key]
        assert [item for row in rows for item in row] == [item for item in items if item[0] == key]
        assert len(rows) == (1 if number >= MANY else number)
