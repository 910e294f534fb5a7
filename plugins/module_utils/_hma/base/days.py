# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Days, written as 2026-11-26."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

_DAY: Final = timedelta(days=1)


def after(day: str) -> str:
    """The next day."""
    return f"{date.fromisoformat(day) + _DAY}"


def spans(days: Sequence[str]) -> str:
    """Days in their order, as people write them: 2026-11-13 to 2026-11-25, 2026-11-27."""
    found: list[list[str]] = []
    for day in days:
        if found and after(found[-1][-1]) == day:
            found[-1][1:] = [day]
        else:
            found.append([day])
    return ", ".join(" to ".join(span) for span in found)
