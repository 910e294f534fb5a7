# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is the same of many objects, together: three hundred servers are no thousand lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeVar

# From so many objects of which the same is said, a table names them in one row.
MANY: Final = 6

_Item = TypeVar("_Item")


def together(items: Iterable[_Item], key: Callable[[_Item], Hashable], many: int = MANY) -> list[list[_Item]]:
    """Items of one key together where there are many of them, each by itself elsewhere. A group stands where the first
    of its items stood."""
    keyed = [(key(item), item) for item in items]
    groups: dict[Hashable, list[_Item]] = {}
    for same, item in keyed:
        groups.setdefault(same, []).append(item)
    found = []
    for same, item in keyed:
        if len(groups.get(same, ())) >= many:
            found.append(groups.pop(same))
        elif same in groups:
            found.append([item])
    return found
