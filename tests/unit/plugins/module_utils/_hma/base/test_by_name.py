# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking up by name gives what looking through everything gives."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.by_name import ByName
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, folded
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from(["EX1", "ex1", "ex1.corp.test", "EX2", "", "\N{KELVIN SIGN}1", "k1"])


@given(st.lists(st.tuples(NAMES, st.integers())), st.lists(NAMES))
def test_each_item_of_any_of_the_names_in_their_order(items: list[tuple[str, int]], names: list[str]) -> None:
    assert ByName(items).of(names) == [item for name, item in items if fold(name) in folded(names)]
