# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cases of a story that is written for many run in `make matrix`, and which only in `make long`.

A story over eleven faults and eight transports has 88 cases, and the same code answers most of them. `make matrix` runs
as many as show each fault once and each transport once; `make long` runs the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One case of a story. ``values`` says which value of each parameter it has, as it is printed."""

    story: str
    values: Mapping[str, str]
    # Whether `make test` leaves it out. A case that it runs needs no other one for its values.
    matrix: bool
    # Whether the story's file says that it is only for `make long`.
    long: bool = False


def only_long(cases: Sequence[Case]) -> list[int]:
    """The places of the cases that show no value which another case does not show already."""
    stories: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        if case.values and not case.long:
            stories.setdefault(case.story, []).append(place)
    return sorted(place for places in stories.values() for place in _spared(cases, places))


def _spared(cases: Sequence[Case], places: Sequence[int]) -> list[int]:
    left = [place for place in places if cases[place].matrix]
    shown = Counter(value for place in places if not cases[place].matrix for value in cases[place].values.items())
    for chosen in _chosen(cases, left, shown):
        left.remove(chosen)
    return left


def _chosen(cases: Sequence[Case], places: Sequence[int], shown: Counter[tuple[str, str]]) -> Iterator[int]:
    """Case after case until there is nothing new: those that show the most new values, of them those whose other values
    were shown least, of them the first."""
    waiting = list(places)
    while waiting:
        counts = {place: [shown[value] for value in cases[place].values.items()] for place in waiting}
        best = max(waiting, key=lambda place: (counts[place].count(0), -sum(counts[place])))
        if 0 not in counts[best]:
            return
        shown.update(cases[best].values.items())
        waiting.remove(best)
        yield best
