# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab refuses what the real shell refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab import scenario
from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def organization(clock: list[float]) -> Organization:
    spec = scenario.load("default")["organizations"][0]
    return Organization({**spec, "replication_seconds": 60}, lambda: clock[0])


def refusal(name: str, product: str = "2019", rights: str = "full", **given: Any) -> dict[str, Any]:
    with pytest.raises(ShellError) as caught:
        bind(name, given, product, rights)
    return caught.value.record


def run(organization: Organization, name: str, server: str = "EX1", **given: Any) -> list[dict[str, Any]]:
    return organization.run(server, *bind(name, given, "2019", "full"))[0]


@pytest.mark.parametrize(
    ("name", "product", "rights"),
    [("Get-Nonsense", "2019", "full"), ("Get-ClientAccessService", "2013", "full"), ("Set-AuthServer", "2019", "view")],
)
def test_cmdlets_that_are_not_there(name: str, product: str, rights: str) -> None:
    record = refusal(name, product, rights)
    assert record["id"] == "CommandNotFoundException"
    assert name in record["message"]


def test_parameters_that_are_not_there() -> None:
    assert refusal("Get-AuthServer", Nonsense=1)["id"] == "NamedParameterNotFound,Get-AuthServer"
    assert (
        refusal("Set-AuthServer", "2013", Identity="x", DomainName=["a.test"])["id"]
        == "NamedParameterNotFound,Set-AuthServer"
    )


def test_an_ambiguous_abbreviation() -> None:
    record = refusal("Set-AuthServer", Identity="x", Domain="a.test")
    assert record["id"] == "AmbiguousParameter,Set-AuthServer"
    assert "-DomainController -DomainName" in record["message"]


def test_a_unique_abbreviation_is_taken() -> None:
    assert bind("set-authserver", {"identity": "x", "isdef": True}, "2019", "full") == (
        "Set-AuthServer",
        {"Identity": "x", "IsDefaultAuthorizationEndpoint": True},
    )


def test_types_and_sets() -> None:
    assert (
        refusal("Set-AuthServer", Identity="x", Enabled="true")["id"]
        == "ParameterArgumentTransformationError,Set-AuthServer"
    )
    mixed = refusal("Set-AuthServer", Identity="x", IsDefaultAuthorizationEndpoint=True, ApplicationIdentifier="y")
    assert mixed["id"] == "AmbiguousParameterSet,Set-AuthServer"
    assert (
        refusal("Get-MapiVirtualDirectory", Identity="x", Server="EX1")["id"]
        == "AmbiguousParameterSet,Get-MapiVirtualDirectory"
    )


def test_a_null_identity_returns_everything(organization: Organization) -> None:
    assert len(run(organization, "Get-AuthServer", Identity=None)) == 4
    assert len(run(organization, "Get-AuthServer", Identity="evosts")) == 1
    with pytest.raises(ShellError, match="couldn't be found on 'dc1"):
        run(organization, "Get-AuthServer", Identity="nobody")


def test_ad_properties_only_is_wrong_not_absent(organization: Organization) -> None:
    full = run(organization, "Get-OabVirtualDirectory", Server="EX2")[0]
    fast = run(organization, "Get-OabVirtualDirectory", Server="EX2", ADPropertiesOnly=True)[0]
    assert (full["OAuthAuthentication"], fast["OAuthAuthentication"]) == (True, False)
    assert "OAuth" in fast["InternalAuthenticationMethods"]
    assert fast["Path"] == ""


def test_lists_are_replaced(organization: Organization) -> None:
    guid = run(organization, "Get-MapiVirtualDirectory", Server="EX2")[0]["Guid"]
    run(organization, "Set-MapiVirtualDirectory", Identity=guid, IISAuthenticationMethods=["Ntlm"])
    assert run(organization, "Get-MapiVirtualDirectory", Identity=guid)[0]["IISAuthenticationMethods"] == ["Ntlm"]
    auth = run(organization, "Get-AuthServer", Identity="EvoSTS")[0]["Guid"]
    run(organization, "Set-AuthServer", Identity=auth, DomainName=["a.test"])
    assert run(organization, "Get-AuthServer", Identity=auth)[0]["DomainName"] == ["a.test"]


def test_a_second_default_is_refused(organization: Organization) -> None:
    with pytest.raises(ShellError, match="already the default"):
        run(organization, "Set-AuthServer", Identity="EvoSTS", IsDefaultAuthorizationEndpoint=True)


def test_a_set_without_change_warns(organization: Organization) -> None:
    _objects, warnings = organization.run(
        "EX1", *bind("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": False}, "2019", "full")
    )
    assert "no settings of" in warnings[0]


def test_the_other_domain_controller_sees_a_write_later(organization: Organization, clock: list[float]) -> None:
    run(organization, "Set-OrganizationConfig", OAuth2ClientProfileEnabled=True)
    read = {
        dc: run(organization, "Get-OrganizationConfig", DomainController=dc)[0]
        for dc in organization.directory.controllers
    }
    assert [item["OAuth2ClientProfileEnabled"] for item in read.values()] == [True, False]
    assert [item["OriginatingServer"] for item in read.values()] == organization.directory.controllers
    # EX3 stands in the site of the second one.
    assert run(organization, "Get-OrganizationConfig", "EX3")[0]["OAuth2ClientProfileEnabled"] is False
    clock[0] = 60.0
    assert run(organization, "Get-OrganizationConfig", "EX3")[0]["OAuth2ClientProfileEnabled"] is True


def test_iis_of_a_server_that_is_off(organization: Organization) -> None:
    organization.servers["ex2"]["power"] = "off"
    with pytest.raises(ShellError, match="wasn't able to connect to IIS"):
        run(organization, "Get-OabVirtualDirectory", Server="EX2")
    assert run(organization, "Get-OabVirtualDirectory", Server="EX2", ADPropertiesOnly=True)


def test_a_key_nobody_reads_is_an_error() -> None:
    found = scenario.load("default")
    found["organizations"][0]["nonsense"] = 1
    with pytest.raises(SystemExit, match="organization has unknown keys: nonsense"):
        scenario.complete(found)
