# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth on the virtual directories of a server; see the module hma_vdir_oauth for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
    front_end,
    kinds_of,
    plan_oauth,
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

if TYPE_CHECKING:
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Value
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import Setting

_LOOK: Final = "Look at the server's event log; nothing after it was enabled."
_RECYCLE: Final = (
    "The change may wait for the application pool's recycle (at the latest an iisreset) before clients see it."
)


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """Which directories of which server, and whether they are to have OAuth; no server is the one that answers."""

    state: str
    server: str | None
    kinds: Sequence[str]
    mapi_empty: str

    @property
    def present(self) -> bool:
        return self.state == "present"


@dataclass(frozen=True)
class _After(Facts):
    """A directory as this run leaves it, or would leave it."""

    directory: Directory
    predicted: bool | None

    def facts(self) -> dict[str, Any]:
        # By directory: what was right already was read, and may have become wrong when the gate reads it again.
        mark = {} if self.predicted is None else {"predicted": self.predicted}
        return {**self.directory.facts(), **mark}


@dataclass(frozen=True, kw_only=True)
class Directories(WritingResult):
    """The directories of a server, and what was or would be written to them."""

    server: str
    directories: Sequence[_After]
    commands: Sequence[str]
    notes: Sequence[str]
    warnings: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_vdir_oauth"
    options = Options

    def apply(self, options: Options) -> Directories:
        shell = self.shell(options)
        directories, controller, server = self._read(shell, options)
        plan = _plan(directories, options)
        now, notes, given_back = directories, list(plan.notes), list[str]()
        if plan.changes and not self.predicting:
            now, warnings, given_back = _write(
                Writer(shell, self.record(options), self.host, controller), plan, directories
            )
            notes += [_RECYCLE, *warnings]
        return Directories(
            warnings=[f"{self.host}: {text}" for text in given_back],
            account=Account.of(plan.predicted, predicting=self.predicting),
            server=server,
            directories=_predicted(directories, plan)
            if plan.changes and self.predicting
            else [_After(directory, predicted=None) for directory in now],
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
            notes=notes,
        )

    def _read(self, shell: Shell, options: Options) -> tuple[list[Directory], str | None, str]:
        kinds = kinds_of(options.kinds)
        cmdlets = [kind.get(options.server or THIS_SERVER) for kind in kinds]
        answer = shell.run(cmdlets)
        found, wrong = [], []
        for kind, cmdlet, result in zip(kinds, cmdlets, answer.results, strict=True):
            try:
                if result.errors:
                    raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
                found.append(front_end(kind, result))
            except (Refused, ParseError) as exc:
                wrong.append(str(exc))
        if wrong:
            # All of them at once, before anything is written to this server.
            raise Refused(" ".join(wrong))
        return found, answer.domain_controller, options.server or answer.host.fqdn


def _write(
    writer: Writer, plan: Plan, directories: Sequence[Directory]
) -> tuple[list[Directory], list[str], list[str]]:
    """The directories as they read back, what Exchange warned, and what had to be given back."""
    written = writer.write(plan, read_back=read_back)
    before = {item.guid: item for item in directories}
    found = [parse_read_back(change, result) for change, result in zip(plan.changes, written.read_back, strict=True)]
    found, given_back = give_back_urls(writer, before, found)
    for change, item in zip(plan.changes, found, strict=True):
        # Another object than the one that was asked for has none of its properties.
        writer.check_read_back(change, item.settings if item.guid == change.target["guid"] else {}, _LOOK)
    now = {**before, **{item.guid: item for item in found}}
    return list(now.values()), written.warnings, given_back


def _plan(directories: Sequence[Directory], options: Options) -> Plan:
    """Every refusal at once, before anything is written."""
    changes: list[Change] = []
    refusals: list[str] = []
    for directory in directories:
        try:
            change = plan_oauth(directory, present=options.present, mapi_empty=options.mapi_empty)
        except Refused as exc:
            refusals.append(str(exc))
        else:
            changes += [change] if change else []
    if refusals:
        raise Refused(" ".join(refusals))
    return Plan(tuple(changes))


def _predicted(directories: Sequence[Directory], plan: Plan) -> list[_After]:
    planned = {change.target["guid"]: change.after for change in plan.changes}
    return [_After(_as_planned(item, planned.get(item.guid, {})), item.guid in planned) for item in directories]


def _as_planned(directory: Directory, written: Mapping[str, Value]) -> Directory:
    # What a plan writes to a directory are settings of its kind.
    return replace(directory, settings={**directory.settings, **cast("Mapping[str, Setting]", written)})
