# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies and people are planned from what is there, and go back from it, wherever a run was cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.assignment import (
    batches,
    plan_people,
    resolved,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.back import plan_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import (
    Forest,
    OddAccount,
    parse_apart,
    parse_users,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.policy import (
    plan_default,
    plan_policy,
    refuse_both,
)

from tests.unit.support.policies import Exchange, config, person, policy, recorded, result

ANN, BOB, EVE = person(1, "ann"), person(2, "bob", policy="Other"), person(3, "eve")
WANTED = {"Mapi": True, "WebServices": True, "Rpc": False}


def organization(default: str | None = None, *, on: bool = True) -> Exchange:
    people = {item.guid: item for item in (ANN, BOB, EVE)}
    return Exchange(config(default, on=on), {"Other": policy("Other", ["Pop"])}, dict(people))


def all_waves(there: Exchange) -> list[Change]:
    """The writes of all waves, each planned from what the ones before it left. They are made in ``there``."""
    done: list[Change] = []
    for plan in (
        lambda: plan_policy(there.state.policies, "HMA only", WANTED).changes,
        lambda: plan_policy(there.state.policies, "Other", {"Imap": True}).changes,
        lambda: plan_people([there.people[ANN.guid], there.people[BOB.guid]], there.state.policies, "HMA only"),
        lambda: plan_default(there.config, there.state.policies, "HMA only").changes,
    ):
        changes = list(plan())
        there.run(changes)
        done += changes
    return done


def test_what_is_typed_can_be_typed() -> None:
    made, changed, *_people, default = all_waves(organization())
    assert made.cmdlet.typed() == (
        "New-AuthenticationPolicy -Name 'HMA only' -BlockLegacyAuthMapi -BlockLegacyAuthWebServices"
    )
    assert changed.cmdlet.typed() == "Set-AuthenticationPolicy -Identity 'Other' -BlockLegacyAuthImap -Confirm:$false"
    assert default.cmdlet.typed() == "Set-OrganizationConfig -DefaultAuthenticationPolicy 'HMA only' -Confirm:$false"


def test_again_changes_nothing() -> None:
    there = organization()
    all_waves(there)
    assert all_waves(there) == []


def test_a_switch_that_is_not_named_stays() -> None:
    assert plan_policy([policy("P", ["Mapi", "Pop"])], "p", {"Mapi": False}).changes[0].after == {
        "BlockLegacyAuthMapi": False
    }
    assert plan_policy([policy("P", ["Mapi"])], "P", {"Mapi": True, "Imap": False}).changes == ()


def test_legacy_and_modern_are_not_both_blocked() -> None:
    with pytest.raises(Refused, match="blocks modern authentication for Mapi"):
        plan_policy([policy("P", [], ["Mapi"])], "P", {"Mapi": True})
    refuse_both(policy("P", [], ["Mapi"]), ["WebServices"])


def test_names_that_are_nobody_or_two_are_refused_together() -> None:
    forest = Forest.of([ANN, replace(BOB, addresses=frozenset({"ann@contoso.test"}))], {})
    with pytest.raises(Refused) as caught:
        resolved(forest, ["x@y.z", "ann@contoso.test", "CORP\\bob"])
    assert "No account has the name x@y.z." in str(caught.value)
    assert "More than one account has the name ann@contoso.test (ann@contoso.test and bob@contoso.test)." in str(
        caught.value
    )
    assert [item.name for item in resolved(forest, ["CORP\\bob", "bob@contoso.test"])] == ["bob"]


def test_batches_hold_everybody_once() -> None:
    changes = plan_people([person(number, f"p{number}") for number in range(7)], [], "P")
    assert [len(batch) for batch in batches(changes, 3)] == [3, 3, 1]
    assert [change for batch in batches(changes, 3) for change in batch] == changes


@pytest.mark.parametrize("outcome", ["done", "open", "uncertain", "failed"])
@pytest.mark.parametrize("default", [None, "Other"])
def test_everything_comes_back_wherever_the_runs_were_cut(default: str | None, outcome: str) -> None:
    """The record has the intent of each write; of the last one nobody knows whether it was made."""
    everything = all_waves(organization(default))
    for sent in range(len(everything) + 1):
        there = organization(default)
        there.run(everything[:sent])
        history = recorded(everything[: sent + 1], outcome)
        back = plan_back(there.state, history)
        assert back.refused == []
        assert {step.id for step in history} == set(back.handled)
        there.run(back.changes)
        assert there == organization(default), sent
        assert plan_back(there.state, history).changes == []


def test_a_way_back_that_was_cut_goes_on() -> None:
    history = recorded(all_waves(organization()))
    there = organization()
    all_waves(there)
    changes = plan_back(there.state, history).changes
    assert [change.target["type"] for change in changes] == [
        "default_policy", "user", "user", "authentication_policy", "authentication_policy",
    ]  # fmt: skip
    for sent in range(len(changes)):
        there = organization()
        all_waves(there)
        there.run(changes[:sent])
        there.run(plan_back(there.state, history).changes)
        assert there == organization()


def refused(there: Exchange, history: Any) -> dict[str, str]:
    return {item.object: item.reason for item in plan_back(there.state, history).refused}


def test_only_what_is_still_ours_goes_back() -> None:
    history = recorded(all_waves(organization()))
    there = organization()
    all_waves(there)
    there.people[ANN.guid] = replace(ANN, policy="Other")
    there.people[EVE.guid] = replace(EVE, policy="HMA only")
    said = refused(there, history)
    assert "Somebody changed it since" in said["ann@contoso.test"]
    assert said["Authentication policy 'HMA only'"] == "it is still in use: eve@contoso.test."


def test_a_policy_or_an_account_that_is_no_longer_there_is_said() -> None:
    history = recorded(all_waves(organization()))
    there = organization()
    all_waves(there)
    del there.policies["Other"], there.people[ANN.guid]
    said = refused(there, history)
    assert said["ann@contoso.test"] == "the account is no longer there, or outside of what this run may see."
    assert "'Other', which was there before, is no longer there" in said["bob@contoso.test"]
    assert "somebody removed it" in said["Authentication policy 'Other'"]


def test_while_modern_authentication_is_off_nobody_gets_a_policy_that_blocks_the_rest() -> None:
    history = recorded(all_waves(organization()))
    there = organization()
    all_waves(there)
    there.config = replace(there.config, oauth2_client_profile_enabled=False)
    back = plan_back(there.state, history)
    assert {change.object for change in back.changes} >= {
        "ann@contoso.test",
        "Default authentication policy of organization 'Contoso'",
    }
    assert "modern authentication is off" in {item.object: item.reason for item in back.refused}["bob@contoso.test"]


def test_another_organization_is_left_alone() -> None:
    there = organization()
    history = recorded(all_waves(there))
    there.config = replace(there.config, guid="6f1d3c1e-0000-4000-8000-00000000dead")
    assert (
        "another organization's" in refused(there, history)["Default authentication policy of organization 'Contoso'"]
    )


def test_an_exception_keeps_its_policy_where_another_default_would_block_it() -> None:
    """The last wave goes back, but somebody made another policy the default since: that one stays."""
    there = organization()
    there.policies |= {"HMA only": policy("HMA only", ["Mapi"]), "HMA exceptions": policy("HMA exceptions")}
    there.policies["Strict"] = policy("Strict", ["Mapi", "WebServices"])
    done = list(plan_people([ANN], there.state.policies, "HMA exceptions"))
    done += plan_default(there.config, there.state.policies, "HMA only").changes
    there.run(done)
    there.config = replace(there.config, default_authentication_policy="Strict")
    back = plan_back(there.state, recorded(done))
    assert back.changes == []
    assert "without it the default 'Strict' would block it" in refused(there, recorded(done))["ann@contoso.test"]
    # Without a default that blocks it goes back.
    there.config = replace(there.config, default_authentication_policy="HMA only")
    there.run(plan_back(there.state, recorded(done)).changes)
    assert there.people[ANN.guid].policy is None


def test_an_account_that_cannot_be_read_keeps_nobody_else_from_going_back() -> None:
    there = organization()
    history = recorded(all_waves(there))
    del there.people[ANN.guid]
    back = plan_back(
        replace(there.state, odd=[OddAccount(ANN.guid, ParseError("Get-User ann: RecipientTypeDetails is 5."))]),
        history,
    )
    said = {item.object: item.reason for item in back.refused}
    assert "could not be read, so that it is left as it is: Get-User ann" in said["ann@contoso.test"]
    # It may still have it.
    assert "an account that could not be read" in said["Authentication policy 'HMA only'"]
    assert [change.target["type"] for change in back.changes] == ["default_policy", "user", "authentication_policy"]
    assert {step.id for step in history} == set(back.handled)
    back = plan_back(replace(there.state, odd=[OddAccount(None, ParseError("Guid is null."))]), history)
    reason = {item.object: item.reason for item in back.refused}["ann@contoso.test"]
    assert reason.endswith("or outside of what this run may see, or is one that could not be read: Guid is null.")


def test_people_are_read_one_by_one() -> None:
    good = {"Name": "ann", "Guid": ANN.guid, "DistinguishedName": "CN=ann", "RecipientTypeDetails": "UserMailbox"}
    answer = result(
        good, {**good, "Guid": BOB.guid, "RecipientTypeDetails": 5}, {**good, "Guid": None}, {**good, "Guid": "x"}
    )
    found, odd = parse_apart(answer)
    assert [item.guid for item in found] == [ANN.guid]
    assert [item.guid for item in odd] == [BOB.guid, None, None]
    # Whoever is to be given something has to be known.
    with pytest.raises(ParseError, match="RecipientTypeDetails is 5"):
        parse_users(answer)
