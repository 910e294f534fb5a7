# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A reader for what a run left behind: anything may be missing or of another type, and then reads as
nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A value somewhere in the facts of a run. ``found["read"]["server"].text`` is the empty text where any of it is
    missing."""

    value: object = None

    def __getitem__(self, key: str) -> Found:
        return Found(self.value.get(key)) if isinstance(self.value, Mapping) else Found()

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, Mapping) and key in self.value

    @property
    def text(self) -> str:
        return "" if self.value is None or self.value is False else str(self.value)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(str(item) for item in self._members)

    @property
    def flag(self) -> bool:
        return bool(self.value)

    @property
    def evidence(self) -> str | None:
        """A text as it is, nothing as None, everything else as JSON."""
        if self.value is None or isinstance(self.value, str):
            return self.value or None
        return json.dumps(self.value, ensure_ascii=False, default=str)

    @property
    def objects(self) -> list[Found]:
        """The members of a list that are objects."""
        return [Found(item) for item in self._members if isinstance(item, Mapping)]

    @property
    def mapping(self) -> dict[str, object]:
        """An object as it is; an empty one where it is none."""
        return {str(key): value for key, value in self.value.items()} if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> list[tuple[str, Found]]:
        """The keys of an object with their values."""
        return [(key, Found(value)) for key, value in self.mapping.items()]

    @property
    def _members(self) -> list[object]:
        return list(self.value) if isinstance(self.value, (list, tuple)) else []
