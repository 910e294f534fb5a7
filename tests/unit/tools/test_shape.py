# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the code stays what it came to: data is typed behind the border, and roles have few variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import shape

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("layer", "share", "casts"), [("domain", 0.09, 3), ("actions", 0.15, 0)])
def test_data_is_typed_from_the_border_on(layer: str, share: float, casts: int) -> None:
    assert shape.untyped_share(ROOT, layer) < share
    assert shape.casts(shape.sources_of(ROOT, layer)) <= casts


def test_what_counts_as_untyped() -> None:
    source = (
        "def a(x: Mapping[str, Any]) -> int: ...\n"
        "def b(x: int) -> Result: ...\n"
        "def c(x: Mapping[str, str]) -> dict[str, int]: ...\n"
    )
    assert [shape.is_untyped(item, {"Result"}) for item in shape.functions(source)] == [True, True, False]
    assert shape.casts(['str(server["name"]) + str(name)']) == 1


def test_roles_have_few_variables() -> None:
    counted = dict(shape.variables(ROOT))
    assert counted["hma_verify"] <= 18
    assert counted["hma_enable"] <= 9
    assert max(counted.values()) <= 18
