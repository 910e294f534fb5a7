# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OWA and ECP in the lab: how their methods hang together, who administers, overrides, and who may be sent back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import reply_urls, scenario
from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization
from tests.lab.sids import BUILT_IN, sid_of


@pytest.fixture
def organization() -> Organization:
    return Organization(scenario.load("default")["organizations"][0], lambda: 0.0)


def run(organization: Organization, name: str, **given: Any) -> list[dict[str, Any]]:
    return organization.run("EX3", *bind(name, given, "2019", "full"))[0]


def of(organization: Organization, kind: str, **given: Any) -> dict[str, Any]:
    return run(organization, f"Get-{kind}VirtualDirectory", **{"Server": "EX3", **given})[0]


def put(organization: Organization, kind: str, **flags: bool) -> None:
    guid = of(organization, kind)["Guid"]
    values = {f"{name}Authentication": value for name, value in flags.items()}
    run(organization, f"Set-{kind}VirtualDirectory", Identity=guid, **values)


def switched_over(organization: Organization) -> None:
    for kind in ("Owa", "Ecp"):
        put(organization, kind, Adfs=False, Basic=False, Forms=False, Digest=False)
    for kind in ("Ecp", "Owa"):
        put(organization, kind, OAuth=True)


def test_what_is_there_at_first(organization: Organization) -> None:
    owa, ecp = of(organization, "Owa"), of(organization, "Ecp")
    assert (owa["InternalUrl"], ecp["ExternalUrl"]) == (
        "https://mail.corp.contoso.test/owa",
        "https://mail.contoso.test/ecp",
    )
    assert owa["InternalAuthenticationMethods"] == ["Basic", "Fba"]
    assert (owa["FormsAuthentication"], owa["OAuthAuthentication"]) == (True, False)


def test_the_order_of_the_article_and_external_stays(organization: Organization) -> None:
    switched_over(organization)
    for kind in ("Owa", "Ecp"):
        directory = of(organization, kind)
        assert directory["InternalAuthenticationMethods"] == ["OAuth"]
        assert directory["ExternalAuthenticationMethods"] == ["Fba"]


def test_without_iis_the_flags_are_wrong_and_the_list_is_right(organization: Organization) -> None:
    assert of(organization, "Owa")["BasicAuthentication"]
    listed = run(organization, "Get-OwaVirtualDirectory", ADPropertiesOnly=True)
    assert len(listed) == 4
    assert not any(item["BasicAuthentication"] or item["FormsAuthentication"] for item in listed)
    assert all(item["InternalAuthenticationMethods"] == ["Basic", "Fba"] for item in listed)


@pytest.mark.parametrize(
    ("before", "kind", "flags", "first"),
    [
        ([], "Ecp", {"Forms": False}, "owa"),
        ([], "Owa", {"OAuth": True}, "ecp"),
        ([], "Owa", {"Adfs": True}, "ecp"),
        ([("Ecp", {"Adfs": True}), ("Owa", {"Adfs": True})], "Ecp", {"Adfs": False}, "owa"),
        ([("Ecp", {"OAuth": True}), ("Owa", {"OAuth": True})], "Ecp", {"OAuth": False}, "owa"),
    ],
)
def test_the_wrong_order_is_an_error(
    organization: Organization, before: list[Any], kind: str, flags: dict[str, bool], first: str
) -> None:
    for own, values in before:
        put(organization, own, **values)
    with pytest.raises(ShellError, match=f"on the {first} virtual directory of this server first"):
        put(organization, kind, **flags)


def test_forms_sets_basic_and_takes_the_others(organization: Organization) -> None:
    put(organization, "Owa", Forms=False, Basic=False)
    put(organization, "Owa", Digest=True, Windows=True)
    assert of(organization, "Owa")["InternalAuthenticationMethods"] == ["Digest", "WindowsIntegrated"]
    put(organization, "Owa", Forms=True)
    assert of(organization, "Owa")["InternalAuthenticationMethods"] == ["Basic", "Fba"]


def test_forms_off_and_basic_on_are_two_commands(organization: Organization) -> None:
    with pytest.raises(ShellError, match="can't be disabled and Basic authentication enabled in one command"):
        put(organization, "Owa", Forms=False, Basic=True)


def test_ecp_has_oauth_since_2019() -> None:
    with pytest.raises(ShellError) as caught:
        bind("Set-EcpVirtualDirectory", {"Identity": "x", "OAuthAuthentication": True}, "2016", "full")
    assert caught.value.record["id"] == "NamedParameterNotFound,Set-EcpVirtualDirectory"


def test_what_is_stuck_is_cured_by_a_restart_with_oauth_off() -> None:
    found = scenario.load("owa_on")["organizations"][0]
    found["servers"][2]["web"] = {"stuck": ["ecp"]}
    organization = Organization(found, lambda: 0.0)
    directories = organization.web_directories
    directories.restarted("dc1.corp.contoso.test", "EX3")
    assert directories.stuck == {("ex3", "ecp")}
    put(organization, "Owa", OAuth=False)
    put(organization, "Ecp", OAuth=False)
    directories.restarted("dc1.corp.contoso.test", "EX3")
    assert directories.stuck == set()


def test_administrators_have_accounts_and_one_of_them_is_built_in(organization: Organization) -> None:
    members = run(organization, "Get-RoleGroupMember", Identity="Organization Management")
    assert [item["Name"] for item in members] == ["Administrator", "alice", "bob"]
    assert "Sid" not in members[0]
    users = [run(organization, "Get-User", Identity=item["Guid"])[0] for item in members]
    assert [user["Sid"] for user in users] == [BUILT_IN, sid_of("alice@contoso.test"), sid_of("bob@contoso.test")]
    assert users[0]["UserPrincipalName"] == ""


def test_groups_in_groups_are_shown_as_groups() -> None:
    spec = scenario.load("default")["organizations"][0]
    spec |= {"role_groups": {"Organization Management": ["Staff"]}, "groups": {"Staff": ["carol@contoso.test"]}}
    organization = Organization(spec, lambda: 0.0)
    staff = run(organization, "Get-RoleGroupMember", Identity="Organization Management")[0]
    assert staff["RecipientType"] == "Group"
    [member] = run(organization, "Get-Group", Identity=staff["Guid"])[0]["Members"]
    assert run(organization, "Get-User", Identity=member)[0]["UserPrincipalName"] == "carol@contoso.test"
    with pytest.raises(ShellError, match="couldn't be found"):
        run(organization, "Get-User", Identity=staff["Identity"])


def test_an_override_is_in_effect_after_the_refresh(organization: Organization) -> None:
    values = {"Name": "x", "Component": "OAuth", "Section": "S", "Parameters": ["Enabled=true"], "Reason": "y"}
    run(organization, "New-SettingOverride", **values)
    with pytest.raises(ShellError, match="already exists"):
        run(organization, "New-SettingOverride", **values)
    assert organization.refreshed["EX3"] == []
    run(
        organization,
        "Get-ExchangeDiagnosticInfo",
        Process="Microsoft.Exchange.Directory.TopologyService",
        Component="VariantConfiguration",
        Argument="Refresh",
    )
    assert (organization.refreshed["EX3"], organization.refreshed["EX1"]) == (["x"], [])
    run(organization, "Remove-SettingOverride", Identity="x")
    assert run(organization, "Get-SettingOverride") == []


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        ("https://mail.contoso.test/owa/", True),
        ("https://MAIL.contoso.test/owa", True),
        ("https://mail.contoso.test/OWA", False),
        ("http://mail.contoso.test/owa", False),
    ],
)
def test_who_may_be_sent_back(wanted: str, right: bool) -> None:
    assert reply_urls.fits(wanted, ["https://mail.contoso.test/owa"]) is right


@pytest.mark.parametrize(
    "urls",
    ["https://a.test/owa", ["http://a.test/owa"], ["https://*.a.test/owa"], [f"https://a.test/{'x' * 250}"],
        [f"https://a{number}.test/" for number in range(257)]],
)  # fmt: skip
def test_lists_that_graph_refuses(urls: Any) -> None:
    assert reply_urls.trouble(urls)
