# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The variables without which a playbook cannot be typed once more as it was: which records, which wave."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final

from ..base.command import variable_of_paths

# Where nobody said it: the first wave, and the place where a file goes.
_WAVE: Final = "0"
_SIGN_INS: Final = "sign_ins.json"


def repeated(name: str, settings: Mapping[str, Any], there: Container[str] = ()) -> tuple[str, ...]:
    """The options of block_legacy_auth; what another playbook needs is known where it ends. ``there`` are the variables
    that a command has from its run already, as they were typed."""
    if name != "block_legacy_auth":
        return ()
    wave, given = str(settings.get("hma_block_wave") or _WAVE), settings.get("hma_block_sign_ins") or _SIGN_INS
    files = [str(item) for item in given] if isinstance(given, (list, tuple)) else [str(given)]
    options = {
        "hma_block_wave": ("-e", f"hma_block_wave={wave}"),
        "hma_block_sign_ins": variable_of_paths("hma_block_sign_ins", files),
    }
    return tuple(word for variable, words in options.items() if variable not in there for word in words)
