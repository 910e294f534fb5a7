# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Text that can stand in any document: characters that no document may hold, or that hide or reorder others,
are written as their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# What XML 1.0 forbids (control characters, surrogates, U+FFFE, U+FFFF), what turns or hides text on a screen (direction
# marks, zero-width characters, tags), and the line ends that only some programs take for one. Tab and line feed stay.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
_REPLACEMENT: Final = "\ufffd"  # somebody has replaced it already


# What of a task's result is said to people; the rest is data that later steps read, and stays exact.
_PRINTED: Final = ("msg", "warnings", "diff", "notes", "findings", "overridden")


def printable_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result of a task with everything in it that Ansible prints made safe to print."""
    return {**result, **{key: printable(result[key]) for key in _PRINTED if key in result}}


def printable(value: Any) -> Any:
    """The same value with every text made safe to print, all the way down."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value  # nearly every text there is; a fleet has millions
        return UNSEEN.sub(_shown, value.replace("\r\n", "\n"))
    if isinstance(value, Mapping):
        return {printable(str(key)): printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value


def _shown(found: re.Match[str]) -> str:
    number = ord(found[0])
    if number < 0x20:
        return chr(0x2400 + number)  # Unicode has a picture of each
    if found[0] == _REPLACEMENT:
        return found[0]
    return f"<U+{number:04X}>"
