# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of the cases of a story, `make matrix` runs as many as show each value once."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from pathlib import Path

from tests.tools.tiers import Case, only_long

ROOT = Path(__file__).parents[3]
FAULTS, WAYS = "abcdef", "123"


def grid(*in_test: tuple[str, str], story: str = "one") -> list[Case]:
    return [
        Case(story, {"fault": fault, "way": way}, matrix=(fault, way) not in in_test)
        for fault, way in product(FAULTS, WAYS)
    ]


def left(cases: list[Case]) -> list[Case]:
    spared = only_long(cases)
    return [case for place, case in enumerate(cases) if place not in spared]


def test_each_fault_once_and_each_way_with_a_few() -> None:
    found = left(grid())
    assert [case.values["fault"] for case in found] == list(FAULTS)
    assert Counter(case.values["way"] for case in found) == dict.fromkeys(WAYS, 2)


def test_what_make_test_shows_needs_no_second_case() -> None:
    found = left(grid(("a", "1"), ("b", "2")))
    assert [case.values["fault"] for case in found if case.matrix] == list("cdef")
    assert {case.values["way"] for case in found} == set(WAYS)


def test_stories_do_not_share_their_values() -> None:
    assert len(left([*grid(), *grid(story="two")])) == 2 * len(FAULTS)


def test_one_case_is_enough_where_two_show_the_same() -> None:
    same = Case("one", {"fault": "a"}, matrix=True)
    assert only_long([same, same]) == [1]


def test_a_story_without_cases_and_one_that_is_long_already_are_left_as_they_are() -> None:
    long = Case("one", {"fault": "a"}, matrix=True, long=True)
    assert only_long([Case("other", {}, matrix=True), long, Case("one", {"fault": "a"}, matrix=True)]) == []


def test_the_three_targets_run_every_story_once() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    chosen = re.findall(r'pytest -m "([^"]+)"', makefile)
    assert chosen == ["matrix and not long and not engine", "long and not engine"]
    configured = re.search(r' -m "([^"]+)"', (ROOT / "pytest.ini").read_text("utf-8"))
    assert configured is not None
    assert configured[1] == "not kerberos and not matrix and not long and not wild"
