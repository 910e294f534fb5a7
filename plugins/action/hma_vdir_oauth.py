# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth on the virtual directories of a server; see the module hma_vdir_oauth for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
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
    Seen,
    known_directories,
    read_directories,
    write_directories,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import Overtaken
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.in_use import still_off
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._turns import Turns

if TYPE_CHECKING:
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Value
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import Setting

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
    despite_modern_authentication: bool
    read: Mapping[str, Any]
    throttle: int
    throttle_group: str

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
    """Read, plan, and (unless in check mode) wait for a turn, look again, write and read back."""

    module = "hma_vdir_oauth"
    options = Options

    def apply(self, options: Options) -> Directories:
        turns = Turns(f"{self.module} {options.throttle_group}", options.throttle)
        known = known_directories(options.read, kinds_of(options.kinds))
        if known is not None and not _plan(known.directories, options).changes:
            return self._result(known, Plan())
        shell = self.shell(options)
        seen, plan = self._look(shell, options)
        if not plan.changes or self.predicting:
            return self._result(seen, plan, _predicted(seen.directories, plan) if plan.changes else None)
        with turns.taken():
            try:
                return self._written(shell, options, seen, plan)
            except Overtaken:
                # Its turn may have come long after it was read. What is there now is planned anew, once.
                seen, plan = self._look(shell, options)
                return self._written(shell, options, seen, plan) if plan.changes else self._result(seen, plan)

    def _look(self, shell: Shell, options: Options) -> tuple[Seen, Plan]:
        """What is there, and what is to be written; Refused where OAuth would be taken from clients that use it."""
        seen = read_directories(shell, self.host, kinds_of(options.kinds), options.server)
        plan = _plan(seen.directories, options)
        return still_off(shell, self.host, seen, plan, despite=options.despite_modern_authentication), plan

    def _written(self, shell: Shell, options: Options, seen: Seen, plan: Plan) -> Directories:
        writer = Writer(shell, self.record(options), self.host, seen.controller)
        now, warnings, given_back = write_directories(writer, plan, seen)
        return self._result(
            replace(seen, directories=now),
            plan,
            notes=[_RECYCLE, *warnings],
            warnings=[f"{self.host}: {text}" for text in given_back],
        )

    def _result(
        self,
        seen: Seen,
        plan: Plan,
        predicted: Sequence[_After] | None = None,
        *,
        notes: Sequence[str] = (),
        warnings: Sequence[str] = (),
    ) -> Directories:
        return Directories(
            warnings=warnings,
            account=Account.of(plan.predicted, predicting=self.predicting),
            server=seen.server,
            directories=predicted or [_After(directory, predicted=None) for directory in seen.directories],
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
            notes=[*plan.notes, *notes],
        )


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
