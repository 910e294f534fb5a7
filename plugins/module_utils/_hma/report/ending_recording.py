# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a recording, and a trial, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.command import playbook
from .ending import RECORDING, TRYING, Ended, Ending, Next, restoring

_CHECK: Final = "Check mode: nothing was written."


@dataclass(frozen=True)
class Recorded:
    """What became of the recording: its sentence, whether it was made, who is not in it, and its files."""

    message: str
    made: bool
    unread: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def says(self) -> tuple[str, ...]:
        where = f"recording.json and the page beside it: {self.files['page']}" if self.files else ""
        missing = f"Not in it: {' '.join(self.unread)}" if self.unread else ""
        return tuple(filter(None, (self.message, missing, where)))


def of_recording(ended: Ended, found: Recorded) -> Ending:
    """Complete where everybody in the inventory is in it."""
    again = playbook(RECORDING, ended.inventory)
    if not found.made:
        once_more = playbook(RECORDING, ended.inventory, options=ended.as_called)
        return Ending(False, "Nothing was recorded", (found.message,), Next("Once more", once_more))
    if not found.files:
        words = "This would be recorded; it stands above, without names"
        return Ending(not found.unread, words, (_CHECK, *found.says), Next("To write it", again))
    words = "Recorded, but not everybody" if found.unread else "Recorded, without names"
    return Ending(not found.unread, words, found.says, Next("Once more", again) if found.unread else None)


def of_trial(
    ended: Ended, found: Recorded, *, failed: bool, notes: tuple[str, ...], given: Mapping[str, Any]
) -> Ending:
    """Complete where the directory is as it was."""
    options = tuple(
        word
        for name in ("hma_try_server", "hma_try_directory", "hma_try_out_of_use")
        if given.get(name)
        for word in ("-e", f"{name}={str(given[name]).lower() if given[name] is True else given[name]}")
    )
    again = playbook(TRYING, ended.inventory, options=options)
    if ended.checking and not failed:
        return Ending(True, "Ready to try", (_CHECK, *notes), Next("To do it", again))
    if failed:
        back = Next("The way back", restoring(ended)) if ended.record and not ended.checking else None
        once_more = playbook(TRYING, ended.inventory, options=(*ended.as_called, *options))
        return Ending(False, "The trial stopped", notes, back or Next("Once more", once_more))
    if notes:
        words = "Tried, and the directory is not as it was"
        return Ending(False, words, (*notes, *found.says), Next("The way back", restoring(ended)))
    return Ending(found.made, "Tried, and the directory is as it was", found.says)
