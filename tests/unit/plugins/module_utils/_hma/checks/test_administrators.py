# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who of those who administer Exchange gets into an admin center that asks Entra."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.administrators import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.web_readings import WebReadings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.accounts import Account
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.administrators import (
    Administrator,
    Administrators,
    names_in_entra,
)

from tests.lab.sids import BUILT_IN, sid_of
from tests.unit.audit_story import Story

ALICE, BOB = "alice@contoso.test", "bob@contoso.test"
OWA = [
    {"at": ["organizations", 0, "servers", number, "directories", kind, "oauth"], "to": True}
    for number in range(4)
    for kind in ("owa", "ecp")
]
ROOT = Administrator("Administrator", None, BUILT_IN)
PEOPLE = tuple(Administrator(name.partition("@")[0], name, sid_of(name)) for name in (ALICE, BOB))
ACCOUNTS = tuple(Account(name, "t", enabled=True, synchronized=True, sid=sid_of(name)) for name in (ALICE, BOB))
RIGHT = WebReadings(administrators=Administrators((ROOT, *PEOPLE), ()), accounts=ACCOUNTS, asked=True, error=None)


def judged(web: WebReadings, *changes: dict[str, object]) -> Finding:
    [finding] = sign_in(Story(*(changes or OWA)).case(web=web))
    return finding


def test_all_get_in_and_the_built_in_account_is_named() -> None:
    finding = judged(RIGHT)
    assert (finding.status, finding.actual) == ("pass", "2 of 2")
    assert finding.message == "Administrator is the built-in account, which never signs in at Entra."


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (None, "bob (bob@contoso.test) is in no tenant"),
        (replace(ACCOUNTS[1], enabled=False), "is disabled in Entra"),
        (replace(ACCOUNTS[1], synchronized=False), "is not synchronized from this one"),
        (replace(ACCOUNTS[1], sid="S-1-5-21-1-2-3-4"), "is not synchronized from this one"),
    ],
)
def test_who_does_not_get_in_is_named(account: Account | None, why: str) -> None:
    finding = judged(replace(RIGHT, accounts=(ACCOUNTS[0], *([account] if account else []))))
    assert (finding.status, finding.actual) == ("warn", "1 of 2")
    assert why in finding.message
    assert "alice" not in finding.message


def test_nobody_but_the_built_in_account() -> None:
    assert judged(replace(RIGHT, administrators=Administrators((ROOT,), ()))).status == "warn"


def test_an_administrator_without_a_sign_in_name() -> None:
    nameless = replace(PEOPLE[1], sign_in_name=None)
    finding = judged(replace(RIGHT, administrators=Administrators((PEOPLE[0], nameless), ())))
    assert "bob has no sign-in name" in finding.message


@pytest.mark.parametrize(
    ("web", "why"),
    [
        (WebReadings(), "it was not read in this run."),
        (replace(RIGHT, asked=False), "hma_identity_entra"),
        (replace(RIGHT, administrators=Administrators(PEOPLE, ("Staff: no",))), "Staff: no"),
        (replace(RIGHT, unread=(Unread("accounts", "403"),)), "403"),
    ],
)
def test_what_was_not_read_is_not_checked(web: WebReadings, why: str) -> None:
    finding = judged(web)
    assert finding.status == "not_checked"
    assert why in finding.message


def test_it_is_no_concern_where_nobody_uses_oauth() -> None:
    assert judged(WebReadings(), {"at": ["vars", "x"], "to": 1}).status == "not_applicable"


LOCAL = (replace(PEOPLE[0], sign_in_name="alice@corp.local", mail=ALICE), PEOPLE[1])


def test_with_alternate_login_id_an_administrator_is_known_by_mail_address() -> None:
    """Nobody is told to take somebody out of Organization Management who gets in."""
    assert judged(replace(RIGHT, administrators=Administrators(LOCAL, ()))).status == "pass"
    other = replace(ACCOUNTS[0], sid="S-1-5-21-9-9-9-1")
    finding = judged(replace(RIGHT, administrators=Administrators(LOCAL, ()), accounts=(other, ACCOUNTS[1])))
    assert (finding.status, finding.actual) == ("warn", "1 of 2"), "An account of that name may be somebody else's."


def test_accounts_are_looked_for_by_each_name_once() -> None:
    assert names_in_entra(LOCAL, []) == ["alice@corp.local", ALICE, BOB]
    assert names_in_entra(LOCAL, ["Alice@contoso.test"]) == ["alice@corp.local", ALICE]
    assert names_in_entra(LOCAL, ["alice@corp.local", "carol@contoso.test", ALICE]) == [
        "alice@corp.local", ALICE, "carol@contoso.test",
    ]  # fmt: skip
    assert names_in_entra((replace(PEOPLE[1], mail="BOB@contoso.test"),), []) == [BOB]
    assert names_in_entra((replace(ROOT, mail=None),), []) == []


def test_members_that_could_not_be_read_are_not_mended_with_a_permission_in_entra() -> None:
    unread = judged(replace(RIGHT, administrators=Administrators(PEOPLE, ("x: couldn't be found on 'dc1'.",))))
    assert "ViewEntireForest" in unread.fix and "User.Read.All" not in unread.fix
    broken = judged(replace(RIGHT, unread=(Unread("accounts", "AADSTS7000222: the secret expired."),)))
    assert "User.Read.All" not in broken.fix
