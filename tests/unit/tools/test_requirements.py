# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed is written down: tools exactly, so that a change is judged by its own text and not by the day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tools import bounds

ROOT = Path(__file__).parents[3]
PINNED = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*")


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8").splitlines()
    return [line for line in text if line and not line.startswith(("#", "-r "))]


def test_every_linter_has_one_version() -> None:
    assert [line for line in lines("tests/requirements-lint.txt") if not PINNED.fullmatch(line)] == []


def test_every_dependency_has_a_lower_bound_and_that_is_what_is_tested() -> None:
    assert set(bounds.names()) == {"ansible-core", *(line.partition(">=")[0] for line in lines("requirements.txt"))}
    assert all(PINNED.fullmatch(pin) for pin in bounds.lowest())


@pytest.mark.parametrize("line", ["requests", "requests==2.31", "requests<3", "requests >= 2.31"])
def test_a_dependency_without_a_lower_bound_is_one_message(line: str) -> None:
    with pytest.raises(SystemExit, match=r"^requirements\.txt: '.*' has no lower bound\. Write name>=version\.$"):
        bounds.parsed(f"# A comment.\n\n{line}\n")


def test_an_upper_bound_may_stand_behind_it() -> None:
    assert bounds.parsed("pypsrp>=0.8.1,<2\n") == {"pypsrp": "0.8.1"}
