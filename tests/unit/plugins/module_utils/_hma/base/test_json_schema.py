# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small validator says what the reference implementation says, of whatever somebody makes of a line."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.json_schema import mismatch
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.schema import RECORD
from hypothesis import given, settings
from hypothesis import strategies as st

GUID = "6f1d3c1e-0000-4000-8000-000000000001"
LINE = {
    "schema": 1,
    "time": "2026-11-26T10:00:00.000001+00:00",
    "run": "r",
    "pid": 7,
    "host": "ex1",
    "module": "hma_spn",
}
INTENT = {
    "event": "intent",
    "id": "0123456789abcdef",
    "object": "o",
    "command": "c",
    "before": {"MapiHttpEnabled": True},
    "after": {"Other": ["a"]},
}
TARGETS = [
    {"type": "directory", "kind": "ews", "server": "EX1", "guid": GUID, "identity": "i"}, {
        "type": "authserver",
        "guid": GUID, "name": "n", "realm": ""},
    {"type": "organization", "guid": GUID, "name": "n"}, {"type": "names", "tenant_id": "t"},
]  # fmt: skip
LINES: list[dict[str, Any]] = [
    *({**LINE, **INTENT, "target": target} for target in TARGETS),
    {**LINE, "event": "start", "user": "u", "node": "n"},
    {**LINE, "event": "outcome", "id": "0123456789abcdef", "result": "not_sent", "detail": ""},
    {**LINE, "event": "decision", "gate": "g", "reason": "r", "overrides": ["EX1"]},
    {**LINE, "event": "end"},
]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), st.text(st.characters(codec="utf-8"),
                                                                                      max_size=3),
    st.lists(st.text("ab"), max_size=2),
    st.sampled_from(["start", "names", "directory", "done", GUID, {}, [], {"type": "names"}, [1], {"a": True}]),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [path, *(place for key in keys for place in places(value[key], (*path, key)))]


@settings(max_examples=400)
@given(st.sampled_from(LINES), st.data())
def test_as_the_reference_says(line: dict[str, Any], data: st.DataObject) -> None:
    found: Any = copy.deepcopy(line)
    for _change in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.sampled_from(places(found)))
        if not place:
            continue
        inside = found
        for key in place[:-1]:
            inside = inside[key]
        if isinstance(inside, dict) and data.draw(st.booleans()):
            del inside[place[-1]]
        else:
            inside[place[-1]] = copy.deepcopy(data.draw(ODD))
    valid = jsonschema.Draft202012Validator(RECORD).is_valid(found)
    # 1.0 is a whole number to the reference; in a record it was not written by us.
    whole = any(isinstance(item, float) for item in (found.get("schema"), found.get("pid")))
    assert (mismatch(found, RECORD) is None) == valid or whole


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: f"{line['event']} {line.get('target', {}).get('type', '')}".strip()
)
def test_each_form_is_accepted(line: dict[str, Any]) -> None:
    assert mismatch(line, RECORD) is None


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"run": "r\n"}, "run is 'r\\n'; expected text of the form"),
        ({"event": "wish"}, "event is 'wish'; expected one of start, intent"),
        ({"object": "\ud800"}, "object is '\\ud800'; expected text."),
        ({"target": {"type": "directory", "kind": "ews"}}, "target has no server, guid, identity."),
        ({"target": {"type": "mailbox"}}, "target is {'type': 'mailbox'}; it has none of the known forms."),
        ({"before": {"DomainName": [1]}}, "before.DomainName, item 1, is 1; expected text."),
        ({"pid": "7"}, "pid is '7'; expected a whole number."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(change: dict[str, Any], text: str) -> None:
    assert str(mismatch({**LINES[0], **change}, RECORD)).startswith(text)
