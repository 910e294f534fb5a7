# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what a run read with the last good reading; see the module hma_drift for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry, to_remove
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News, OpenCheck, news_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.page import page
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import reading
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Origin, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._version import VERSION
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import FactsOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift import history
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift.look import Look
from ansible_collections.hybrid.exchange.plugins.plugin_utils._drift.page import render
from ansible_collections.hybrid.exchange.plugins.plugin_utils._found import FactsAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.durability import will_not_outlive


@dataclass(frozen=True, kw_only=True)
class Options(FactsOptions):
    """The facts of a run, where the history is, and how much of it stays."""

    dir: str
    keep: int
    days: int
    fail_on: str
    not_done: str | None


@dataclass(frozen=True, kw_only=True)
class Watched(Result):
    """What the documentation of the module lists."""

    run: str
    ended: str
    organization: str
    modern_authentication: bool | None
    since: str
    first: bool
    last_good: str
    tell: bool
    worse: bool
    fails: bool
    drift: Sequence[Mapping[str, Any]]
    unread: Sequence[Mapping[str, str]]
    open: Sequence[Mapping[str, str]]
    counts: Mapping[str, int]
    files: Mapping[str, str] = field(default_factory=dict)
    removed: Sequence[str] = ()
    unkept: str = ""
    clock: str = ""
    missed: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class NotDone(Result):
    """A host that could not be read is *unreachable* for Ansible: its exit code tells it from a task that failed."""

    unreachable: bool = True


class ActionModule(FactsAction[Options]):
    """Offline: what it compares was read before. In check mode nothing is kept."""

    module = "hma_drift"
    options = Options

    def completed(self, options: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """Where the run could not do its work, there may be nothing to look up."""
        return super().completed({**options, "facts": {}} if options["not_done"] else options, variables)

    def apply(self, options: Options) -> Result:
        if options.not_done:
            return NotDone(msg=options.not_done)
        now = datetime.now(UTC)
        origin = Origin(VERSION, self.inventory, now.isoformat(timespec="seconds"))
        read = reading(document(Facts.from_facts(options.facts), origin).as_json())
        read = replace(read, run=read.run or f"{now:%Y%m%dT%H%M%SZ}")
        folder = local_path(options.dir)
        if self.predicting:
            return _looked(Look.at(history.read(folder), read), options.fail_on)
        with history.opened(folder):
            look = Look.at(history.read(folder), read)
            return _kept(look, folder, options, now)


def _looked(look: Look, fail_on: str) -> Watched:
    entry, before = look.entry, look.before
    return Watched(
        run=entry.run, ended=entry.finished, organization=entry.organization,
        modern_authentication=entry.modern_authentication, since=entry.since, first=entry.first,
        last_good=entry.finished if entry.good and not entry.gaps else before.finished if before else "",
        tell=look.tell, worse=look.found.worse, clock=look.clock, missed=look.missed.facts(),
        fails=fail_on != "never" and (look.found.worse if fail_on == "worse" else bool(entry.differences)),
        drift=[item.facts() for item in entry.differences], unread=[gap.facts() for gap in entry.gaps],
        open=[OpenCheck(check, of, item.status, item.severity, item.title, item.since).facts()
              for check, of, item in look.found.open],
        counts=entry.counts.facts(),
        unkept="" if look.before else look.kept.uncompared,
        warnings=[f"{name} of the history cannot be read, and is left as it is." for name in look.kept.broken],
    )  # fmt: skip


def _kept(look: Look, folder: Path, options: Options, now: datetime) -> Watched:
    """What was found is told although it cannot be kept; then the run says that too."""
    found = _looked(look, options.fail_on)
    try:
        entry = replace(look.entry, told=not look.tell)
        path = history.keep(folder, entry)
        entries = [*look.kept.entries, entry]
        removed = history.remove(folder, to_remove(entries, keep=options.keep, days=options.days, now=now))
        left = [item for item in entries if history.name_of(item.run) not in removed]
        files = {"entry": path, "page": history.keep_page(folder, render(page(_news(found), _alike(left, look))))}
    except Refused as exc:
        return replace(found, unkept=str(exc))
    return replace(found, files=files, removed=removed, warnings=[*found.warnings, *_lost_with_the_job(folder)])


def _lost_with_the_job(folder: Path) -> list[str]:
    """A history that is deleted with the job makes every run the first one."""
    reason = will_not_outlive(folder)
    text = f"The history lies in {folder}, {reason}: it goes with the job, and every run would be the first."
    return [f"{text} Set hma_watch_dir to a mounted folder."] if reason else []


def _news(found: Watched) -> News:
    return news_of(found.returned())


def _alike(entries: Sequence[Entry], look: Look) -> list[Entry]:
    """The runs that one line is drawn through: of this organization and depth, and those that read nothing."""
    entry = look.entry if look.entry.good else look.before or look.entry
    return [item for item in sorted(entries, key=lambda item: item.place)
            if not item.good or (item.guid, item.depth) == (entry.guid, entry.depth)]  # fmt: skip
