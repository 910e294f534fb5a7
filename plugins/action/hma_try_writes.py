# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try on one virtual directory what only a write shows; see the module hma_try_writes for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    front_end,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import TriedWrite
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.trials import (
    turned,
    unchanged,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import (
    Seen,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.trying import USE, refuse_used, try_writes


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
    trials: Sequence[TriedWrite]
    notes: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Each write is recorded, read back, and taken back."""

    module = "hma_try_writes"
    options = Options

    def apply(self, options: Options) -> Tried:
        shell = self.shell(options)
        seen = self._read(shell, options)
        (directory,) = seen.directories
        planned = [unchanged(directory), *([turned(directory)] if options.out_of_use else [])]
        trials: list[TriedWrite] = []
        notes: list[str] = []
        if not self.predicting:
            writer = Writer(shell, self.record(options), self.host, seen.controller)
            trials, notes = try_writes(writer, seen, out_of_use=options.out_of_use)
        account = Account.of(Plan(tuple(planned)).predicted, predicting=self.predicting)
        return Tried(account=account, directory=directory.identity, trials=trials, notes=notes)

    def _read(self, shell: Shell, options: Options) -> Seen:
        kind = KINDS[options.kind]
        cmdlets = [kind.get(options.server or THIS_SERVER), *(USE if options.out_of_use else ())]
        answer = shell.run(cmdlets)
        answer.require(cmdlets)
        found = answer.results[0]
        if found.errors:
            raise ExchangeError(cmdlet_failure(self.host, cmdlets[0], found.errors[0]))
        directory = front_end(kind, found)
        if options.out_of_use:
            refuse_used(directory, answer.results[1:])
        item = next(item for item in found.objects if item.get("Identity") == directory.identity)
        return Seen([directory], {directory.guid: item}, answer.domain_controller, options.server or answer.host.fqdn)
