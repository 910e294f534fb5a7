# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long wait says where it is: at once, then once a minute."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.hybrid.exchange.plugins.plugin_utils._progress import Waiting


def test_a_wait_is_told_at_once_and_then_once_a_minute() -> None:
    said: list[str] = []
    at = [0.0]
    waiting = Waiting("ex1", 90, say=said.append, clock=lambda: at[0], now=lambda: datetime(2026, 11, 26, 12, 0, 0))
    for at[0] in (0.0, 30.0, 59.0, 60.0, 100.0):
        waiting.tell(f"2 of 3 at {at[0]:.0f}")
    assert said == [
        "ex1: 2 of 3 at 0; at the latest until 12:01:30", "ex1: 2 of 3 at 60; at the latest until 12:01:30",
    ]  # fmt: skip


def test_a_wait_beside_many_is_told_after_a_minute_and_one_without_an_end_has_no_time() -> None:
    said: list[str] = []
    at = [0.0]
    waiting = Waiting("ex1", None, soon=False, say=said.append, clock=lambda: at[0])
    for at[0] in (0.0, 59.0, 61.0, 90.0, 121.0):
        waiting.tell(f"{at[0]:.0f} of 200 people are written")
    assert said == ["ex1: 61 of 200 people are written", "ex1: 121 of 200 people are written"]
