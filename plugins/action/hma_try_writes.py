# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try on one virtual directory what only a write shows; see the module hma_try_writes for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import differences
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    front_end,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.trials import (
    OAUTH,
    UNCHANGED,
    raw_read,
    refuse_live,
    trial,
    turned,
    turned_back,
    unchanged,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import (
    give_back_urls,
    parse_read_back,
    read_back,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

_LOOK = "Look at the directory; restore_hma with the record of this run gives it back."
Raw = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """The one directory, and whether OAuth may be turned in it."""

    server: str | None
    kind: str
    out_of_use: bool


@dataclass(frozen=True, kw_only=True)
class Tried(WritingResult):
    """What was tried, with everybody's names, and what is not as it was."""

    directory: str
    trials: Sequence[Mapping[str, Any]]
    notes: Sequence[str]


@dataclass(frozen=True)
class _Step:
    """The directory after a write, typed and raw, what it was before, and what Exchange warned. ``raw`` is what the
    write left, before anything was given back."""

    directory: Directory
    was: Raw
    raw: Raw
    warnings: list[str]


class ActionModule(HmaAction[Options]):
    """Each write is recorded, read back, and taken back."""

    module = "hma_try_writes"
    options = Options

    def apply(self, options: Options) -> Tried:
        shell = self.shell(options)
        directory, controller, live = self._read(shell, options)
        if options.out_of_use:
            refuse_live(directory, live=live)
        planned = [unchanged(directory), *([turned(directory)] if options.out_of_use else [])]
        trials: list[Mapping[str, Any]] = []
        notes: list[str] = []
        if not self.predicting:
            writer = Writer(shell, self.record(options), self.host, controller)
            trials, notes = try_writes(writer, directory, out_of_use=options.out_of_use)
        account = Account.of(Plan(tuple(planned)).predicted, predicting=self.predicting)
        return Tried(account=account, directory=directory.identity, trials=trials, notes=notes)

    def _read(self, shell: Shell, options: Options) -> tuple[Directory, str | None, bool]:
        kind = KINDS[options.kind]
        cmdlets = [orgconfig.READ, kind.get(options.server or THIS_SERVER)]
        answer = shell.run(cmdlets)
        answer.require(cmdlets)
        if answer.results[1].errors:
            raise ExchangeError(cmdlet_failure(self.host, cmdlets[1], answer.results[1].errors[0]))
        config = orgconfig.parse_organization_config(answer.results[0].only(orgconfig.READ.name))
        return front_end(kind, answer.results[1]), answer.domain_controller, config.may_be_on


def try_writes(writer: Writer, before: Directory, *, out_of_use: bool) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The trials, and what is not as it was when they are over."""
    step = _write(writer, unchanged(before), before)
    trials = [trial(UNCHANGED, before, step.warnings, step.was, step.raw)]
    if out_of_use:
        # Right before the write: what was off a moment ago may be on.
        config = orgconfig.parse_organization_config(writer.read(orgconfig.READ).only(orgconfig.READ.name))
        refuse_live(before, live=config.may_be_on)
        there = _write(writer, turned(before), before)
        back = _write(writer, turned_back(there.directory, before), before)
        trials += [
            trial(OAUTH, before, there.warnings, there.was, there.raw),
            trial(OAUTH, before, back.warnings, back.was, back.raw),
        ]
        step = back
    was = {**before.beside, **before.settings}
    return trials, [f"{before.identity}: {text}." for text in differences(was, step.directory)]


def _write(writer: Writer, change: Change, before: Directory) -> _Step:
    """One write, read back, and the URLs given back that it took."""
    was = writer.read(raw_read(before)).objects
    written = writer.write(Plan((change,)), read_back=read_back, read_after=[raw_read(before)])
    found = parse_read_back(change, written.read_back[0])
    (found,), _notes = give_back_urls(writer, {before.guid: before}, [found])
    writer.check_read_back(change, found.settings, _LOOK)
    return _Step(found, was, written.read_back[1].objects, written.warnings)
