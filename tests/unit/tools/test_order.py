# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick failures come first, long stories before short ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.order import LONGEST_FIRST, place

ROOT = Path(__file__).parents[3]


def test_units_then_the_long_stories_then_the_others() -> None:
    paths = [
        f"tests/integration/{LONGEST_FIRST[1]}.py",
        "tests/integration/test_new.py",
        f"tests/integration/{LONGEST_FIRST[0]}.py",
        "tests/unit/test_z.py",
    ]
    assert sorted(paths, key=place) == [paths[3], paths[2], paths[0], paths[1]]


@pytest.mark.parametrize("stem", LONGEST_FIRST)
def test_a_file_that_is_said_to_be_long_is_there(stem: str) -> None:
    assert (ROOT / "tests" / "integration" / f"{stem}.py").is_file()


def test_this_run_is_in_that_order(request: pytest.FixtureRequest) -> None:
    places = [place(item.path.as_posix()) for item in request.session.items]
    assert places == sorted(places)
