# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kept run a run is compared with, and which ones the retention takes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.entry import Entry, last_good, to_remove
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
    assert last_good(entries, run(3)) == entries[1], "Two runs at once may end in any order."
    lost = [*entries[:3], replace(entries[3], state=None, guid="")]
    assert last_good(lost, run(9)) == entries[2]
    assert last_good(entries, run(1)) is None


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
