# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which known name somebody meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

# Two slips of a finger: more of them make another word.
_SLIPS: Final = 2
_ALIKE: Final = 0.8


def slipped(name: str, known: Iterable[str], slips: int = _SLIPS) -> str | None:
    """The known name that ``name`` is a slip of, if any."""
    near = [(distance(name, other), other) for other in known if abs(len(name) - len(other)) <= slips]
    best = min(near, default=(slips + 1, ""))
    return best[1] if best[0] <= slips else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name to offer to somebody who wrote ``name``: one that looks alike, or a short one with one slip."""
    names = list(known)
    alike = difflib.get_close_matches(name, names, 1, _ALIKE)
    return alike[0] if alike else slipped(name, names, 1)


def distance(one: str, other: str) -> int:
    """How many letters have to be added, left out, replaced or exchanged with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
