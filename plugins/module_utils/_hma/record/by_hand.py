# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a person types for a directory that is left alone, because somebody changed it since the run."""

from __future__ import annotations

from collections.abc import Sequence

from ..base.comparison import has, same
from ..exchange.cmdlet import Cmdlet
from ..exchange.virtual_directories import KINDS, OAUTH, Directory
from .history import Recorded


def oauth_by_hand(directory: Directory, steps: Sequence[Recorded]) -> str:
    """What takes OAuth alone from the lists that it was not in before the runs; nothing where a list would be empty."""
    kind, before = (
        KINDS[directory.kind],
        {name: value for step in reversed(steps) for name, value in step.before.items()},
    )
    lists = {
        name: [method for method in now if not same(method, OAUTH)]
        for name in kind.settings
        if isinstance(now := directory.settings[name], (list, tuple)) and has(now, OAUTH)
        if name in before and not has(before[name], OAUTH)
    }
    if not lists or not all(lists.values()):
        return ""
    typed = Cmdlet(f"Set-{kind.noun}", {"Identity": directory.guid, **lists}).typed()
    return f" To take OAuth alone from it by hand: {typed}"
