# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which tests run: quick failures first, and no long story at the end with an idle core beside it."""

from __future__ import annotations

from typing import Final

# The files with the longest stories (seconds of processor per story, `pytest --durations`), the longest first. A file
# that is not here comes after them: a wrong place costs seconds at the end of a run, nothing else.
LONGEST_FIRST: Final = (
    "test_matrix",
    "test_enable_hma",
    "test_going_back",
    "test_owa_hma",
    "test_back_by_accident",
    "test_verify_hma",
    "test_block_legacy_auth",
    "test_others_at_work",
    "test_guides_followed",
    "test_secrets",
    "test_discover",
    "test_refusals",
    "test_modules",
)


def place(path: str) -> tuple[int, int]:
    """Where the tests of a file stand: unit tests, the stories of the files above, all other stories."""
    if "tests/integration/" not in path:
        return (0, 0)
    stem = path.rpartition("/")[2].removesuffix(".py")
    return (1, LONGEST_FIRST.index(stem) if stem in LONGEST_FIRST else len(LONGEST_FIRST))
