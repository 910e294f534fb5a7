# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kept run a run is compared with, and which ones the retention takes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.comparison import compared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import (
    Entry,
    entry_of,
    last_good,
    order_of,
    read_entry,
    to_remove,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.reading import Reading, reading

from tests.unit.watch_samples import World, report

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def kept(number: int) -> list[Entry]:
    world = World()
    return [world.run() for _number in range(number)]


def run(number: int) -> Reading:
    return reading(report(number))


def test_a_run_is_compared_with_the_last_good_one_that_began_before_it() -> None:
    entries = kept(4)
    assert last_good(entries, run(9)) == entries[3]
    slow = replace(run(3), finished=run(9).finished)
    assert last_good(entries, slow) == entries[1], "Two runs at once may end in any order."
    assert order_of(entries, slow) == entries[3].order, "It stands before the one that began later."
    lost = [*entries[:3], replace(entries[3], state=None, guid="")]
    assert last_good(lost, run(9)) == entries[2]
    assert last_good(entries, replace(run(1), finished=run(9).finished)) is None


def test_a_clock_that_was_set_back_makes_no_reading_the_first_one() -> None:
    entries = kept(4)
    assert last_good(entries, run(2)) == entries[3], "It is there already, so it was before, whatever the clock says."
    back = replace(
        entry_of(run(2), compared(None, run(2)), None), order=order_of(entries, run(2)), run="20261126T020001Z"
    )
    assert back.place > entries[3].place
    assert last_good([*entries, back], run(3)) == back
    removed = to_remove([*entries, back], keep=1, days=0, now=NOW)
    assert back not in removed, "What was written last stays, although its time is not the last."


def test_an_entry_of_an_older_version_has_no_place_and_was_told() -> None:
    written = kept(1)[0].as_json()
    del written["order"], written["told"]
    found = read_entry(written)
    assert found and (found.order, found.told) == (0, True)


def test_another_organization_or_depth_is_not_compared() -> None:
    entries = kept(2)
    assert last_good([replace(item, guid="other") for item in entries], run(9)) is None
    assert last_good([replace(item, depth="full") for item in entries], run(9)) is None


def test_the_retention_counts_and_looks_at_the_age_and_leaves_what_the_next_run_needs() -> None:
    entries = kept(5)
    assert to_remove(entries, keep=2, days=0, now=NOW) == [entries[2], entries[1], entries[0]]
    later = datetime(2027, 11, 27, tzinfo=UTC)
    assert to_remove(entries, keep=9, days=30, now=later) == entries[3::-1], "The last one stays, however old."
    lost = [*entries[:4], replace(entries[4], state=None)]
    assert entries[3] not in to_remove(lost, keep=1, days=1, now=later)
