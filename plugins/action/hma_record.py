# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: begin one, or read some; see the module hma_record for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible import context
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import History as RecordedHistory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, Unfinished
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.listing import ListedRun, Now, lines
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.names import names_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.origin import Answering, of_another
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.reply_urls import reply_urls_back
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import RecordOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.listing import is_parent, listed_runs
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.reader import read_sources
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.runs import (
    one_at_a_time,
    refuse_second,
    unfinished_runs,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import NEXT, Record, RecordError


@dataclass(frozen=True, kw_only=True)
class Options(RecordOptions):
    """Which run begins or ends on which servers, or which records are read."""

    source: Sequence[str]
    keep_names: Sequence[str]
    state: str
    facts: Mapping[str, Any] | None
    servers: Sequence[str]
    writes: bool


@dataclass(frozen=True, kw_only=True)
class Ended(Result):
    """The run, and the folder of its record."""

    run_id: str
    folder: str


@dataclass(frozen=True, kw_only=True)
class Started(Ended):
    warnings: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class History(Result):
    """What the records say was changed, and per tenant the names to take back and to give back."""

    history: Sequence[Recorded]
    names: Mapping[str, Sequence[str]]
    names_taken: Mapping[str, Sequence[str]]
    reply_urls: Mapping[str, Sequence[str]]
    damaged: Sequence[str]
    unfinished: Sequence[Unfinished]
    warnings: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Listed(Result):
    """The runs, the newest first. ``parents``: what was given are folders above runs."""

    runs: Sequence[ListedRun]
    parents: bool
    lines: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Touches the control node's files only."""

    module = "hma_record"
    options = Options

    def apply(self, options: Options) -> Result:
        if options.state == "listed":
            return self._list(options)
        if options.source:
            return self._compare(options) if options.facts else self._read(options)
        return self._end(options) if options.state == "ended" else self._start(options)

    def _list(self, options: Options) -> Listed:
        """Reads, and nothing else. What is there now is compared where it is given."""
        paths = [local_path(source.strip()) for source in options.source or [options.record_dir]]
        runs = listed_runs(paths, Now.from_facts(options.facts) if options.facts else None)
        return Listed(
            runs=runs, parents=all(map(is_parent, paths)), lines=[str(printable(line)) for line in lines(runs)]
        )

    def _start(self, options: Options) -> Started:
        record = Record(options.record_dir, options.run_id, self.host, self.module)
        folder = record.path.parent
        notes = self._looking(options, record) if self.predicting else self._starting(options, record)
        return Started(run_id=record.run_id, folder=str(folder.absolute()), warnings=notes)

    def _starting(self, options: Options, record: Record) -> list[str]:
        """Look for another run and say that this one is there, as one step."""
        playbook = " ".join(map(str, context.CLIARGS.get("args") or ()))
        record_dir = record.path.parent.parent
        try:
            with one_at_a_time(record_dir):
                notes = refuse_second(unfinished_runs(record_dir, options.servers)) if options.writes else []
                record.start(playbook=playbook, servers=options.servers, writes=options.writes)
        except OSError as exc:
            raise RecordError(
                f"The record folder {record_dir} cannot be written ({exc.strerror}). Without it nothing is "
                f"changed: {NEXT}"
            ) from None
        return notes

    def _looking(self, options: Options, record: Record) -> list[str]:
        """Check mode writes nothing and refuses no run for the sake of another one, which may have ended by then; that
        is said. A place that cannot keep the record is refused as it would be without check mode."""
        record.look()
        runs = unfinished_runs(record.path.parent.parent, options.servers) if options.writes else []
        try:
            return refuse_second(runs)
        except Refused as exc:
            return [f"Without --check this would be refused now: {exc}"]

    def _end(self, options: Options) -> Ended:
        record = Record(options.record_dir, options.run_id, self.host, self.module)
        if not self.predicting:
            record.end()
        return Ended(run_id=record.run_id, folder=str(record.path.parent.absolute()))

    def _compare(self, options: Options) -> Result:
        """Refused where the record is of another organization."""
        answering = Answering.from_facts((options.facts or {}).get("organization") or {})
        other = of_another(_recorded(options).changes, answering)
        if other:
            raise Refused(other)
        return Result()

    def _read(self, options: Options) -> History:
        history = _recorded(options)
        names = names_back(history.changes, options.keep_names)
        return History(
            history=history.changes,
            names={tenant: back.take for tenant, back in names.items() if back.take},
            names_taken={tenant: back.give for tenant, back in names.items() if back.give},
            reply_urls=reply_urls_back(history.changes),
            damaged=history.damaged,
            unfinished=history.unfinished,
            warnings=[
                f"The record is damaged: {place} is cut. If it was an intent, its write was never sent."
                for place in history.damaged
            ],
        )


def _recorded(options: Options) -> RecordedHistory:
    try:
        return read_sources(options.source)
    except RecordUnreadable as exc:
        raise Refused(str(exc)) from None
