# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of names, as people count."""

from __future__ import annotations

from itertools import pairwise

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.order import natural
from hypothesis import given
from hypothesis import strategies as st


def test_numbers_count_by_their_value() -> None:
    names = ["EX10", "ex2", "EX1", "EX1.corp", "MX", "EX02b", "10", "9"]
    assert sorted(names, key=natural) == ["9", "10", "EX1", "EX1.corp", "ex2", "EX02b", "EX10", "MX"]


def test_a_number_of_any_length() -> None:
    assert natural("EX" + "9" * 9000) < natural("EX1" + "0" * 9000)
    assert natural("EX" + "0" * 9000 + "1") == natural("EX1")


@given(st.lists(st.text(), min_size=2, max_size=4))
def test_whatever_the_names_they_can_be_compared(names: list[str]) -> None:
    keys = sorted(map(natural, names))
    assert all(before <= after for before, after in pairwise(keys))
