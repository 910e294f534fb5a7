# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for names finds them in every encoding, so that finding none says something."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.lab import scenario
from tests.lab.originals import found_in, originals
from tests.unit.support.memory_shell import organization_of

NAME = "fabrikam"


@pytest.mark.parametrize(
    "hide",
    [
        str.upper,
        lambda text: f"https://mail.{text}.test/",
        lambda text: base64.b64encode(f"user:{text}:x".encode()).decode(),
        lambda text: base64.b64encode(f"ab{text}.test".encode("utf-16-le")).decode(),
        lambda text: "".join(f"%{ord(char):02X}" for char in text),
        lambda text: "".join(f"&#{ord(char)};" for char in text),
        lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
        lambda text: text.encode("utf-16-le").decode("latin-1"),
        lambda text: json.dumps({"x": text}),
    ],
)
def test_a_name_is_found(hide: Callable[[str], str]) -> None:
    assert found_in(f"x {hide(NAME)} y", [NAME]) == [NAME]
    assert found_in(f"x {hide('tailspin')} y", [NAME]) == []


@pytest.mark.parametrize("escape", [lambda text: quote(text, safe=""), html.escape])
def test_a_name_that_has_to_be_escaped_is_found(escape: Callable[[str], str]) -> None:
    assert found_in(f"x{escape('a&b <c>')}y", ["a&b <c>"]) == ["a&b <c>"]


def test_everything_of_a_scenario_is_looked_for() -> None:
    found = scenario.load("default")
    names = originals(organization_of(found).state(), found)
    for name in (
        "EX1",
        "ex1.corp.contoso.test",
        "fabrikam",
        "Contoso",
        "hma",
        "alice",
        "11111111-aaaa-4bbb-8ccc-000000000001",
    ):
        assert name in names, name
