# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of sign-ins is read as its schema says, and is enough, or names the server where it is not."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import (
    SIGN_INS,
    MeasuredProtocol,
    gaps,
    merged,
    parse,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import VERSION

from tests.integration.sign_ins import measured, seen
from tests.unit.support.policies import ALL, NOW, measurement, server, sign_in

ROOT = Path(__file__).parents[6]


HOLE = ("2026-11-20", "2026-11-21", "2026-11-22")


def of(**protocols: MeasuredProtocol) -> dict[str, Any]:
    """A server that these protocols are different of."""
    return {"protocols": {**dict.fromkeys(ALL, MeasuredProtocol(20)), **protocols}}


def file_of(folder: Path, **changes: Any) -> Any:
    return json.loads(Path(measured(folder, seen("alice@contoso.test"), **changes)).read_text("utf-8"))


def test_it_is_the_file_that_measure_sign_ins_writes() -> None:
    """The published schema and what is read of it name the same keys, and the same words."""
    published = json.loads((ROOT / "docs" / "schemas" / "sign_ins.schema.json").read_text("utf-8"))
    read, parts = SIGN_INS["properties"], published["$defs"]
    version = {part["schema_version"]["const"] for part in (read, published["properties"])}
    assert version == {VERSION}
    assert set(read) == set(published["required"])
    for name, part in (("servers", "server"), ("sign_ins", "sign_in")):
        assert set(read[name]["items"]["properties"]) == set(parts[part]["required"])
    coverage = read["servers"]["items"]["properties"]["coverage"]["properties"]["ews"]
    assert set(coverage["properties"]) == set(parts["coverage"]["required"])
    own, theirs = read["sign_ins"]["items"]["properties"], parts["sign_in"]["properties"]
    assert own["authentication"]["enum"] == theirs["authentication"]["enum"]
    assert set(own["protocol"]["enum"]) == set(parts["protocol"]["enum"])


def test_what_the_contract_says_is_read(tmp_path: Path) -> None:
    found = parse(file_of(tmp_path), "x")
    measured_days = [(item.server, item.unread, item.protocols["ews"].days) for item in found.servers]
    assert measured_days == [("EX2", "", 19), ("EX3", "", 19)]
    assert {(item.person, item.authentication, item.type) for item in found.sign_ins} == {
        ("alice@contoso.test", "modern", "Bearer")
    }


@pytest.mark.parametrize(
    ("way", "value", "said"),
    [
        (["schema_version"], 3, "schema_version is 3; expected 2"),
        (["schema_version"], 1, "an earlier version of measure_sign_ins wrote it"),
        (["masked"], True, "the names in it are masked"),
        (["masked"], "no", "masked is 'no'; expected true or false"),
        (["collected"], "yesterday", "collected is 'yesterday'"),
        (["collected"], "2026-13-01T00:00:00Z", "is no time"),
        (["servers", 0, "days"], "14", "days is '14'; expected a whole number"),
        (["servers", 0, "protocols"], ["imap"], "expected one of mapi"),
        (["servers", 0, "coverage", "ews", "missing"], ["x", "y"], "item 1, is 'x'; expected text of the form"),
        (["servers", 0, "coverage", "ews", "missing"], ["2026-13-01"], "'2026-13-01' is no time"),
        (["servers", 0, "coverage", "imap"], "all", "'imap' is 'all'; expected an object"),
        (["sign_ins", 0, "authentication"], "Bearer", "expected one of modern"),
        (["sign_ins", 0, "person"], None, "person is nothing; expected text"),
    ],
)
def test_another_shape_is_refused_with_its_place(tmp_path: Path, way: list[Any], value: Any, said: str) -> None:
    found = file_of(tmp_path)
    place = found
    for part in way[:-1]:
        place = place[part]
    place[way[-1]] = value
    with pytest.raises(Refused) as caught:
        parse(found, "sign_ins.json")
    assert said in str(caught.value)
    if "is no time" not in said:
        assert str(caught.value).startswith("sign_ins.json: ")


@pytest.mark.parametrize("key", sorted(SIGN_INS["properties"]))
def test_each_key_has_to_be_there(tmp_path: Path, key: str) -> None:
    found = file_of(tmp_path)
    del found[key]
    with pytest.raises(Refused, match=f"has no {key}"):
        parse(found, "x")


def test_files_of_different_servers_are_one_and_of_the_same_are_refused() -> None:
    one, other = measurement(servers=[server("EX1")]), measurement(servers=[server("EX2")])
    assert [item.server for item in merged([one, other]).servers] == ["EX1", "EX2"]
    with pytest.raises(Refused, match="EX1 is in more than one file"):
        merged([one, measurement(servers=[server("ex1")])])
    with pytest.raises(Refused, match="No file of sign-ins is given"):
        merged([])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"server": "EX2"}, "it is not in the file"),
        (of(ews=MeasuredProtocol(13)), "ews was measured for 13 days; 14 are asked for"),
        (
            of(ews=MeasuredProtocol(1, HOLE)),
            "ews was measured for 1 days; no log has a line of 2026-11-20 to 2026-11-22; 14 are asked for",
        ),
        (of(ews=MeasuredProtocol(0, HOLE, "2026-11-20")), "ews was not measured since 2026-11-20"),
        # Whose logs ended is asked of the protocols that are to be blocked alone.
        (of(rpc=MeasuredProtocol(0, HOLE, "2026-11-20")), ""),
        ({"unread": "disk full"}, "not counted completely: disk full"),
        ({"protocols": dict.fromkeys(set(ALL) - {"ews"}, MeasuredProtocol(20))}, "ews has no logs there"),
        # Counted a month ago, and written now that another server was counted too.
        ({"until": NOW - timedelta(days=30)}, "it was measured until 2026-10-27"),
    ],
)
def test_each_server_is_measured_long_enough(changes: dict[str, Any], said: str) -> None:
    found = gaps(measurement(servers=[server(**changes)]), ["EX1"], ["mapi", "ews"], 14, NOW)
    assert [name for name, _reason in found] == (["EX1"] if said else [])
    assert said in " ".join(reason for _name, reason in found)


@pytest.mark.parametrize(
    ("later", "stale"), [(timedelta(days=7), False), (timedelta(days=8), True), (timedelta(days=-1), True)]
)
def test_a_measurement_is_of_this_week(later: timedelta, stale: bool) -> None:
    assert bool(gaps(measurement(), ["EX1"], ["mapi"], 14, NOW + later)) is stale


def test_only_the_last_days_count_and_nobody_without_a_name() -> None:
    found = measurement(
        sign_in("old", days_ago=15),
        sign_in("new", days_ago=13),
        sign_in(""),
        sign_in("guest", authentication="anonymous"),
    )
    assert [item.person for item in found.since(14)] == ["new"]
