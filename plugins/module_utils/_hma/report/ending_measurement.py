# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How measure_sign_ins ended: whether every server was counted in full, and what is to be typed next."""

from __future__ import annotations

from typing import Final

from ..base.command import playbook, variable_of_paths
from .ending import Ended, Ending, Next
from .found import Found

NAME: Final = "measure_sign_ins"
_GO_ON: Final = ("-e", "hma_measure_continue=true")
_FILES: Final = (("Result", "html"), ("People", "people_csv"), ("Data", "json"))


def of_measure(ended: Ended, written: Found) -> Ending:
    """``written`` is the result of writing the files, or empty where the run did not get that far."""
    again = Next("Once more", playbook(NAME, ended.inventory))
    if not written["files"].flag:
        reason = written["msg"].text or str(ended.run["reason"] or ended.run["stopped"] or "no server was asked.")
        return Ending(False, "Nothing was counted", (reason,), again)
    # Why a host failed is the first thing to do already.
    failed = tuple(f"{item.host}: " for item in ended.document.problems)
    says = (written["sentence"].text, *(item for item in written["incomplete"].texts if not item.startswith(failed)))
    if written["complete"].flag:
        return Ending(True, written["words"].text, says, _after(ended, written["files"]["json"].text))
    on = Next("To go on", playbook(NAME, ended.inventory, options=_GO_ON))
    return Ending(False, written["words"].text, says, on if written["unfinished"].flag else again)


def _after(ended: Ended, data: str) -> Next:
    """What rests on a measurement; where its names are masked nothing does."""
    if not data or ended.facts["settings"].get("hma_measure_masked"):
        return Next("To measure again", playbook(NAME, ended.inventory))
    options = ("--check", "-e", "hma_block_wave=0", *variable_of_paths("hma_block_sign_ins", [data]))
    return Next("To block legacy sign-in, first", playbook("block_legacy_auth", ended.inventory, options=options))


def files_of(written: Found) -> list[tuple[str, str]]:
    """What the run left, each with its name."""
    return [(name, written["files"][kind].text) for name, kind in _FILES]
