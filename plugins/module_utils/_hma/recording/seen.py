# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a judge saw of an assumption: its position, and what it was seen by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# As assumed, where an assumption has no positions of its own.
YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True)
class Seen:
    """The position, and what it was seen by."""

    position: str
    detail: str = ""


def agreed(found: Iterable[str]) -> Seen | None:
    """YES where no object is odd, None where there is no object; else what is odd."""
    oddities = list(found)
    odd = sorted({one for one in oddities if one})
    if not oddities:
        return None
    return Seen(NO, "; ".join(odd)) if odd else Seen(YES, f"{len(oddities)} looked at")
