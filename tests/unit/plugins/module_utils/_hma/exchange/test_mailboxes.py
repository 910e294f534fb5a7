# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailboxes are counted; one without a readable sign-in name is nobody's, and is said."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import AccountState
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import mailboxes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity


def mailbox(name: Any, identity: Any = "contoso.test/Users/One") -> dict[str, Any]:
    return {"UserPrincipalName": name, "RecipientTypeDetails": "UserMailbox", "Identity": identity}


def answer(*found: dict[str, Any]) -> CmdletResult:
    return CmdletResult(list(found), [], [])


@pytest.mark.parametrize("name", [None, "", 5, ["a@contoso.test"]])
def test_a_mailbox_without_a_readable_name_is_not_counted_as_foreign(name: Any) -> None:
    gaps: list[Unread] = []
    found = [answer(mailbox("b@corp.local"), mailbox(name), mailbox(name, None))]
    count = mailboxes.count_foreign(found, 10, gaps, domains=["contoso.test"])
    assert (count.count, count.complete, count.examples) == (1, True, ["b@corp.local"])
    assert [gap.what for gap in gaps] == ["foreign"]
    assert "no UserPrincipalName of 2 mailboxes (contoso.test/Users/One, a mailbox without a name)" in gaps[0].reason


def test_what_a_linked_mailbox_is_called_has_no_bearing() -> None:
    count = mailboxes.count_linked(answer(mailbox("b@corp.local"), mailbox(None)), 10)
    assert (count.count, count.examples) == (2, ["b@corp.local", "contoso.test/Users/One"])


def test_people_are_compared_by_names_that_can_be_read() -> None:
    gaps: list[Unread] = []
    users = {"a@contoso.test": AccountState.SYNCHRONIZED, "b@contoso.test": AccountState.CLOUD}
    count = mailboxes.count_missing(
        [answer(mailbox("A@contoso.test"), mailbox("b@contoso.test"), mailbox("c@contoso.test"), mailbox(None))],
        10,
        users,
        gaps,
    )
    assert (count.count, count.compared, count.cloud_only, count.examples) == (
        2,
        3,
        1,
        ["b@contoso.test", "c@contoso.test"],
    )
    assert [gap.what for gap in gaps] == ["missing"]
    identity = Identity({"time": "now"}, ["contoso.test"], "verified", None, None, count, tuple(gaps))
    again = Identity.from_facts(Properties(identity.facts(), "identity"))
    assert again.facts() == identity.facts()
    assert again.why_unread("missing") == gaps[0].reason
    assert again.why_unread("foreign") is None


def addressed(name: str, mail: Any) -> dict[str, Any]:
    return {**mailbox(name), "PrimarySmtpAddress": mail}


@pytest.mark.parametrize(
    "users",
    [
        None,
        {
            "ann@contoso.test": AccountState.SYNCHRONIZED,
            "bob@contoso.test": AccountState.CLOUD,
            "cy@elsewhere.test": AccountState.SYNCHRONIZED,
        },
    ],
)
def test_foreign_names_are_looked_up_by_mail_address(users: dict[str, AccountState] | None) -> None:
    """Alternate login ID: the account in the tenant has the mail address as its name."""
    people = [
        addressed("ann@corp.local", "Ann@Contoso.test"), addressed("bob@corp.local", "bob@contoso.test"),
        addressed("cy@corp.local", "cy@elsewhere.test"), addressed("di@corp.local", None), mailbox("ed@corp.local"),
    ]  # fmt: skip
    count = mailboxes.count_foreign([answer(*people)], 10, [], domains=["CONTOSO.test"], users=users)
    assert (count.count, count.mail_in_domain, count.by_mail) == (5, 2, None if users is None else 2)
    assert type(count).from_facts(Properties(count.facts(), "foreign")) == count


def test_who_is_known_by_mail_address_is_not_missing() -> None:
    users = {"ann@contoso.test": AccountState.SYNCHRONIZED, "bob@contoso.test": AccountState.CLOUD}
    people = [addressed("ann@corp.local", "ann@contoso.test"), addressed("bob@corp.local", "bob@contoso.test")]
    count = mailboxes.count_missing([answer(*people)], 10, users, [])
    assert (count.count, count.by_mail, count.cloud_only, count.examples) == (1, 1, 0, ["bob@corp.local"])


def test_whose_account_is_disabled_signs_in_nowhere() -> None:
    """Somebody left, and the mailbox was kept: nobody has to synchronize that account."""
    left = {**mailbox("left@corp.local"), "ExchangeUserAccountControl": "AccountDisabled, NormalAccount"}
    nameless = {**mailbox(None), "ExchangeUserAccountControl": "AccountDisabled"}
    there = {**mailbox("here@corp.local"), "ExchangeUserAccountControl": "None"}
    gaps: list[Unread] = []
    foreign = mailboxes.count_foreign([answer(left, there, nameless)], 10, gaps, domains=["contoso.test"])
    assert (foreign.count, foreign.examples, foreign.disabled) == (1, ["here@corp.local"], 2)
    assert type(foreign).from_facts(Properties(foreign.facts(), "foreign")) == foreign
    missing = mailboxes.count_missing([answer(left, there, nameless)], 10, {}, gaps)
    assert (missing.count, missing.compared, missing.disabled) == (1, 1, 2)
    assert gaps == []


def test_whose_account_is_blocked_in_the_tenant_cannot_sign_in_there() -> None:
    users = {
        "ann@contoso.test": AccountState.BLOCKED,
        "bob@contoso.test": AccountState.SYNCHRONIZED,
        "cy@contoso.test": AccountState.BLOCKED,
        "di@contoso.test": AccountState.CLOUD,
    }
    people = [
        *(mailbox(f"{name}@contoso.test") for name in ("ann", "bob", "di")),
        addressed("cy@corp.local", "cy@contoso.test"),
    ]  # fmt: skip
    count = mailboxes.count_missing([answer(*people)], 10, users, [])
    assert (count.count, count.cloud_only, count.blocked, count.by_mail) == (3, 1, 2, 0)
    assert count.examples == ["ann@contoso.test", "cy@corp.local", "di@contoso.test"]
