# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a run of the watch has to say, for the screen, a message and a collector alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..report.found import Found
from .difference import Difference, difference_of
from .state import Counts, Gap


@dataclass(frozen=True)
class OpenCheck:
    """A check that is not met, and since when."""

    check: str
    object: str
    status: str
    severity: str
    title: str
    since: str

    def facts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def of(cls, found: Found) -> OpenCheck:
        return cls(*(found[name].text for name in cls.__dataclass_fields__))


@dataclass(frozen=True)
class Missed:
    """What runs found that ended, killed say, between the keeping and the telling of it."""

    runs: tuple[str, ...] = ()
    since: str = ""
    differences: tuple[Difference, ...] = ()

    def facts(self) -> dict[str, Any]:
        return {"runs": list(self.runs), "since": self.since, "drift": [item.facts() for item in self.differences]}

    @classmethod
    def of(cls, found: Found) -> Missed:
        differences = tuple(difference_of(item) for item in found["drift"].objects)
        return cls(found["runs"].texts, found["since"].text, differences)


@dataclass(frozen=True)
class News:
    """``since``: when the reading ended that this one is compared with; ``tell``: whether people are to be told.

    ``clock``: that this reading seems older than the one it is compared with. ``missed``: what earlier runs found, and
    were ended before they could tell it.
    """

    run: str
    finished: str
    organization: str
    modern_authentication: bool | None
    since: str
    first: bool
    tell: bool
    counts: Counts
    differences: tuple[Difference, ...]
    gaps: tuple[Gap, ...]
    open: tuple[OpenCheck, ...]
    last_good: str
    page: str
    clock: str = ""
    missed: Missed = Missed()

    @property
    def worse(self) -> bool:
        return any(item.worse for item in self.differences)

    @property
    def headline(self) -> str:
        """The verdict in a few words."""
        if self.differences:
            number = len(self.differences)
            return f"{number} {'thing' if number == 1 else 'things'} changed since {moment(self.since)}"
        if self.gaps:
            return "Not everything could be read"
        return "This is the first reading" if self.first else f"Nothing new since {moment(self.since)}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to know beside it."""
        unread = [f"Not read: {gap.what}: {gap.reason}" for gap in self.gaps[:1]]
        if len(self.gaps) > 1:
            unread.append(f"And {len(self.gaps) - 1} more could not be read.")
        clock = [self.clock] if self.clock else []
        return (*unread, *clock, *self._first, *([self._still_open] if self.open else []))

    @property
    def _first(self) -> list[str]:
        """A look (--check) keeps nothing, nor does a run whose history cannot be kept."""
        if not self.first or self.gaps:
            return []
        return ["It is kept; the next run is compared with it."] if self.page else ["It was not kept."]

    @property
    def _still_open(self) -> str:
        oldest = min(self.open, key=lambda item: item.since)
        number = len(self.open)
        return (
            f"Open: {number} {'check' if number == 1 else 'checks'}, the oldest {oldest.check} ({oldest.object}) since "
            f"{moment(oldest.since)}."
        )

    def as_json(self) -> dict[str, Any]:
        """What a program is sent, and an event holds: no texts of the organization but names and values."""
        return {
            "run": self.run,
            "finished": self.finished,
            "organization": self.organization,
            "modern_authentication": self.modern_authentication,
            "since": self.since,
            "first": self.first,
            "headline": self.headline,
            "worse": self.worse,
            "counts": self.counts.facts(),
            "drift": [item.facts() for item in self.differences],
            "unread": [gap.facts() for gap in self.gaps],
            "open": [item.facts() for item in self.open],
            "clock": self.clock,
        }


def news_of(result: Mapping[str, Any]) -> News:
    """What the result of hma_drift says; what is missing in it reads as nothing."""
    found = Found(result)
    on = found["modern_authentication"].value
    texts = {name: found[name].text for name in ("run", "organization", "since", "last_good", "clock")}
    return News(
        **texts,
        finished=found["ended"].text,
        modern_authentication=on if isinstance(on, bool) else None,
        first=found["first"].flag,
        tell=found["tell"].flag,
        counts=Counts.of(found["counts"]),
        differences=tuple(difference_of(item) for item in found["drift"].objects),
        gaps=tuple(Gap(item["what"].text, item["reason"].text) for item in found["unread"].objects),
        open=tuple(OpenCheck.of(item) for item in found["open"].objects),
        page=found["files"]["page"].text,
        missed=Missed.of(found["missed"]),
    )


def moment(time: str) -> str:
    """A time as a person reads it: 2026-11-26 14:00 UTC."""
    return f"{time[:10]} {time[11:16]} UTC" if len(time) > 16 and time[10] == "T" else time or "the beginning"
