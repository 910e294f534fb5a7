# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How the value of a property is shown to people: in a diff, in a message, in a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

EMPTY = "(empty)"
_NAMED: Final = 10


def listed(value: Any, *, empty: str = EMPTY) -> str:
    """A value as a person reads it: the members of a list with commas, a Boolean in lower case, nothing as the empty
    text."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or empty
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: Any) -> str:
    """The same for a diff or a message, where braces say that it is a list, as the Exchange Management Shell has
    them."""
    return f"{{{listed(value, empty='')}}}" if isinstance(value, (list, tuple)) else listed(value)


def few(names: Sequence[str], most: int = _NAMED) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
