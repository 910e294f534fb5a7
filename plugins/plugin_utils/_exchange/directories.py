# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Virtual directories after a write: read back, and given again what the write took beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import give_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    parse_directory,
)

from .write import Writer

_URLS: Final = "Give the directory its URLs by hand: clients are sent to them."


def read_back(change: Change) -> Cmdlet:
    return KINDS[change.target["kind"]].get_one(str(change.target["guid"]))


def parse_read_back(change: Change, result: CmdletResult) -> Directory:
    kind = KINDS[change.target["kind"]]
    return parse_directory(kind, result.only(f"Get-{kind.noun}"))


def give_back_urls(
    writer: Writer, before: Mapping[str, Directory], now: Sequence[Directory]
) -> tuple[list[Directory], list[str]]:
    """The directories with the URLs that they had before a write; each that had lost them is a note.

    ExchangeError where a directory does not take its URLs again.
    """
    known = {fold(guid): directory for guid, directory in before.items()}
    pairs = [(known[fold(item.guid)], item) for item in now if fold(item.guid) in known]
    changes = [change for was, item in pairs if (change := give_back(was, item))]
    if not changes:
        return list(now), []
    written = writer.write(Plan(tuple(changes)), read_back=read_back)
    given = {}
    for change, result in zip(changes, written.read_back, strict=True):
        found = parse_read_back(change, result)
        writer.check_read_back(change, {**found.settings, **found.urls}, _URLS)
        given[found.guid] = found
    notes = [
        f"{change.object}: Exchange changed its URLs with its methods; they were given back." for change in changes
    ]
    return [given.get(item.guid, item) for item in now], [*notes, *written.warnings]
