# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The page of the history: a trend line, what is new, what is open and since when, and the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .entry import Entry
from .news import News, moment

WIDTH: Final = 720
HEIGHT: Final = 120
_MARGIN: Final = 8
# More runs than this are no line that anybody can read.
_SHOWN: Final = 200


@dataclass(frozen=True)
class Dot:
    """A run on the trend line; ``unread``: not all of it was read."""

    x: float
    y: float
    label: str
    unread: bool


@dataclass(frozen=True)
class Run:
    """A run as a row of the table."""

    time: str
    run: str
    fail: int
    warn: int
    new: int
    unread: int
    ready: str
    what: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """What the template shows; every text of it is escaped there."""

    news: News
    since: str
    width: int
    height: int
    highest: int
    line: str
    dots: tuple[Dot, ...]
    runs: tuple[Run, ...]


def page(news: News, entries: Sequence[Entry]) -> Page:
    """The page of these runs, of one organization and depth, the oldest first."""
    shown = list(entries)[-_SHOWN:]
    highest = max((item.counts.fail for item in shown), default=0)
    dots = tuple(_dot(item, place, len(shown), highest) for place, item in enumerate(shown))
    return Page(
        news=news,
        since=moment(news.since) if news.since else "",
        width=WIDTH,
        height=HEIGHT,
        highest=highest,
        line=" ".join(f"{dot.x:g},{dot.y:g}" for dot in dots if not dot.unread),
        dots=dots,
        runs=tuple(_run(item) for item in reversed(shown)),
    )


def _dot(entry: Entry, place: int, runs: int, highest: int) -> Dot:
    step = (WIDTH - 2 * _MARGIN) / max(runs - 1, 1)
    share = entry.counts.fail / highest if highest else 0
    y = HEIGHT - _MARGIN - share * (HEIGHT - 2 * _MARGIN)
    unread = f", {len(entry.gaps)} not read" if entry.gaps else ""
    label = f"{moment(entry.finished)}: {entry.counts.fail} to fix, {len(entry.differences)} new{unread}"
    return Dot(round(_MARGIN + place * step, 1), round(y, 1), label, not entry.good)


def _run(entry: Entry) -> Run:
    counts = entry.counts
    return Run(
        moment(entry.finished), entry.run, counts.fail, counts.warn, len(entry.differences), len(entry.gaps),
        f"{counts.servers_ready} of {counts.servers}", tuple(item.text for item in entry.differences),
    )  # fmt: skip
