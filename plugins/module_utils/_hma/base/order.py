# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The order of names in a list, as people count: EX2 stands before EX10."""

from __future__ import annotations

import re

from .comparison import fold

_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts numbers in a name by their value.

    A number is compared by its length, then by its digits: Python refuses to make an integer of very many digits.
    """
    parts = _DIGITS.split(fold(text))
    return tuple(_number(part) if place % 2 else (0, part) for place, part in enumerate(parts))


def _number(digits: str) -> tuple[int, str]:
    value = digits.lstrip("0")
    return len(value), value
