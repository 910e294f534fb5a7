# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One run of the watch as the history keeps it, and which of the kept ones a run is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ..report.found import Found
from .comparison import Comparison
from .difference import Difference, difference_of
from .reading import Reading
from .state import Counts, Gap, State

SCHEMA: Final = "hybrid.exchange/watch"
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True)
class Entry:
    """``state`` is what was known when the run ended; None where nothing of the organization was read.

    ``order`` is its place in the history, which no clock has a say in; entries of one order stand as their runs began.
    ``told``: what it found was handed on to people, or is nothing that they are told.
    """

    run: str
    started: str
    finished: str
    depth: str
    guid: str
    organization: str
    modern_authentication: bool | None
    since: str
    first: bool
    counts: Counts
    differences: tuple[Difference, ...]
    gaps: tuple[Gap, ...]
    state: State | None
    order: int = 0
    told: bool = True

    @property
    def place(self) -> tuple[int, str]:
        """By this the history is sorted."""
        return self.order, self.run

    @property
    def good(self) -> bool:
        return self.state is not None

    def as_json(self) -> dict[str, Any]:
        """The entry in built-in types (docs/schemas/watch.schema.json)."""
        kept = (
            "run",
            "started",
            "finished",
            "depth",
            "guid",
            "organization",
            "modern_authentication",
            "since",
            "first",
        )
        return {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            **{name: getattr(self, name) for name in kept},
            "counts": self.counts.facts(),
            "drift": [item.facts() for item in self.differences],
            "unread": [gap.facts() for gap in self.gaps],
            "state": self.state.facts() if self.state else None,
            "order": self.order,
            "told": self.told,
        }


def entry_of(now: Reading, compared: Comparison, before: Entry | None, order: int = 0) -> Entry:
    return Entry(
        run=now.run, started=now.started, finished=now.finished, depth=now.depth, guid=now.guid,
        organization=now.organization or (before.organization if before else ""),
        modern_authentication=now.modern_authentication, since=before.finished if before else "",
        first=before is None, counts=now.counts, differences=compared.differences, gaps=compared.gaps,
        state=compared.state if now.guid else None, order=order,
    )  # fmt: skip


def read_entry(found: Any) -> Entry | None:
    """The entry that a file of the history holds; None where it holds none that this version reads."""
    content = Found(found)
    if content["schema"].value != SCHEMA or content["schema_version"].value != SCHEMA_VERSION:
        return None
    texts = {key: content[key].text for key in ("run", "started", "finished", "depth", "guid", "organization", "since")}
    if not texts["run"] or not _is_time(texts["finished"]):
        return None
    on, order = content["modern_authentication"].value, content["order"].value
    return Entry(
        **texts, modern_authentication=on if isinstance(on, bool) else None, first=content["first"].flag,
        counts=Counts.of(content["counts"]),
        differences=tuple(difference_of(item) for item in content["drift"].objects),
        gaps=tuple(Gap(item["what"].text, item["reason"].text) for item in content["unread"].objects),
        state=State.of(content["state"]) if content["state"].mapping else None,
        # What was written before these two were kept has order 0, and was told.
        order=order if isinstance(order, int) else 0, told=content["told"].value is not False,
    )  # fmt: skip


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def last_good(entries: Iterable[Entry], now: Reading) -> Entry | None:
    """The last reading of the same organization and depth that began before this one: two runs at once may end in any
    order. What was not read has no id, and is compared with the last one of its depth, or of any."""
    earlier = [item for item in before_it(entries, now) if item.good and now.guid in ("", item.guid)]
    alike = [item for item in earlier if now.depth in ("", item.depth)]
    return max(alike, key=lambda item: item.place, default=None)


def before_it(entries: Iterable[Entry], now: Reading | Entry) -> list[Entry]:
    """Those that began before this one. An entry that ended later than this one, and is there already, was written by a
    clock that has been set back since."""
    return [item for item in entries if item.run != now.run and not _beside(item, now)]


def _beside(item: Entry, now: Reading | Entry) -> bool:
    """Whether it began later and ended earlier: two runs at once."""
    return item.run > now.run and not is_later(item.finished, now.finished)


def is_later(time: str, other: str) -> bool:
    return _is_time(other) and datetime.fromisoformat(time) > datetime.fromisoformat(other)


def order_of(entries: Sequence[Entry], now: Reading) -> int:
    """The place of a new entry: behind all there are, but for a run beside it that began later."""
    beside = [item.order for item in entries if _beside(item, now)]
    return min(beside) if beside else max((item.order for item in entries), default=-1) + 1


def to_remove(entries: Sequence[Entry], *, keep: int, days: int, now: datetime) -> list[Entry]:
    """Those that the retention takes away, by number and by age. The last good one of each organization and depth
    stays, however old: without it the next run would have nothing to compare with."""
    ordered = sorted(entries, key=lambda item: item.place, reverse=True)
    needed = {(item.guid, item.depth): item.run for item in reversed(ordered) if item.good}
    oldest = now - timedelta(days=days)
    return [
        item
        for number, item in enumerate(ordered)
        if item.run not in needed.values()
        and (number >= keep or (days and datetime.fromisoformat(item.finished) < oldest))
    ]


def new_gaps(entry: Entry, before: Entry | None) -> bool:
    """Whether something could not be read that the run before could: what lasts is told once."""
    known = {gap.what for gap in before.gaps} if before and before.told else set()
    return any(gap.what not in known for gap in entry.gaps)
