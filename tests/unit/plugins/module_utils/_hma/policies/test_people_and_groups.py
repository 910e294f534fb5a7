# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a name means: by sign-in name, DOMAIN\\account and every mail address, and never by half of one."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.groups import Membership
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import (
    Forest,
    is_system,
    parse_users,
    with_addresses,
)

from tests.unit.support.policies import guid, person, result

ALICE = {
    "Name": "alice", "Guid": guid(1), "DistinguishedName": "CN=alice,CN=Users,DC=corp,DC=contoso,DC=test",
    "UserPrincipalName": "alice@contoso.test", "SamAccountName": "alice.a",
    "WindowsEmailAddress": "A.Lice@contoso.test",
    "RecipientTypeDetails": "UserMailbox", "AuthenticationPolicy": None,
}  # fmt: skip


def test_every_name_of_somebody_leads_to_the_person() -> None:
    addresses = ["SMTP:a.lice@contoso.test", "smtp:al@old.test", "X500:/o=x/cn=alice", "SIP:sip@contoso.test"]
    mailbox = {"Guid": guid(1), "PrimarySmtpAddress": "a.lice@contoso.test", "EmailAddresses": addresses}
    people = with_addresses(parse_users(result(ALICE)), result(mailbox))
    forest = Forest.of(people, {})
    for name in (
        "ALICE@contoso.test",
        "CORP\\Alice.A",
        "al@old.test",
        "A.lice@contoso.test",
        guid(1),
        people[0].distinguished_name,
    ):
        assert [item.guid for item in forest.find(name)] == [guid(1)], name
    for name in ("alice", "alice.a", "OTHER\\alice.a", "sip@contoso.test", "/o=x/cn=alice", ""):
        assert forest.find(name) == (), name


def test_the_same_account_name_in_two_domains_is_two_people() -> None:
    other = person(
        2, "ann", distinguished_name="CN=ann,CN=Users,DC=emea,DC=contoso,DC=test", sign_in_name="ann@emea.test"
    )
    forest = Forest.of([person(1, "ann"), other], {"EUROPE": "emea.contoso.test"})
    assert [item.guid for item in forest.find("CORP\\ann")] == [guid(1)]
    assert [item.guid for item in forest.find("EMEA\\ann")] == [guid(2)]
    assert [item.guid for item in forest.find("europe\\ANN")] == [guid(2)]
    assert forest.find("ASIA\\ann") == ()


def test_an_address_of_one_that_is_the_name_of_another_is_two_people() -> None:
    forest = Forest.of([person(1, "ann"), person(2, "bob", addresses=frozenset({"ann@contoso.test"}))], {})
    assert {item.guid for item in forest.find("ann@contoso.test")} == {guid(1), guid(2)}


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("HealthMailbox0a1b@contoso.test", True), ("CORP\\HealthMailbox0a1b", True), ("CORP\\EX1$", True),
        ("SystemMailbox{1f05a927}@contoso.test", True), ("alice@contoso.test", False), ("CORP\\smith", False),
        ("CORP\\SM_0b5b8a3f4e4a4c6a8", True), ("CORP\\sm_scanner", False), ("migration.bot@contoso.test", False),
        ("Migration.8f3e7716-2011-43e4-96b1-aba62d229136@contoso.test", True),
        ("FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042", True), ("CORP\\svc$", True),
        ("DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@contoso.test", True),
    ],
)  # fmt: skip
def test_nobody_signs_in_as_exchange_itself(name: str, system: bool) -> None:
    assert is_system(name) is system


def test_an_account_that_cannot_be_read_is_not_left_out() -> None:
    with pytest.raises(ParseError, match="Get-User alice: Guid is"):
        parse_users(result({**ALICE, "Guid": "x"}))


def member(number: int, kind: str = "UserMailbox") -> dict[str, str]:
    return {"Guid": guid(number), "Name": str(number), "RecipientTypeDetails": kind}


def test_groups_in_groups_and_a_group_in_itself() -> None:
    found = Membership()
    found.begin(["all@contoso.test"])
    assert [item.parameters["Identity"] for item in found.next_cmdlets()] == ["all@contoso.test"]
    found.take([result(member(1), member(9, "MailUniversalSecurityGroup"))])
    assert [item.parameters["Identity"] for item in found.next_cmdlets()] == [guid(9)]
    found.take([result(member(2), member(9, "MailUniversalSecurityGroup"))])
    assert found.next_cmdlets() == []
    assert (set(found.people), found.unread) == ({guid(1), guid(2)}, {})


def test_a_group_whose_members_nobody_lists_is_said() -> None:
    found = Membership()
    found.begin(["all@contoso.test"])
    found.next_cmdlets()
    found.take([result(member(3, "DynamicDistributionGroup"))])
    assert "dynamic group" in found.unread["all@contoso.test"]
