# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd envelopes: each is one clear message, none counts as done, none shows a bare word of Python."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, Unread
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.envelope import EnvelopeError, read

HOST = {"name": "EX1", "fqdn": "ex1.contoso.test", "powershell": "5.1", "edition": "Desktop"}
RECORD = {"id": "i", "category": "c", "reason": "r", "target": "t", "message": "m"}
RESULT: dict[str, Any] = {"objects": [{"Name": "a", "List": ["x"]}], "errors": [], "warnings": ["w"]}
REFUSED = {**RESULT, "errors": [RECORD]}
ENVELOPE: dict[str, Any] = {
    "version": 1,
    "host": HOST,
    "phase": "done",
    "error": None,
    "domain_controller": "dc1",
    "results": [RESULT, RESULT],
}
ASKED = (Cmdlet("Get-X", on_error="continue"), Cmdlet("Set-X"))


def each(name: str, *values: Any) -> list[dict[str, Any]]:
    """The envelope with each of these values at this place."""
    return [{**ENVELOPE, name: value} for value in values]


def each_result(name: str, *values: Any) -> list[dict[str, Any]]:
    return [with_result(**{name: value}) for value in values]


def with_result(**changes: Any) -> dict[str, Any]:
    return {**ENVELOPE, "results": [{**RESULT, **changes}, RESULT]}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ENVELOPE.items() if key != name}


ODD: list[Any] = [
    *(
        "",
        "null",
        "[]",
        "7",
        '"done"',
        "true",
        "{}",
        "{not json}",
        '{"version": 1',
        "NaN",
        "[" * 100_000,
        '{"version": 1, "version": 1}',
    ),
    *each("version", 2, 1.0, "1", None, True),
    *(without(name) for name in ENVELOPE),
    {**ENVELOPE, "more": 1},
    *each("host", {}, [], "EX1", {**HOST, "more": ""}, {**HOST, "name": None}, {**HOST, "fqdn": ""}, None),
    *each("phase", None, 1, "", "Done", "run", "connect", "request"),
    *each("error", {}, "no", [RECORD], RECORD, {**RECORD, "id": None}),
    {**ENVELOPE, "phase": "run", "error": None},
    {**ENVELOPE, "phase": "connect", "error": RECORD},
    {**ENVELOPE, "domain_controller": 5},
    *each("results", None, {}, [], [RESULT], [REFUSED], [RESULT] * 3, [None, RESULT], ["", RESULT], [[], RESULT]),
    *each_result("objects", None, {}, ["a"], [None], [{"Name": {"a": "b"}}], [{"Name": 1.5}], [{"Name": [[{}]]}]),
    *each_result("errors", None, ["no"], [{}], [{**RECORD, "message": 5}]),
    *each_result("warnings", None, "w", [1], [None]),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_envelope_is_one_message(odd: Any) -> None:
    line = odd if isinstance(odd, str) else json.dumps(odd)
    with pytest.raises(EnvelopeError) as caught:
        read(line, ASKED)
    text = str(caught.value)
    assert re.match(r"an answer of (version|another shape)", text)
    assert len(text) < 200
    assert re.search(r"Error|NoneType|unhashable|argument|subscript|dict|object of type", text) is None


def test_an_error_that_stops_the_list_is_its_last() -> None:
    stopped = read(json.dumps({**ENVELOPE, "results": [REFUSED, REFUSED]}), (*ASKED, Cmdlet("Get-Y")))
    assert [item.ran for item in stopped.results] == [True, True, False]
    with pytest.raises(EnvelopeError, match=r"results\[0\] should be the last one"):
        read(json.dumps({**ENVELOPE, "results": [REFUSED, RESULT]}), (Cmdlet("Set-X"), Cmdlet("Set-Y")))


def test_a_look_that_shows_something_else_is_the_last_one() -> None:
    looks = tuple(Cmdlet("Get-X", returns=("Name",), expected={"Name": name}) for name in ("nobody", "nobody else"))
    assert [item.ran for item in read(json.dumps({**ENVELOPE, "results": [RESULT]}), looks).results] == [True, False]
    with pytest.raises(EnvelopeError, match=r"results\[0\] should be the last one"):
        read(json.dumps({**ENVELOPE, "results": [RESULT, RESULT]}), looks)


def test_a_list_with_anything_unread_in_it_is_unread() -> None:
    found = read(
        json.dumps(
            with_result(objects=[{"A": ["x", {"unread": "why"}], "B": {"unread": "because"}, "C": [None, 1, True]}])
        ),
        ASKED,
    )
    assert found.results[0].objects == [{"A": Unread("why"), "B": Unread("because"), "C": [None, 1, True]}]
