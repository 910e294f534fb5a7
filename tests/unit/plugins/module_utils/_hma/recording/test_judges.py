# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording of the lab agrees with the lab, and finds each switch that is turned."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import (
    DIFFERS,
    NOT_ASKED,
    compare,
    counts,
    page,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.document import KEPT
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.judges import JUDGES
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.questions import (
    next_of_organization,
    of_organization,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.recorded import Recording
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.shapes import Value
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.assumptions import assumptions
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.exchange import reading_of

from tests.lab import scenario, wild
from tests.lab.assumptions import SWITCHES
from tests.lab.originals import found_in, originals
from tests.tools.assumptions import assumptions as rows
from tests.unit.support.memory_shell import organization_of, recorded, rows_of, tenant_of
from tests.unit.support.tried import tried

TURNED = [(name, position) for name, positions in SWITCHES.items() for position in positions[1:]]
# What no read and no trial shows, with the reason that the page gives.
NOT_SETTLED = {
    "no_role": "it takes an account without the rights that a run has",
    "policy_shown": "who people are is not recorded",
    "policy_challenge": "it takes a person with a policy",
}
ROW_OF = {row.switch: row for row in rows() if row.switch}


def with_one_off() -> dict[str, Any]:
    found = scenario.load("default")
    found["organizations"][0]["servers"][2]["power"] = "off"
    return found


def document_of(found: dict[str, Any], **positions: str) -> dict[str, Any]:
    organization = organization_of(found, **positions)
    trials = [*tried(organization, "EX1", "oab"), *tried(organization, "EX1", "mapi")]
    return recorded(organization, [tenant_of(positions.get("reply_url_slash", "either"))], trials)


def test_the_lab_agrees_with_itself() -> None:
    found = rows_of(document_of(with_one_off()))
    assert [row for row in found.values() if row.result == DIFFERS] == []
    settled = {row.id for row in rows() if row.read or row.write}
    # What the default organization has nothing of.
    unseen = {row.id for row in found.values() if row.id in settled and not row.seen}
    assert len(unseen) < len(settled) / 3, unseen


@pytest.mark.parametrize(("name", "position"), TURNED)
def test_a_switch_that_is_turned_is_found(name: str, position: str) -> None:
    found = rows_of(document_of(with_one_off(), **{name: position}))
    differing = {row.id: row.seen for row in found.values() if row.result == DIFFERS}
    if name in NOT_SETTLED:
        row = found[ROW_OF[name].id]
        assert (differing, row.result, row.detail) == ({}, NOT_ASKED, NOT_SETTLED[name])
        return
    assert differing == {ROW_OF[name].id: position}


def test_each_judge_is_of_an_assumption_and_each_assumption_has_what_settles_it() -> None:
    assert {row.judge for row in assumptions() if row.judge} == set(JUDGES)
    assert [row.id for row in assumptions() if not row.judge and not row.reason] == []


def test_no_name_of_the_lab_is_in_a_recording() -> None:
    found = with_one_off()
    organization = organization_of(found)
    document = recorded(organization, [tenant_of("either")], tried(organization, "EX1", "oab"))
    assert found_in(str(document), originals(organization.state(), found)) == []


def test_differences_come_first_and_everything_is_counted() -> None:
    rows = compare(Recording.of(document_of(with_one_off(), ad_only="nothing")), assumptions())
    text = page(rows, KEPT)
    assert rows[0].result == DIFFERS
    assert sum(counts(rows).values()) == len(assumptions())
    assert text.index("## This server says something else (1)") < text.index("## This server says the same")
    assert "| wrong | nothing |" in text


def only(name: str, *objects: dict[str, Any]) -> Recording:
    """A recording of one answer."""
    found: dict[str, Any] = copy.deepcopy(document_of(with_one_off()))
    reading = next(one for one in found["servers"][0]["readings"] if one["id"] == name)
    found["servers"] = [{**found["servers"][0], "readings": [{**reading, "objects": list(objects)}]}]
    return Recording.of(found)


def shown(type_name: str = "Microsoft.Exchange.X", **values: Any) -> dict[str, Any]:
    return {"types": [type_name], "text": "type", "adapted": values, "extended": {}}


def listed(type_name: str) -> dict[str, Any]:
    return {"type": type_name, "count": 0, "items": []}


@pytest.mark.parametrize(
    ("type_name", "seen"),
    [
        ("Deserialized.Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String]]", "yes"),
        ("Microsoft.Exchange.Data.Directory.ADMultiValuedProperty`1[[System.String]]", "yes"),
        # Every organization has one in MicrosoftExchangeRecipientEmailAddresses.
        ("Microsoft.Exchange.Data.ProxyAddressCollection", "yes"),
        ("System.Collections.ArrayList", "no"),
        ("Microsoft.Exchange.Data.Table", "no"),
    ],
)
def test_lists_are_of_exchange_s_own_classes(type_name: str, seen: str) -> None:
    found = JUDGES["objects"](only("config", shown(Addresses=listed(type_name))))
    assert found is not None
    assert found.position == seen


@pytest.mark.parametrize(("controller", "seen"), [("dc1.contoso.test", "yes"), ("", "no"), (None, "no")])
def test_a_status_is_a_value_and_not_a_property(controller: str | None, seen: str) -> None:
    value = None if controller is None else {"type": "System.String", "value": controller}
    found = JUDGES["status"](only("servers", shown(CurrentConfigDomainController=value)))
    assert found is not None
    assert found.position == seen


@pytest.mark.parametrize("path", [("servers",), ("schema",), ("servers", 0, "readings", 0, "objects")])
def test_what_is_no_recording_is_one_message(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(document_of(with_one_off()))
    place: Any = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = "text"
    with pytest.raises(ParseError, match="no recording of this collection"):
        Recording.of(document)


@pytest.mark.parametrize("seed", range(1, 13))
def test_a_drawn_organization_shows_its_switches_and_no_name(seed: int) -> None:
    """Odd objects, hostile names, lists of every kind."""
    found = wild.of_seed(seed)
    found["organizations"][0]["mailboxes"] = [{"upn": "alice@contoso.test"}]
    organization = organization_of(found)
    document = recorded(organization)
    assert found_in(json.dumps(document), originals(organization.state(), found)) == []
    turned = set(found["organizations"][0].get("assumptions", {}).values())
    differing = {row.id: row.seen for row in rows_of(document).values() if row.result == DIFFERS}
    assert {name: seen for name, seen in differing.items() if seen not in turned} == {}


def test_of_a_person_is_kept_what_a_judge_looks_at_and_nothing_else() -> None:
    shape = {"type": "System.String", "value": "x"}
    people = {one.id: one for one in [*of_organization(), *next_of_organization(None, [], [], "guid")] if one.only}
    assert sorted(people) == ["member", "members"]
    item = {"types": [], "text": "", "adapted": {"Sid": shape, "MobilePhone": shape}, "extended": {"Title": shape}}
    for question in people.values():
        (read,) = reading_of(question, CmdletResult([item], [], [], milliseconds=1)).objects
        assert (read.adapted, read.extended) == ({"Sid": Value("System.String", "x")}, {})
