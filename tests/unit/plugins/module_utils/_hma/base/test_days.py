# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Days in a row are one span."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.days import after, spans


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], ""),
        (["2026-11-13"], "2026-11-13"),
        (["2026-11-30", "2026-12-01", "2026-12-02"], "2026-11-30 to 2026-12-02"),
        (["2026-11-13", "2026-11-15", "2026-11-16"], "2026-11-13, 2026-11-15 to 2026-11-16"),
    ],
)
def test_spans(days: list[str], said: str) -> None:
    assert spans(days) == said


def test_the_next_day_may_be_of_the_next_year() -> None:
    assert after("2026-12-31") == "2027-01-01"
