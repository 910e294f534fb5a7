# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in a wave, who is out and why, and what keeps it from being run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.findings import counted, findings, to_stop
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import MeasuredProtocol
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import (
    IN,
    LAST,
    OUT,
    POLICIES,
    STOPS,
    Wave,
)

from tests.unit.support.policies import (
    auth_server,
    config,
    exchange,
    guid,
    known,
    measurement,
    modern,
    person,
    policy,
    server,
    sign_in,
    wanted,
)

ANN, BOB = person(1, "ann"), person(2, "bob")


def wave(asked: Any, people: Any, *sign_ins: Any, **other: Any) -> Wave:
    measured = other.pop("measured", None) or measurement(*sign_ins)
    return Wave.of(asked, known(people, measured, **other))


def placed(found: Wave) -> dict[str, tuple[str, str]]:
    return {item.person.name: (item.place, item.reason) for item in found.placed()}


def stopped(found: Wave) -> str:
    """What stops it, in one text; empty where nothing does."""
    said = findings(found, found.placed())
    text = " ".join(f"{item.id} {item.object}: {item.message}" for item in said if item.blocks)
    assert bool(text) is to_stop(said)
    return text


def test_somebody_who_was_seen_with_modern_authentication_alone_is_in() -> None:
    found = wave(wanted(people=["ann@contoso.test"]), [ANN, BOB], *modern("CORP\\ann"))
    assert placed(found) == {"ann": ("in", "")}
    assert stopped(found) == ""


@pytest.mark.parametrize(
    ("sign_ins", "reason"),
    [
        ([], "was not seen with modern authentication on mapi, ews"),
        (modern("ann@contoso.test", ["mapi"]), "was not seen with modern authentication on ews"),
        ([*modern("CORP\\ann"), sign_in("ann@contoso.test", "ews", "legacy")],
         "signed in with NTLM on ews by Outlook, last on 2026-11-25"),
        ([*modern("CORP\\ann"), sign_in("CORP\\ann", "ews", "unknown")],
         "signed in with unknown on ews by Outlook, last on 2026-11-25"),
        ([*modern("CORP\\ann"), sign_in("OLD\\ann", "ews", "legacy")],
         "the logs have the name ann, which is no account's and may be theirs"),
        # On a protocol that stays open, or before the days that count, it is no reason.
        ([*modern("CORP\\ann"), sign_in("CORP\\ann", "eas", "legacy"), sign_in("CORP\\ann", "ews", "legacy", 15)], ""),
    ],
)  # fmt: skip
def test_each_reason_why_somebody_is_out(sign_ins: list[Any], reason: str) -> None:
    found = wave(wanted(people=["ann@contoso.test"]), [ANN, BOB], *sign_ins)
    assert placed(found)["ann"] == ("out" if reason else "in", reason)
    # The others of the wave are not kept from it.
    assert stopped(found) == ""


@pytest.mark.parametrize(
    ("accounts", "reason"),
    [
        ({}, "there is no account of that name in Entra"),
        ({"ann@contoso.test": AccountState.CLOUD}, "was made there: it is not synchronised"),
        ({"ann@contoso.test": AccountState.BLOCKED}, "the account in Entra is blocked from signing in"),
        (None, "is not known: no permission"),
        ({"ann@contoso.test": AccountState.SYNCHRONIZED}, ""),
    ],
)
def test_the_account_is_synchronised(accounts: Any, reason: str) -> None:
    found = wave(
        wanted(people=["ann@contoso.test"]),
        [ANN],
        *modern("CORP\\ann"),
        accounts=accounts,
        accounts_unread="no permission",
    )
    assert placed(found)["ann"][0] == ("out" if reason else "in")
    assert reason in placed(found)["ann"][1]


def test_a_mail_address_is_a_sign_in_name_too() -> None:
    ann = person(1, "ann", addresses=frozenset({"ann@mail.test"}))
    found = wave(
        wanted(people=["ann@contoso.test"]),
        [ann],
        *modern("CORP\\ann"),
        accounts={"ann@mail.test": AccountState.SYNCHRONIZED},
    )
    assert placed(found)["ann"] == ("in", "")


def test_another_policy_is_replaced_only_where_it_is_named() -> None:
    ann = person(1, "ann", policy="CN=Other,CN=Auth Policies")
    policies = [policy("HMA only", ("Mapi", "WebServices")), policy("Other")]
    asked = wanted(people=["ann@contoso.test"])
    assert "has the policy 'Other'" in placed(wave(asked, [ann], *modern("CORP\\ann"), policies=policies))["ann"][1]
    asked = wanted(people=["ann@contoso.test"], replaces=("other",))
    assert placed(wave(asked, [ann], *modern("CORP\\ann"), policies=policies))["ann"][0] == "in"
    has = person(1, "ann", policy="hma only")
    assert placed(wave(asked, [has], policies=policies))["ann"] == ("has it", "")


def test_members_of_groups_are_in_it_and_rooms_are_not() -> None:
    room = person(3, "room", kind="RoomMailbox")
    members = {guid(2): "all@contoso.test", guid(3): "all@contoso.test"}
    found = wave(wanted(groups=("all@contoso.test",)), [ANN, BOB, room], *modern("CORP\\bob"), members=members)
    assert placed(found) == {"bob": ("in", ""), "room": ("out", "is of the type RoomMailbox: nobody signs in to it")}


@pytest.mark.parametrize(
    ("asked", "other", "said"),
    [
        (
            {},
            {"servers": [exchange(), exchange("Version 15.1 (Build 2507.6)", "EX0")]},
            "HMA-POL-004 EX0: it is Exchange Server 2016",
        ),
        ({}, {"servers": [exchange("Version 15.2 (Build 330.5)")]}, "HMA-POL-004 EX1: it is Exchange Server 2019 CU1"),
        ({}, {"config": config(on=False)}, "HMA-POL-005 Contoso: OAuth2ClientProfileEnabled is not true"),
        ({}, {"config": config(on=None)}, "HMA-POL-005"),
        (
            {},
            {"auth_servers": [auth_server("ADFS")]},
            "HMA-POL-005 Contoso: the default authorization endpoint is 'EvoSTS' (ADFS)",
        ),
        (
            {},
            {"auth_servers": [replace(auth_server("AzureAD"), enabled=False)]},
            "HMA-POL-005 Contoso: the default authorization endpoint is 'EvoSTS' (AzureAD, disabled)",
        ),
        (
            {},
            {"auth_servers": [replace(auth_server("AzureAD"), authorization_endpoint=None)]},
            "HMA-POL-005 Contoso: the default authorization endpoint is 'EvoSTS' (AzureAD, without an address)",
        ),
        ({}, {"auth_servers": []}, "HMA-POL-005 Contoso: the default authorization endpoint is none"),
        (
            {},
            {
                "measured": measurement(
                    servers=[server(protocols={"mapi": MeasuredProtocol(3), "ews": MeasuredProtocol(3)})]
                )
            },
            "HMA-POL-006 EX1: mapi, ews was measured for 3 days",
        ),
        ({"people": ["nobody@contoso.test"]}, {}, "HMA-POL-007 nobody@contoso.test: is no account's"),
        ({"exceptions": {"CORP\\x": "y"}}, {}, "HMA-POL-007 CORP\\x: is no account's"),
        ({}, {"groups_unread": {"g": "could not be read"}}, "HMA-POL-007 g: could not be read"),
        ({}, {"policies": []}, "HMA-POL-009 HMA only: there is no such policy"),
        ({}, {"policies": [policy("HMA only", ["Mapi"])]}, "HMA-POL-009 HMA only: it does not block WebServices"),
        (
            {},
            {"policies": [policy("HMA only", ["Mapi", "WebServices", "Rpc"])]},
            "it blocks Rpc, which hma_block_protocols",
        ),
        (
            {},
            {"policies": [policy("HMA only", ["Mapi", "WebServices"], ["Mapi"])]},
            "blocks modern authentication for Mapi",
        ),
    ],
)
def test_what_no_wave_is_run_with(asked: dict[str, Any], other: dict[str, Any], said: str) -> None:
    given = {"people": ["ann@contoso.test"], **asked}
    assert said in stopped(wave(wanted(**given), [ANN], *modern("CORP\\ann"), **other))


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([policy("HMA only", ["Mapi", "WebServices", "Pop"])], "HMA only: it blocks Pop, and nobody measured"),
        # She signs in to ActiveSync with modern authentication, which stays open there only by the words of the wave.
        ([policy("HMA only", ["Mapi", "WebServices"], ["ActiveSync"])], "blocks modern authentication for ActiveSync"),
        ([policy("HMA only", ["Mapi", "WebServices"]), policy("HMA exceptions", [], ["Mapi"])],
         "HMA exceptions: it blocks modern authentication for Mapi"),
    ],
)  # fmt: skip
def test_a_policy_that_blocks_what_nobody_measured_is_given_to_nobody(policies: Any, said: str) -> None:
    found = wave(wanted(people=["ann@contoso.test"]), [ANN], *modern("CORP\\ann"), policies=policies)
    assert said in stopped(found)
    fix = " ".join(item.fix for item in findings(found, found.placed()) if item.blocks)
    assert "Run Set-AuthenticationPolicy -Identity 'HMA " in fix


def test_whoever_was_helped_by_hand_is_not_locked_out_again() -> None:
    """The logs have modern authentication alone: what was refused is no sign-in."""
    helped = person(1, "ann", policy="HMA exceptions")
    asked = wanted(people=["ann@contoso.test"])
    place, reason = placed(wave(asked, [helped], *modern("CORP\\ann")))["ann"]
    assert (place, "name the account in hma_block_exceptions" in reason) == ("out", True)
    asked = wanted(people=["ann@contoso.test"], replaces=("HMA exceptions",))
    assert placed(wave(asked, [helped], *modern("CORP\\ann")))["ann"][0] == "in"


EXCEPTED = {"ann@contoso.test": "a fax"}


@pytest.mark.parametrize("number", ["1", LAST])
@pytest.mark.parametrize(
    ("policy_now", "text", "gets"),
    [
        (None, "gets the policy 'HMA exceptions' first", True),
        ("HMA only", "gets the policy 'HMA exceptions' first, in the place of 'HMA only'", True),
        ("HMA exceptions", "has the policy 'HMA exceptions'", False),
        ("Other", "keeps the policy 'Other', which hma_block_replace_policies does not name", False),
    ],
)
def test_every_wave_gives_the_exceptions_their_policy_first(
    number: str, policy_now: str | None, text: str, gets: bool
) -> None:
    """Named for the wave or not, and where an earlier wave was for them: then they are cut off until it is given."""
    ann = person(1, "ann", policy=policy_now)
    found = wave(wanted(number, people=["bob@contoso.test"], exceptions=EXCEPTED), [ann, BOB], *modern("CORP\\bob"))
    assert placed(found)["ann"] == ("excepted", f"a fax; {text}")
    assert placed(found)["bob"][0] == "in"
    assert [item.name for item in found.excepted(found.placed())] == (["ann"] if gets else [])
    assert counted(found.placed())["excepted"] == 1
    assert stopped(found) == ""


@pytest.mark.parametrize("number", ["1", LAST])
def test_an_exception_whose_own_policy_blocks_is_said(number: str) -> None:
    ann = person(1, "ann", policy="Other")
    own = [policy("HMA only", ("Mapi", "WebServices")), policy("HMA exceptions"), policy("Other", ["Mapi"])]
    asked = wanted(number, people=["bob@contoso.test"], exceptions=EXCEPTED)
    found = wave(asked, [ann, BOB], *modern("CORP\\bob"), policies=own)
    warned = [item for item in findings(found, found.placed()) if item.status == "warn"]
    assert [item.object for item in warned] == ["ann@contoso.test"]
    assert "is an exception, and keeps the policy 'Other'" in warned[0].message
    asked = replace(asked, replaces=("Other",))
    found = wave(asked, [ann, BOB], *modern("CORP\\bob"), policies=own)
    assert [item.name for item in found.excepted(found.placed())] == ["ann"]


def test_wave_0_lets_exceptions_out_of_a_policy_before_it_blocks_more() -> None:
    ann = person(1, "ann", policy="HMA only")
    asked, less = wanted(POLICIES, exceptions=EXCEPTED), [policy("HMA only", ["Mapi"]), policy("HMA exceptions")]
    used = [*modern("CORP\\bob"), sign_in("CORP\\ann", "ews", "legacy")]
    found = wave(asked, [ann, BOB], *used, policies=less)
    assert [item.name for item in found.excepted(found.placed())] == ["ann"]
    assert stopped(found) == ""
    # As the default it is the policy of those who have none, too.
    found = wave(asked, [person(1, "ann"), BOB], *used, policies=less, config=config("HMA only"))
    assert [item.name for item in found.excepted(found.placed())] == ["ann"]
    # Where it blocks no more than it does, nobody is concerned; a policy that is not there nobody gets.
    found = wave(asked, [ann, BOB], *used)
    assert found.placed() == []
    found = wave(asked, [ann, BOB], *used, policies=less[:1])
    assert "HMA-POL-008 ann@contoso.test: signed in with" in stopped(found)


def test_wave_0_of_the_default_judges_service_accounts_and_names_of_nobody() -> None:
    service = person(3, "svc", kind="User")
    policies = [policy("HMA only", ["Mapi"]), policy("HMA exceptions")]
    used = [sign_in("CORP\\svc", "ews", "legacy"), sign_in("OLD\\scan", "ews", "legacy")]
    said = stopped(wave(wanted(POLICIES), [service], *used, policies=policies, config=config("HMA only")))
    assert "HMA-POL-008 svc@contoso.test: signed in with NTLM on ews" in said
    assert "HMA-POL-008 OLD\\scan (of the logs)" in said
    assert stopped(wave(wanted(POLICIES), [service], *used, policies=policies)) == ""


def test_a_service_account_that_begins_like_one_of_exchange_is_judged() -> None:
    found = wave(wanted(LAST), [ANN], *modern("CORP\\ann"), sign_in("CORP\\sm_scanner", "ews", "legacy"))
    assert "HMA-POL-008 CORP\\sm_scanner (of the logs)" in stopped(found)


def test_an_address_of_two_people_is_refused_by_name() -> None:
    bob = person(2, "bob", addresses=frozenset({"ann@contoso.test"}))
    found = wave(wanted(people=["ann@contoso.test"]), [ANN, bob])
    assert "HMA-POL-007 ann@contoso.test: is more than one account's: ann@contoso.test, bob@contoso.test" in stopped(
        found
    )


def test_whoever_runs_this_is_not_cut_off() -> None:
    people = ["ann@contoso.test", "bob@contoso.test"]
    found = wave(wanted(people=people), [ANN, BOB], *modern("CORP\\bob"), runs_as="CORP\\ann")
    assert "HMA-POL-008 ann@contoso.test: is the account of this run, and was not seen" in stopped(found)
    assert stopped(wave(wanted(people=people), [ANN, BOB], *modern("CORP\\bob"), runs_as="CORP\\bob")) == ""
    assert (
        stopped(wave(wanted(people=["bob@contoso.test"]), [ANN, BOB], *modern("CORP\\bob"), runs_as="CORP\\ann")) == ""
    )


def test_wave_0_blocks_more_only_where_its_people_can_do_without() -> None:
    ann = person(1, "ann", policy="HMA only")
    policies = [policy("HMA only", ["Mapi"]), policy("HMA exceptions")]
    asked = wanted(POLICIES)
    assert "HMA-POL-008 ann@contoso.test: was not seen with modern authentication on ews" in stopped(
        wave(asked, [ann, BOB], *modern("CORP\\ann", ["mapi"]), policies=policies)
    )
    assert stopped(wave(asked, [ann, BOB], *modern("CORP\\ann", ["ews"]), policies=policies)) == ""
    # As the default it is everybody's who has none.
    assert "HMA-POL-008 bob@contoso.test" in stopped(
        wave(asked, [ann, BOB], *modern("CORP\\ann"), policies=policies, config=config("HMA only"))
    )
    # One that blocks as much already concerns nobody.
    assert stopped(wave(wanted(POLICIES), [person(1, "ann", policy="HMA only")])) == ""


def test_the_last_wave_leaves_no_legacy_account_unexplained() -> None:
    service = person(3, "svc", kind="User")
    room = person(4, "room", kind="RoomMailbox")
    people = [ANN, BOB, service, room]
    used = [*modern("CORP\\ann"), sign_in("CORP\\svc", "ews", "legacy"), sign_in("OLD\\scan", "mapi", "legacy")]
    found = wave(wanted(LAST), people, *used)
    assert placed(found) == {
        "ann": ("in", ""), "bob": ("in", "was not seen at all"),
        "svc": ("stops", "signed in with NTLM on ews by Outlook, last on 2026-11-25"),
    }  # fmt: skip
    said = stopped(found)
    assert "HMA-POL-008 svc@contoso.test: signed in with" in said
    assert "HMA-POL-008 OLD\\scan (of the logs): is no account's" in said

    excepted = wave(wanted(LAST, exceptions={"svc@contoso.test": "a service"}), people, *used[:-1])
    assert placed(excepted)["svc"] == ("excepted", "a service; gets the policy 'HMA exceptions' first")
    assert [item.name for item in excepted.excepted(excepted.placed())] == ["svc"]
    assert stopped(excepted) == ""


@pytest.mark.parametrize("number", ["1", LAST])
def test_an_exception_needs_a_policy_that_blocks_nothing(number: str) -> None:
    asked = wanted(number, exceptions={"bob@contoso.test": "y"})
    own = [policy("HMA only", ("Mapi", "WebServices"))]
    assert "HMA-POL-009 HMA exceptions: there is no such policy" in stopped(wave(asked, [ANN, BOB], policies=own))
    blocks = [*own, policy("HMA exceptions", ["Mapi"])]
    assert "it blocks Mapi" in stopped(wave(asked, [ANN, BOB], policies=blocks))


def test_hundreds_who_are_left_out_are_one_finding_for_each_reason() -> None:
    people = [person(number, f"p{number}") for number in range(1, 301)]
    names = [item.sign_in_name for item in people]
    used = [item for number in range(1, 101) for item in modern(f"CORP\\p{number}", ["mapi"])]
    found = wave(wanted(people=names), people, *used)
    said = [item for item in findings(found, found.placed()) if item.id == "HMA-POL-010"]
    assert len(found.placed()) == 300
    assert len(said) == 1
    assert "and 295 more" in said[0].object
    assert said[0].status == "warn"


def test_who_left_and_kept_a_mailbox_stops_no_wave() -> None:
    """The account is disabled, and nobody synchronizes it any more; that of a linked mailbox always is disabled."""
    left, linked = person(1, "ann", disabled=True), person(2, "bob", disabled=True, kind="LinkedMailbox")
    accounts = {"bob@contoso.test": AccountState.SYNCHRONIZED}
    (placed,) = wave(wanted(people=["ann@contoso.test"]), [left], accounts=accounts).placed()
    assert (placed.place, placed.reason) == (OUT, "is disabled: nobody signs in with it")
    last = wave(wanted(wave=LAST), [left, linked], *modern("bob@contoso.test"), accounts=accounts).placed()
    assert [(item.person, item.place) for item in last] == [(linked, IN)]
    seen = wave(wanted(wave=LAST), [left], sign_in("ann@contoso.test", "mapi", "legacy"), accounts=accounts).placed()
    assert [item.place for item in seen] == [STOPS], "The logs have it, so that it is somebody's."


def test_a_default_that_somebody_else_made_is_not_replaced_unasked() -> None:
    """It may block what ours leaves open, IMAP say."""
    ready, theirs = policy("HMA block", ["Mapi", "WebServices"]), policy("Security baseline", ["Imap", "Mapi"])
    there = {"policies": [ready, policy("HMA exceptions"), theirs], "config": config("Security baseline")}
    asked = wanted(wave=LAST, policy="HMA block")
    said = stopped(wave(asked, [ANN], *modern("ann@contoso.test"), **there))
    assert said == (
        "HMA-POL-009 Security baseline: it is the organization's default, and hma_block_replace_policies does not name "
        "it. It blocks Imap, Mapi."
    )
    named = wanted(wave=LAST, policy="HMA block", replaces=("security BASELINE",))
    assert stopped(wave(named, [ANN], *modern("ann@contoso.test"), **there)) == ""
    first = wanted(policy="HMA block", people=["ann@contoso.test"])
    assert stopped(wave(first, [ANN], *modern("ann@contoso.test"), **there)) == ""


def test_an_exception_by_the_whole_name_of_our_domain_is_one_of_ours() -> None:
    seen = [*modern("ann@contoso.test"), sign_in("corp.contoso.test\\ann", "mapi", "legacy")]
    found = wave(wanted(wave=LAST, exceptions={"corp.contoso.test\\ann": "scanner"}), [ANN], *seen)
    assert [item.place for item in found.placed()] == ["excepted"]


def test_a_group_that_nobody_is_in_stops_nobody_and_is_said() -> None:
    """Somebody emptied it, or the wave names another one than was meant."""
    found = wave(wanted(people=["ann@contoso.test"]), [ANN], *modern("ann@contoso.test"), groups_empty=["pilot@x.test"])
    said = [item for item in findings(found, found.placed()) if item.id == "HMA-POL-010"]
    assert [(item.object, item.status, item.blocks) for item in said] == [("pilot@x.test", "warn", False)]
    assert "no members" in said[0].message
