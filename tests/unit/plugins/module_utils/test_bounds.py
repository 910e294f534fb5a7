# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every number that people give has a least and a most, and one message where it is neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._bounds import BOUNDS, OF_ROLES, out_of_bounds
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.shapes import Shape
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, with_roles

ROOT = Path(__file__).parents[4]

NUMBERS = sorted(name for name, setting in PUBLIC.items() if setting.shape.kind == "int")
NO_NUMBERS: tuple[Any, ...] = (
    -(10**12),
    -1,
    10**12,
    "9" * 5000,
    "-" + "9" * 5000,
    "abc",
    "",
    None,
    1.5,
    "1.5",
    "1e3",
    True,
    [1],
    {},
)
# What a number is written as beside a whole one: the size of a batch, a wave, and places with a port in them.
WITH_NUMBERS = {
    "hma_serial": (0, -1, 10**12, "101%", "0%", 1.5, "abc"),
    "hma_block_wave": (-1, 10**12, 1.5, "abc"),
    "hma_notify_mail_server": ("mail:0", "mail:99999", "mail:-1", "mail:abc", "mail:1.5"),
    "hma_probe_address": ("ex1:0", "ex1:99999", "ex1:-1", "ex1:abc"),
}


def options(spec: Mapping[str, Any], path: str) -> Iterator[str]:
    """The path of every option that is a number, suboptions too."""
    for name, option in spec.items():
        if option.get("type") in ("int", "float"):
            yield f"{path}.{name}"
        yield from options(option.get("options") or {}, f"{path}.{name}")


def test_every_number_of_every_module_has_bounds() -> None:
    assert {found for module, spec in SPECS.items() for found in options(spec["argument_spec"], module)} == set(BOUNDS)


def test_every_number_of_every_role_has_the_bounds_of_the_option_that_it_becomes() -> None:
    roles: dict[str, Any] = {}
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        roles |= yaml.safe_load(path.read_text("utf-8"))["argument_specs"]["main"]["options"]
    numbers = {name for name, option in roles.items() if option.get("type") in ("int", "float")}
    assert numbers == set(OF_ROLES)
    judged = with_roles(roles)
    assert {name: (judged[name].shape.least, judged[name].shape.most) for name in numbers} == {
        name: BOUNDS[option] for name, option in OF_ROLES.items()
    }


def test_every_number_that_is_documented_is_judged_as_one() -> None:
    sections = yaml.safe_load((ROOT / "docs" / "variables.yml").read_text("utf-8"))["sections"]
    rows = [row for section in sections for row in section["variables"] if row["type"] in ("int", "float")]
    judged = {name: [PUBLIC[name].shape.least, PUBLIC[name].shape.most] for name in NUMBERS}
    assert {row["name"]: row["range"] for row in rows} == judged


@pytest.mark.parametrize("name", NUMBERS)
def test_a_public_number_is_judged_and_said_in_one_line(name: str) -> None:
    shape = PUBLIC[name].shape
    for value in (shape.least - 1, shape.most + 1, *(value for value in NO_NUMBERS if value != shape.least)):
        (fault,) = shape.faults(value)
        assert f"expected a whole number from {shape.least} to {shape.most}" in fault.text(name)
        assert "\n" not in fault.text(name) and len(fault.text(name)) < 300
    for value in (shape.least, shape.most, str(shape.most)):
        assert list(shape.faults(value)) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, of in WITH_NUMBERS.items() for value in of])
def test_a_number_in_a_text_is_judged_too(name: str, value: Any) -> None:
    assert len(list(PUBLIC[name].shape.faults(value))) == 1


def test_a_number_of_a_role_has_a_most() -> None:
    assert len(list(Shape("int").faults(10**12))) == 1


@pytest.mark.parametrize("path", sorted(BOUNDS))
def test_a_module_refuses_what_its_variable_would_be_refused_for(path: str) -> None:
    module, *names = path.split(".")
    least, most = BOUNDS[path]
    for value, right in ((least, True), (most, True), (least - 1, False), (most + 1, False)):
        given: Any = value
        for name in reversed(names):
            given = {name: given}
        assert (list(out_of_bounds(module, given)) == []) is right
    assert list(out_of_bounds(module, {names[0]: None})) == []
