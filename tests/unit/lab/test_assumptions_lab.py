# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each switch of the lab does what docs/assumptions.yml says of it, and what was recorded is sent as recorded."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.lab import scenario
from tests.lab.binder import ShellError, bind
from tests.lab.exchange import Organization
from tests.lab.exchange_types import list_types, properties, shown, type_names
from tests.lab.journal import Faults, Journal
from tests.lab.powershell import Server
from tests.lab.reply_urls import fits

MAPI, EWS = "EX1\\mapi (Default Web Site)", "EX2\\EWS (Default Web Site)"


def organization(**positions: str) -> Organization:
    spec = scenario.load("default")["organizations"][0]
    return Organization({**spec, "assumptions": positions}, lambda: 0.0)


def run(found: Organization, name: str, server: str = "EX1", **given: Any) -> list[dict[str, Any]]:
    return found.run(server, *bind(name, given, "2019", "full"))[0]


def mapi(found: Organization) -> dict[str, Any]:
    return run(found, "Get-MapiVirtualDirectory", Identity=MAPI)[0]


@pytest.mark.parametrize(("position", "flag", "methods"), [("wrong", False, []), ("nothing", None, None)])
def test_a_read_without_iis(position: str, flag: bool | None, methods: list[str] | None) -> None:
    found = organization(ad_only=position)
    (ews,) = run(found, "Get-WebServicesVirtualDirectory", Identity=EWS, ADPropertiesOnly=True)
    (mapi,) = run(found, "Get-MapiVirtualDirectory", Identity=MAPI, ADPropertiesOnly=True)
    assert (ews["OAuthAuthentication"], mapi["IISAuthenticationMethods"]) == (flag, methods)


@pytest.mark.parametrize(("position", "external"), [("both", True), ("internal", False)])
def test_the_flag_touches_lists(position: str, external: bool) -> None:
    found = organization(oauth_touches=position)
    run(found, "Set-WebServicesVirtualDirectory", Identity=EWS, OAuthAuthentication=True)
    (ews,) = run(found, "Get-WebServicesVirtualDirectory", Identity=EWS)
    assert "OAuth" in ews["InternalAuthenticationMethods"]
    assert ("OAuth" in ews["ExternalAuthenticationMethods"]) == external


@pytest.mark.parametrize(("position", "internal", "external"), [("both", True, True), ("internal", True, False)])
def test_the_list_of_mapi_touches_lists(position: str, internal: bool, external: bool) -> None:
    found = organization(mapi_touches=position)
    run(found, "Set-MapiVirtualDirectory", Identity=MAPI, IISAuthenticationMethods=["Ntlm", "OAuth"])
    item = mapi(found)
    assert item["IISAuthenticationMethods"] == ["Ntlm", "OAuth"]
    assert ("OAuth" in item["InternalAuthenticationMethods"]) == internal
    assert ("OAuth" in item["ExternalAuthenticationMethods"]) == external


@pytest.mark.parametrize(
    ("position", "url"),
    [
        ("kept", "https://mail.corp.contoso.test/mapi"),
        ("emptied", None),
        ("server", "https://ex1.corp.contoso.test/mapi"),
    ],
)
def test_the_list_of_mapi_touches_urls_unless_they_are_given_along(position: str, url: str | None) -> None:
    found = organization(mapi_urls=position)
    before = mapi(found)["InternalUrl"]
    run(found, "Set-MapiVirtualDirectory", Identity=MAPI, IISAuthenticationMethods=["OAuth"])
    assert mapi(found)["InternalUrl"] == url
    run(found, "Set-MapiVirtualDirectory", Identity=MAPI, IISAuthenticationMethods=["OAuth"], InternalUrl=before)
    assert mapi(found)["InternalUrl"] == before


@pytest.mark.parametrize(("position", "value"), [("empty", []), ("nothing", None)])
def test_a_list_without_an_element(position: str, value: list[str] | None) -> None:
    found = organization(empty_list=position)
    (item,) = run(found, "Get-ActiveSyncVirtualDirectory", Server="EX2")
    assert item["InternalAuthenticationMethods"] == value


@pytest.mark.parametrize(("position", "warnings"), [("warns", 1), ("silent", 0)])
def test_a_set_that_changes_nothing(position: str, warnings: int) -> None:
    bound = bind("Set-OrganizationConfig", {"OAuth2ClientProfileEnabled": False}, "2019", "full")
    assert len(organization(unchanged=position).run("EX1", *bound)[1]) == warnings


@pytest.mark.parametrize(
    ("position", "text"),
    [("exchange", "The Exchange Certificate operation has failed with an exception on server"), ("rpc", "The RPC")],
)
def test_a_server_that_is_off(position: str, text: str) -> None:
    found = organization(server_off=position)
    found.servers["ex3"]["power"] = "off"
    with pytest.raises(ShellError, match=f"^{text}"):
        run(found, "Get-ExchangeCertificate", Server="EX3")


@pytest.mark.parametrize(
    ("position", "text"),
    [("en", "Access is denied."), ("de", "Zugriff verweigert"), ("fr", "Accès refusé"), ("ru", "Отказано в доступе")],
)
def test_a_refusal_in_the_server_s_language(position: str, text: str) -> None:
    server = Server("EX1", organization(language=position), Journal(), Faults())
    with pytest.raises(ShellError, match=text) as caught:
        server.session(None, "CONTOSO\\stranger")
    assert caught.value.record["id"] == "AccessDenied,PSSessionOpenFailed"


@pytest.mark.parametrize(("position", "received"), [("receive", True), ("create", False)])
def test_an_account_without_a_role(position: str, received: bool) -> None:
    found = organization(no_role=position)
    with pytest.raises(ShellError, match="isn't assigned to any management roles") as caught:
        Server("EX1", found, Journal(), Faults()).session(found.user("CONTOSO\\nobody", None), "CONTOSO\\nobody")
    assert str(caught.value).startswith("Processing data from remote server") == received


@pytest.mark.parametrize(("position", "right"), [("either", True), ("exact", False)])
def test_a_reply_url_with_the_other_form_of_its_end(position: str, right: bool) -> None:
    registered = ["https://mail.contoso.test/owa"]
    assert fits("https://mail.contoso.test/owa/", registered, position) is right
    assert fits("https://MAIL.contoso.test/owa", registered, position)


@pytest.mark.parametrize(("position", "part"), [("en", "is not recognized"), ("de", "wurde nicht als Name"),
                                                ("fr", "n'est pas reconnu"), ("ru", "не распознано")])  # fmt: skip
def test_a_command_that_is_not_there_in_the_server_s_language(position: str, part: str) -> None:
    server = Server("EX1", organization(language=position), Journal(), Faults())
    found = asyncio.run(server.cmdlet("Get-NoSuch{0}", {}, "full"))
    assert (found.errors[0]["id"], part in found.errors[0]["message"]) == ("CommandNotFoundException", True)
    assert "Get-NoSuch{0}" in found.errors[0]["message"]


def test_a_switch_that_is_unknown_is_refused() -> None:
    found = scenario.load("default")
    found["organizations"][0]["assumptions"] = {"ad_only": "right"}
    with pytest.raises(SystemExit, match="ad_only: right"):
        scenario.complete(found)


def test_types_as_recorded() -> None:
    management = "Microsoft.Exchange.Data.Directory.Management"
    assert type_names("Get-OrganizationConfig")[0] == f"{management}.OrganizationConfig"
    assert type_names("Get-ServerComponentState")[0] == f"{management}.ServerComponentStatePresentationObject"
    assert type_names("Get-ExchangeCertificate")[0].endswith("SystemConfigurationTasks.ExchangeCertificate")
    assert "ADConfigurationObject" in " ".join(type_names("Get-PartnerApplication"))
    assert "Microsoft.Exchange.Data.AutoDiscoverSmtpDomain," in list_types("Domains")[0]
    assert "[[HybridFeature," in list_types("Features")[0]
    assert list_types("NetworkAddress")[0] == "Microsoft.Exchange.Data.NetworkAddressCollection"
    assert list_types("MicrosoftExchangeRecipientEmailAddresses")[0].endswith(".ProxyAddressCollection")
    assert type_names("Get-OwaVirtualDirectory")[1].endswith(".ExchangeWebAppVirtualDirectory")
    assert "\r\n" in shown("Get-ExchangeCertificate", {})


def test_what_objects_show_as_recorded() -> None:
    """Of a certificate its bytes alone, of a component no version; a server's status is empty until it is asked for."""
    there = organization()
    assert set(properties("Get-ExchangeCertificate", {"RawData": "AA=="})) == {"RawData"}
    assert set(properties("Get-ServerComponentState", {"State": "Active"})) == {"State", "IsValid"}
    assert properties("Get-WebServicesVirtualDirectory", {})["ExchangeVersion"] == "0.10 (14.0.100.0)"
    (plain,) = run(there, "Get-ExchangeServer", Identity="EX1")
    (asked,) = run(there, "Get-ExchangeServer", Identity="EX1", Status=True)
    name = "CurrentConfigDomainController"
    assert (plain[name], bool(asked[name]), plain["ServerRole"]) == ("", True, "Mailbox")
    assert "AutoDiscoverServiceInternalUri" not in plain
    for cmdlet, text in (("AuthConfig", "Auth Configuration"), ("HybridConfiguration", "Hybrid Configuration")):
        assert [shown(f"Get-{cmdlet}", item) for item in run(there, f"Get-{cmdlet}")] == [text]


def test_the_offline_address_book_s_lists_are_as_pasted() -> None:
    (item,) = run(organization(), "Get-OabVirtualDirectory", Server="EX1")
    assert item["InternalAuthenticationMethods"] == ["WindowsIntegrated", "OAuth"]


def in_waves(**positions: str) -> Organization:
    spec = scenario.load("waves")["organizations"][0]
    return Organization({**spec, "assumptions": positions}, lambda: 0.0)


@pytest.mark.parametrize("position", ["name", "dn"])
def test_how_the_policy_of_a_person_is_shown(position: str) -> None:
    found = run(in_waves(policy_shown=position), "Get-User", "EX3", Identity="erin@contoso.test")[0]
    assert found["AuthenticationPolicy"].startswith({"name": "Block POP", "dn": "CN=Block POP,"}[position])


def test_the_default_policy_is_shown_by_its_name() -> None:
    there = in_waves()
    run(there, "New-AuthenticationPolicy", "EX3", Name="P")
    for identity in ("P", there._policy_dn("P")):
        run(there, "Set-OrganizationConfig", "EX3", DefaultAuthenticationPolicy=identity)
        assert run(there, "Get-OrganizationConfig", "EX3")[0]["DefaultAuthenticationPolicy"] == "P"


@pytest.mark.parametrize("position", ["hint", "never"])
def test_a_front_end_goes_by_the_policy_of_the_person(position: str) -> None:
    there, bob = in_waves(policy_challenge=position), "CN=bob,CN=Users,DC=corp"
    run(there, "New-AuthenticationPolicy", "EX3", Name="P", BlockLegacyAuthMapi=True)
    run(there, "Set-User", "EX3", Identity=bob, AuthenticationPolicy="P", IgnoreDefaultScope=True)
    acts = position == "hint"
    assert there.blocks_legacy("bob@contoso.test", "mapi") is acts
    assert there.blocks_legacy("alice@contoso.test", "mapi") is False
    assert there.blocks_legacy("bob@contoso.test", "ews") is False
    assert there.blocks_legacy(None, "mapi") is False
    run(there, "Set-OrganizationConfig", "EX3", DefaultAuthenticationPolicy="P")
    assert there.blocks_legacy("alice@contoso.test", "mapi") is acts
    # A policy of one's own beats the default.
    assert there.blocks_legacy("erin@contoso.test", "mapi") is False
