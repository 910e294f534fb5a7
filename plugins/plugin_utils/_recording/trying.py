# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Writes that are tried on one virtual directory: each is read back, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig, web_listing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.free_busy import (
    CONNECTORS,
    enabled_connectors,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import differences
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import reversed_change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import TriedWrite
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.shapes import Shape
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.trials import (
    OAUTH,
    UNCHANGED,
    raw_read,
    refuse_in_use,
    turned,
    turned_back,
    unchanged,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import (
    Seen,
    give_back_urls,
    parse_read_back,
    read_back,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

from .exchange import shapes_of

_LOOK = "Look at the directory; restore_hma with the record of this run gives it back."
# What says whether OAuth is in use.
USE: Final = (orgconfig.READ, CONNECTORS, *web_listing.LISTED)


@dataclass(frozen=True)
class _Step:
    """The directory after a write, typed and raw, what it was before, and what Exchange warned. ``raw`` is what the
    write left, before anything was given back."""

    directory: Directory
    was: tuple[Shape, ...]
    raw: tuple[Shape, ...]
    warnings: list[str]

    def trial(self, name: str) -> TriedWrite:
        return TriedWrite(name, self.directory.kind, "done", tuple(self.warnings), self.was, self.raw)


def try_writes(writer: Writer, seen: Seen, *, out_of_use: bool) -> tuple[list[TriedWrite], list[str]]:
    """The trials, and what is not as it was when they are over."""
    (before,) = seen.directories
    same = unchanged(before)
    step = _write(writer, same, before, seen.again(Plan((same,))))
    trials = [step.trial(UNCHANGED)]
    if out_of_use:
        # Right before the write: what was off a moment ago may be on.
        answer = writer.shell.run(USE, domain_controller=writer.domain_controller)
        answer.require(USE)
        refuse_used(before, answer.results)
        there, step = _there_and_back(writer, before)
        trials += [one.trial(OAUTH) for one in (there, step)]
    was = {**before.beside, **before.settings}
    return trials, [f"{before.identity}: {text}." for text in differences(was, step.directory)]


def refuse_used(directory: Directory, results: Sequence[CmdletResult]) -> None:
    """Refused by what the answers to ``USE`` say."""
    config = orgconfig.parse_organization_config(results[0].only(orgconfig.READ.name))
    web = web_listing.in_use(web_listing.parse_listing(results[2:]))
    refuse_in_use(directory, live=config.may_be_on, web=web, connectors=enabled_connectors(results[1]))


def _there_and_back(writer: Writer, before: Directory) -> tuple[_Step, _Step]:
    """OAuth turned, and turned back whatever goes wrong: who runs the trial again would take what it left for what was
    there."""
    change = turned(before)
    try:
        there = _write(writer, change, before)
        return there, _write(writer, turned_back(there.directory, before), before)
    except Exception as exc:
        raise ExchangeError(_turned_back(writer, change, exc), uncertain=True) from exc


def _turned_back(writer: Writer, change: Change, cause: Exception) -> str:
    """The write that undoes the turn, and what to tell of it and of what went wrong."""
    text = f"{change.object}: the trial of OAuth went wrong"
    back = reversed_change(change)
    try:
        written = writer.write(Plan((back,)), read_back=read_back)
        writer.check_read_back(back, parse_read_back(back, written.read_back[0]).settings, _LOOK)
    except Exception as exc:
        return (
            f"{text}, and OAuth may not be as it was. Do not run the trial again, it would take what it left for what "
            f"was there: restore_hma with the record of this run gives it back. What went wrong: {cause} "
            f"When it was turned back: {exc}"
        )
    return f"{text}; OAuth is as it was again. What went wrong: {cause}"


def _write(writer: Writer, change: Change, before: Directory, read_before: Sequence[Cmdlet] = ()) -> _Step:
    """One write, read back, and the URLs given back that it took."""
    raw = raw_read(before)
    was = shapes_of(writer.read(raw), raw)
    written = writer.write(Plan((change,)), read_before=read_before, read_back=read_back, read_after=[raw])
    found = parse_read_back(change, written.read_back[0])
    (found,), _notes = give_back_urls(writer, {before.guid: before}, [found])
    writer.check_read_back(change, found.settings, _LOOK)
    return _Step(found, was, shapes_of(written.read_back[1], raw), written.warnings)
