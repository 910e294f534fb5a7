# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is said of names, looked up by them: a fleet has hundreds of servers and thousands of answers about
them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from .comparison import fold, folded

T = TypeVar("T")


class ByName(Generic[T]):
    """Items, each under the name that it was given with."""

    def __init__(self, items: Iterable[tuple[str, T]]) -> None:
        self._items: dict[str, list[tuple[int, T]]] = {}
        for place, (name, item) in enumerate(items):
            self._items.setdefault(fold(name), []).append((place, item))

    def of(self, names: Iterable[str]) -> list[T]:
        """The items of any of these names, in the order in which they were given."""
        found = [pair for name in folded(names) for pair in self._items.get(name, ())]
        return [item for _place, item in sorted(found, key=_place_of)]


def _place_of(pair: tuple[int, object]) -> int:
    return pair[0]
