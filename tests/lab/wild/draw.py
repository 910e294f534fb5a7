# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn: a source of chance that a seed gives, or a test that shrinks what it found.

Everything comes from ``random()`` alone, so that a seed gives the same on each Python, and so that hypothesis, which
makes such numbers smaller, makes an organization more even: 0 is the plain choice everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Draw:
    """Choices from one source."""

    def __init__(self, source: Random) -> None:
        self._source = source

    def chance(self, share: float) -> bool:
        """True that often."""
        return self._source.random() > 1 - share

    def number(self, least: int, most: int) -> int:
        return least + min(int(self._source.random() * (most - least + 1)), most - least)

    def pick(self, items: Sequence[Item]) -> Item:
        """One of them, the first the plain one."""
        return items[self.number(0, len(items) - 1)]

    def odd(self, share: float, plain: Item, odd: Sequence[Item]) -> Item:
        """The plain one, but that often an odd one."""
        return self.pick(odd) if self.chance(share) else plain

    def some(self, items: Sequence[Item], share: float) -> list[Item]:
        """Each of them that often, in their order."""
        return [item for item in items if self.chance(share)]
