# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A recording beside what the collection's lab assumes: row by row, differences first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.facts import Facts
from .judges import JUDGES
from .judges_objects import OF_TRAVEL
from .recorded import Recording
from .seen import YES, Seen

AGREES, DIFFERS, NOT_SEEN, NOT_ASKED = "agrees", "differs", "not_seen", "not_asked"
READ, WRITE = "read", "write"
_ORDER: Final = (DIFFERS, AGREES, NOT_SEEN, NOT_ASKED)
_TITLES: Final[Mapping[str, str]] = {
    DIFFERS: "This server says something else",
    AGREES: "This server says the same",
    NOT_SEEN: "Nothing here to see it by",
    NOT_ASKED: "Not asked",
}
_WRITES: Final = "only a write shows it: playbook try_writes_on_one_directory"
_TRAVELS: Final = "files do not show how it travels"


@dataclass(frozen=True)
class Assumption(Facts):
    """A row of docs/assumptions.yml: ``by`` is what settles it, ``judge`` who says so, ``expected`` what the lab
    says, ``reason`` why nothing asks."""

    id: str
    behaviour: str
    by: str
    judge: str
    expected: str
    reason: str


@dataclass(frozen=True)
class Row(Facts):
    """An assumption, and what became of it."""

    id: str
    behaviour: str
    result: str
    expected: str
    seen: str
    detail: str


def compare(recording: Recording, assumptions: Iterable[Assumption]) -> list[Row]:
    """The rows in their order: differences, agreements, what nothing here shows, what nobody asks."""
    rows = [_row(recording, item) for item in assumptions]
    return sorted(rows, key=lambda row: _ORDER.index(row.result))


def _row(recording: Recording, item: Assumption) -> Row:
    seen = JUDGES[item.judge](recording) if item.judge else None
    if seen is not None:
        return _judged(item, seen)
    asked = item.by == READ
    unseen = _TRAVELS if recording.of_files and item.judge in OF_TRAVEL else ""
    words = unseen if asked else _WRITES if item.by == WRITE else item.reason
    return Row(item.id, item.behaviour, NOT_SEEN if asked else NOT_ASKED, item.expected, "", words)


def _judged(item: Assumption, seen: Seen) -> Row:
    result = AGREES if seen.position == item.expected else DIFFERS
    return Row(item.id, item.behaviour, result, item.expected, seen.position, seen.detail)


def counts(rows: Sequence[Row]) -> dict[str, int]:
    return {result: sum(row.result == result for row in rows) for result in _ORDER}


def summary(rows: Sequence[Row]) -> str:
    """How many assumptions agree, differ, were not seen and were not asked, in a sentence."""
    found = counts(rows)
    return (
        f"{found[AGREES]} assumptions agree, {found[DIFFERS]} differ, of {found[NOT_SEEN]} nothing was there to see "
        f"them by, {found[NOT_ASKED]} are not asked."
    )


def page(rows: Sequence[Row], kept: Sequence[str]) -> str:
    """The page, in Markdown: it goes into an issue as it is."""
    parts = ["# What this organization says of the lab's assumptions", "", summary(rows), ""]
    for result in _ORDER:
        own = [row for row in rows if row.result == result]
        if own:
            parts += [f"## {_TITLES[result]} ({len(own)})", "", *_table(result, own), ""]
    return "\n".join([*parts, "## What recording.json holds", "", *(f"- {line}" for line in kept), ""])


def _table(result: str, rows: Sequence[Row]) -> list[str]:
    if result == NOT_ASKED:
        return ["| Assumption | Why |", "|---|---|", *(f"| {_cell(r.behaviour)} | {_cell(r.detail)} |" for r in rows)]
    head = ["| Assumption | The lab says | This server says | Seen by |", "|---|---|---|---|"]
    return [
        *head,
        *(
            f"| {_cell(row.behaviour)} | {_said(row.expected)} | {_said(row.seen) or 'nothing'} | {_cell(row.detail)} |"
            for row in rows
        ),
    ]


def _said(position: str) -> str:
    return "as assumed" if position == YES else _cell(position)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
