# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How measure_sign_ins ended: whether every server was counted in full, and what is to be typed next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..base.command import playbook, variable_of_paths
from .ending import Ended, Ending, Next

NAME: Final = "measure_sign_ins"
_GO_ON: Final = ("-e", "hma_measure_continue=true")
_FILES: Final = (("Result", "html"), ("People", "people_csv"), ("Data", "json"))


def of_measure(ended: Ended, written: Mapping[str, Any]) -> Ending:
    """``written`` is the result of writing the files, or empty where the run did not get that far."""
    again = Next("Once more", playbook(NAME, ended.inventory))
    if not written.get("files"):
        reason = str(written.get("msg") or ended.run["reason"] or ended.run["stopped"] or "no server was asked.")
        return Ending(False, "Nothing was counted", (reason,), again)
    # Why a host failed is the first thing to do already.
    failed = tuple(f"{item.host}: " for item in ended.document.problems)
    says = (str(written["sentence"]), *(item for item in written["incomplete"] if not item.startswith(failed)))
    if written["complete"]:
        return Ending(True, str(written["words"]), says, _after(ended, str(written["files"].get("json", ""))))
    on = Next("To go on", playbook(NAME, ended.inventory, options=_GO_ON))
    return Ending(False, str(written["words"]), says, on if written["unfinished"] else again)


def _after(ended: Ended, data: str) -> Next:
    """What rests on a measurement; where its names are masked nothing does."""
    if not data or ended.facts["settings"].get("hma_measure_masked"):
        return Next("To measure again", playbook(NAME, ended.inventory))
    options = ("--check", "-e", "hma_block_wave=0", *variable_of_paths("hma_block_sign_ins", [data]))
    return Next("To block legacy sign-in, first", playbook("block_legacy_auth", ended.inventory, options=options))


def files_of(written: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the run left, each with its name."""
    files = written.get("files") or {}
    return [(what, str(files.get(kind, ""))) for what, kind in _FILES]
