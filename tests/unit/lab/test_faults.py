# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fault is for which place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.journal import Faults


@pytest.mark.parametrize(
    ("narrowed", "happens"),
    [
        ({}, True),
        ({"host": "EX1"}, True),
        ({"host": "EX"}, False),
        ({"path": "servicePrincipals"}, False),
        ({"path_contains": "servicePrincipals"}, True),
        ({"path_contains": "users"}, False),
        ({"host": "EX1", "path_contains": "users"}, False),
        ({"given": {"Identity": "x"}}, True),
        ({"given": {"Identity": "y"}}, False),
    ],
)
def test_what_narrows_a_fault(narrowed: dict[str, Any], happens: bool) -> None:
    faults = Faults()
    faults.add({"at": "graph", **narrowed})
    taken = faults.take("graph", {"Identity": "x"}, host="EX1", path="servicePrincipals(appId='1')")
    assert (taken is not None) is happens
    assert faults.take("token", {"Identity": "x"}, host="EX1", path="servicePrincipals(appId='1')") is None


def test_a_fault_lets_some_pass_and_is_used_up() -> None:
    faults = Faults()
    faults.add({"at": "graph", "after": 2, "count": 1})
    assert [faults.take("graph") is not None for _number in range(5)] == [False, False, True, False, False]
