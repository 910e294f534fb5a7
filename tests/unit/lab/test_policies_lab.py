# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of the lab: what the cmdlets take and refuse, who obeys them, and many people in pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import scenario
from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization

BOB = "CN=bob,CN=Users,DC=corp"


def organization(name: str = "waves", **changes: Any) -> Organization:
    return Organization({**scenario.load(name)["organizations"][0], **changes}, lambda: 0.0)


def run(there: Organization, name: str, **given: Any) -> tuple[list[dict[str, Any]], list[str]]:
    return there.run("EX3", *bind(name, given, "2019", "full"))


def policy_of(there: Organization, name: str) -> Any:
    return run(there, "Get-User", Identity=name)[0][0]["AuthenticationPolicy"]


def test_a_policy_from_its_making_to_its_end() -> None:
    there = organization()
    made = run(there, "New-AuthenticationPolicy", Name="P", BlockLegacyAuthMapi=True)[0][0]
    assert (made["BlockLegacyAuthMapi"], made["BlockLegacyAuthPop"]) == (True, False)
    run(there, "Set-User", Identity=BOB, AuthenticationPolicy="P", IgnoreDefaultScope=True)
    assert policy_of(there, "bob@contoso.test") == "P"
    with pytest.raises(ShellError, match="in use"):
        run(there, "Remove-AuthenticationPolicy", Identity="P")
    run(there, "Set-User", Identity="bob", AuthenticationPolicy=None)
    assert policy_of(there, "bob@contoso.test") is None
    run(there, "Set-OrganizationConfig", DefaultAuthenticationPolicy="p")
    with pytest.raises(ShellError, match="in use"):
        run(there, "Remove-AuthenticationPolicy", Identity="P")
    run(there, "Set-OrganizationConfig", DefaultAuthenticationPolicy=None)
    run(there, "Remove-AuthenticationPolicy", Identity="P")
    assert [item["Name"] for item in run(there, "Get-AuthenticationPolicy")[0]] == ["Block POP"]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("New-AuthenticationPolicy", {"Name": "block pop"}, "already exists"),
        ("Set-AuthenticationPolicy", {"Identity": "X", "BlockLegacyAuthMapi": True}, "'X' couldn't be found"),
        ("Set-User", {"Identity": BOB, "AuthenticationPolicy": "X"}, "'X' couldn't be found"),
        ("Set-User", {"Identity": "bob", "IgnoreDefaultScope": True}, "has to be a distinguished name"),
        ("Set-User", {"Identity": BOB, "IgnoreDefaultScope": True, "DomainController": "dc1.corp.contoso.test"},
         "together"),
        ("Get-User", {"IgnoreDefaultScope": True, "DomainController": "dc1.corp.contoso.test"}, "together"),
        ("Set-OrganizationConfig", {"DefaultAuthenticationPolicy": "X"}, "'X' couldn't be found"),
        ("Get-DistributionGroupMember", {"Identity": "nobody@contoso.test"}, "couldn't be found"),
    ],
)  # fmt: skip
def test_what_exchange_refuses(name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ShellError, match=said):
        run(organization(), name, **given)


def test_exchange_2019_has_no_confirm_for_a_new_policy() -> None:
    with pytest.raises(ShellError, match="parameter name 'Confirm'"):
        bind("New-AuthenticationPolicy", {"Name": "P", "Confirm": False}, "2019", "full")


def test_a_shell_sees_its_own_domain_unless_it_is_told_not_to() -> None:
    there = organization(mailboxes=[{"upn": "ann@emea.test", "domain": "emea"}])
    with pytest.raises(ShellError, match="couldn't be found"):
        run(there, "Get-User", Identity="ann@emea.test")
    assert run(there, "Get-User", Identity="ann@emea.test", IgnoreDefaultScope=True)[0]


def test_thousands_come_in_pages_unless_somebody_asks_for_no_end() -> None:
    there = organization("thousands")
    for name, given in (
        ("Get-User", {}), ("Get-Mailbox", {}), ("Get-DistributionGroupMember", {"Identity": "thousands@contoso.test"}),
    ):  # fmt: skip
        found, warnings = run(there, name, **given)
        assert (len(found), len(warnings)) == (1000, 1), name
        found, warnings = run(there, name, ResultSize="Unlimited", **given)
        assert (len(found) >= 5000, warnings) == (True, []), name
        assert len({item["Guid"] for item in found}) == len(found), name
