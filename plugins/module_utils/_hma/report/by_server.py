# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Findings and answers by their server: whoever makes a row for each server of a fleet looks through them
once, not once for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from ..base.comparison import fold

_Item = TypeVar("_Item")


class ByServer(Generic[_Item]):
    """Items by the name that each has for its server."""

    def __init__(self, items: Iterable[_Item], server_of: Callable[[_Item], str]) -> None:
        self._items: dict[str, list[tuple[int, _Item]]] = {}
        for place, item in enumerate(items):
            self._items.setdefault(fold(server_of(item)), []).append((place, item))

    def of(self, names: Iterable[str]) -> list[_Item]:
        """What any of a server's names, folded, has, in the order in which it came."""
        found = [placed for name in names for placed in self._items.get(name, ())]
        return [item for _place, item in sorted(found, key=lambda placed: placed[0])]
