# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret of a task is in what is printed of its result, wherever it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._scrub import MASK, scrub
from hypothesis import given
from hypothesis import strategies as st

SECRET = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=3, max_size=12)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for element in pair for text in texts(element)]
    if isinstance(value, list):
        return [text for element in value for text in texts(element)]
    return [str(value)]


@given(
    secrets=st.lists(SECRET, min_size=1, max_size=3),
    around=st.text(max_size=4),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
    ),
)
def test_no_secret_is_left_anywhere(secrets: list[str], around: str, value: Any) -> None:
    placed = {
        "msg": f"{around}{secrets[0]}{around}",
        secrets[-1]: [value, {"deep": (secrets[0], 1)}],
        "shown": repr(secrets[0]),
        "json": json.dumps(secrets[0]),
    }
    cleaned = scrub(placed, secrets)
    for text in texts(cleaned):
        # True and None are words of the language, and no values of anybody.
        assert text in ("True", "False", "None") or not any(secret in text for secret in secrets)
    assert cleaned["msg"] != placed["msg"]


@given(st.dictionaries(st.text(), st.lists(st.text() | st.integers() | st.booleans() | st.none())))
def test_without_a_secret_nothing_changes(value: dict[str, Any]) -> None:
    assert scrub(value, []) == value
    assert scrub(value, [""]) == value


@pytest.mark.parametrize(
    ("value", "secrets", "expected"),
    [
        # The longest goes first, or the rest of it would stay.
        ("hunter2hunter", ["hunter", "hunter2"], f"{MASK}{MASK}"),
        ("is hunter22", ["hunter", "hunter22"], f"is {MASK}"),
        # A number may hold a PIN.
        (
            {"count": 48151623, "flag": True, "part": 99481516239},
            ["48151623"],
            {"count": MASK, "flag": True, "part": MASK},
        ),
        # One or two characters are masked as a value, and not within every other word.
        (
            {"password": "a", "msg": "a day at the bank", "n": 7},
            ["a", "7"],
            {"password": MASK, "msg": "a day at the bank", "n": MASK},
        ),
        # As a message shows a value that is odd.
        ("is 'it\\\\s'", ["it\\s"], f"is '{MASK}'"),
        (("abc", "x"), ["abc"], [MASK, "x"]),
        (True, ["True"], True),
        (None, ["None"], None),
    ],
)
def test_forms_of_secrets(value: Any, secrets: list[str], expected: Any) -> None:
    assert scrub(value, secrets) == expected
