# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories, AuthServer objects, versions and values: pure functions, no mock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import has, same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties, is_guid
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, orgconfig, versions
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import differing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    front_end,
    parse_directory,
    plan_oauth,
)
from hypothesis import given
from hypothesis import strategies as st

GUID = "37e46587-7875-5afd-aeaf-5a27743e41f5"
TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
OTHER = "22222222-aaaa-4bbb-8ccc-000000000002"
METHOD = st.sampled_from(["Basic", "Ntlm", "NTLM", "Negotiate", "OAuth", "oauth", "WSSecurity", "Certificate"])


def found(kind: str, **settings: Any) -> Properties:
    return Properties(raw(kind, **settings), "Get-VirtualDirectory")


def raw(kind: str, **settings: Any) -> dict[str, Any]:
    return {
        "Name": f"{kind} (Default Web Site)",
        "Guid": GUID,
        "Identity": f"EX1\\{kind} (Default Web Site)",
        "Server": "EX1",
        "InternalUrl": "https://mail.contoso.test/x",
        "ExternalUrl": None,
        **settings,
    }


@given(st.lists(METHOD, min_size=1))
def test_mapi_gets_oauth_and_keeps_the_rest(methods: list[str]) -> None:
    directory = parse_directory(KINDS["mapi"], found("mapi", IISAuthenticationMethods=methods))
    change = plan_oauth(directory, present=True)
    if has(methods, "OAuth"):
        assert change is None
    else:
        assert change is not None
        assert change.after == {"IISAuthenticationMethods": [*methods, "OAuth"]}
        assert change.cmdlet.parameters["Identity"] == GUID
        again = parse_directory(KINDS["mapi"], found("mapi", **change.after))
        assert again.oauth
        assert differing(change.after, again.settings) == {}
        assert plan_oauth(again, present=True) is None


@pytest.mark.parametrize("kind", ["ews", "oab", "autodiscover"])
def test_a_flag_is_set_alone(kind: str) -> None:
    directory = parse_directory(KINDS[kind], found(kind, OAuthAuthentication=False))
    change = plan_oauth(directory, present=True)
    assert change is not None
    assert change.after == {"OAuthAuthentication": True}
    assert set(change.cmdlet.parameters) <= {"Identity", "OAuthAuthentication", "Force"}


def test_an_empty_mapi_list_is_refused_with_the_command() -> None:
    directory = parse_directory(KINDS["mapi"], found("mapi", IISAuthenticationMethods=[]))
    with pytest.raises(Refused, match=r"Set-MapiVirtualDirectory .* @\('Ntlm', 'OAuth', 'Negotiate'\)"):
        plan_oauth(directory, present=True)
    change = plan_oauth(directory, present=True, mapi_empty="default")
    assert change is not None
    assert change.after == {"IISAuthenticationMethods": ["Ntlm", "OAuth", "Negotiate"]}


def test_an_unset_activesync_list_is_left_alone_and_a_set_one_gets_oauth() -> None:
    directory = parse_directory(KINDS["activesync"], found("EAS", InternalAuthenticationMethods=[], ExternalAuthenticationMethods=["Basic"]))
    change = plan_oauth(directory, present=True)
    assert change is not None
    assert change.after == {"ExternalAuthenticationMethods": ["Basic", "OAuth"]}
    both_unset = parse_directory(KINDS["activesync"], found("EAS", InternalAuthenticationMethods=[], ExternalAuthenticationMethods=[]))
    assert both_unset.oauth
    assert plan_oauth(both_unset, present=True) is None


def test_taking_the_only_method_away_is_refused() -> None:
    directory = parse_directory(KINDS["mapi"], found("mapi", IISAuthenticationMethods=["OAuth"]))
    with pytest.raises(Refused, match="only method"):
        plan_oauth(directory, present=False)


@pytest.mark.parametrize(
    ("field", "value"), [("Guid", "x"), ("Server", None), ("IISAuthenticationMethods", "Ntlm"), ("IISAuthenticationMethods", [1]), ("InternalUrl", 5)]
)
def test_a_bad_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(ParseError, match=field):
        parse_directory(KINDS["mapi"], found("mapi", **{"IISAuthenticationMethods": ["Ntlm"], field: value}))


@pytest.mark.parametrize("count", [0, 2])
def test_there_is_exactly_one_front_end(count: int) -> None:
    back_end = {**raw("mapi", IISAuthenticationMethods=[]), "Name": "mapi (Exchange Back End)"}
    result = CmdletResult([back_end, *[raw("mapi", IISAuthenticationMethods=["Ntlm"])] * count], [], [])
    with pytest.raises(Refused, match="exactly one"):
        front_end(KINDS["mapi"], result)


def auth(name: str, tenant: str | None = TENANT, **more: Any) -> authserver.AuthServer:
    facts = {
        "Name": name,
        "Guid": values_guid(name),
        "Type": "AzureAD",
        "Realm": tenant,
        "IssuerIdentifier": "",
        "Enabled": True,
        "IsDefaultAuthorizationEndpoint": False,
        "DomainName": [],
        **more,
    }
    return authserver.parse_authserver(Properties(facts, "Get-AuthServer"))


def values_guid(name: str) -> str:
    return f"00000000-0000-4000-8000-{abs(hash(name)) % 10**12:012d}"


def test_authserver_by_type_and_realm_never_by_name() -> None:
    servers = [auth(f"EvoSTS - {TENANT}", OTHER), auth("ACS", TENANT, Type="MicrosoftACS"), auth("anything", TENANT.upper())]
    assert authserver.of_tenant(servers, TENANT).name == "anything"


def test_authserver_by_issuer_where_the_realm_is_a_domain() -> None:
    server = auth("EvoSTS", "contoso.test", IssuerIdentifier=f"https://sts.windows.net/{TENANT}/")
    assert authserver.of_tenant([server], TENANT) is server


def test_authserver_missing_and_duplicate() -> None:
    with pytest.raises(Refused, match="Hybrid Configuration Wizard"):
        authserver.of_tenant([auth("EvoSTS", OTHER)], TENANT)
    with pytest.raises(Refused, match="2 AuthServer objects: 'a', 'b'"):
        authserver.of_tenant([auth("a"), auth("b")], TENANT)
    assert authserver.of_tenant([auth("a", Enabled=False), auth("b")], TENANT).name == "b"


@given(st.lists(st.sampled_from(["a.test", "A.test", "b.test", "c.test"])), st.lists(st.sampled_from(["a.test", "d.test"]), max_size=2))
def test_domains_are_merged(present: list[str], wanted: list[str]) -> None:
    server = auth("EvoSTS", DomainName=present, ApplicationIdentifier="app")
    plan = authserver.plan_trust(server, enabled=None, domain_names=wanted)
    after = plan.changes[0].after["DomainName"] if plan.changes else present
    assert after[: len(present)] == present
    assert authserver.merged(after, wanted)
    for change in plan.changes:
        assert set(change.cmdlet.parameters) == {"Identity", "DomainName"}


def test_default_endpoint_is_one_unit() -> None:
    new, old = auth("new"), auth("old", OTHER, IsDefaultAuthorizationEndpoint=True)
    with pytest.raises(Refused, match=r'name it: hma_replace_default_authserver: "old"$'):
        authserver.plan_default([new, old], new, default=True)
    plan = authserver.plan_default([new, old], new, default=True, replace="OLD")
    assert [(change.cmdlet.parameters["Identity"], change.after) for change in plan.changes] == [
        (old.guid, {"IsDefaultAuthorizationEndpoint": False}),
        (new.guid, {"IsDefaultAuthorizationEndpoint": True}),
    ]


def test_two_other_defaults_are_refused() -> None:
    servers = [auth("new"), *(auth(name, OTHER, IsDefaultAuthorizationEndpoint=True) for name in ("one", "two", "three"))]
    with pytest.raises(Refused, match="Several AuthServer objects"):
        authserver.plan_default(servers, servers[0], default=True, replace="one")


def test_organization_switches() -> None:
    config = orgconfig.OrganizationConfig("Contoso", GUID, False, True)
    plan = orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": True, "mapi_http_enabled": None})
    assert [cmdlet.typed() for cmdlet in plan.cmdlets] == ["Set-OrganizationConfig -OAuth2ClientProfileEnabled $true -Confirm:$false"]
    assert orgconfig.plan_organization(config, {"oauth2_client_profile_enabled": False, "mapi_http_enabled": True}).changes == ()


@pytest.mark.parametrize(
    ("text", "product", "label", "hma", "domain_name"),
    [
        ("Version 14.3 (Build 123.4)", "2010", "2010 or older", False, False),
        ("Version 15.0 (Build 1347.2)", "2013", "2013 CU18", False, False),
        ("Version 15.0 (Build 1365.1)", "2013", "2013 CU19", True, False),
        ("Version 15.1 (Build 1415.2)", "2016", "2016 CU8", True, False),
        ("Version 15.1 (Build 2106.2)", "2016", "2016 CU18", True, True),
        ("Version 15.2 (Build 221.12)", "2019", "2019 (15.2.221.12)", False, False),
        ("Version 15.2 (Build 330.5)", "2019", "2019 CU1", True, False),
        ("Version 15.2 (Build 1748.10)", "2019", "2019 CU15", True, True),
        ("Version 15.2 (Build 2562.17)", "SE", "SE RTM", True, True),
        ("Version 15.2 (Build 3000.1)", "SE", "SE RTM or newer", True, True),
        ("Version 16.0 (Build 1.1)", "16.0", "16.0", True, True),
    ],
)
def test_versions(text: str, product: str, label: str, hma: bool, domain_name: bool) -> None:
    build = versions.parse_admin_display_version(text)
    assert build.product == product
    assert label in build.label
    assert versions.meets_hma_floor(build) is hma
    assert versions.has_domain_name(build) is domain_name


def test_a_guid_ends_where_it_ends() -> None:
    """A line end would go into a URL or a command otherwise; it comes with files read by a lookup."""
    assert is_guid("00000002-0000-0ff1-ce00-000000000000")
    assert not is_guid("00000002-0000-0ff1-ce00-000000000000\n")


def test_file_version_and_order() -> None:
    assert str(versions.parse_file_version("15.02.0986.005")) == "15.2.986.5"
    assert versions.parse_file_version("15.02.1544.011") > versions.parse_file_version("15.02.1544.009")
    for text in ("Version 15.2 (Build 986.5)\n", "Version \u0661\u0665.2 (Build 986.5)", "version 15.2 (build 986.5)"):
        with pytest.raises(ParseError, match="AdminDisplayVersion is"):
            versions.parse_admin_display_version(text)
    with pytest.raises(ParseError, match=r"AdminDisplayVersion is '15\.2'"):
        versions.parse_admin_display_version("15.2")


def test_support_is_a_matter_of_the_day() -> None:
    build = versions.parse_admin_display_version("Version 15.2 (Build 1748.10)")
    assert not versions.out_of_support(build, date(2025, 10, 14))
    assert versions.out_of_support(build, date(2025, 10, 15))


def test_typed() -> None:
    cmdlet = Cmdlet("Set-X", {"Server": THIS_SERVER, "A": None, "B": False, "Confirm": False, "Force": True, "L": ["a'b"], "N": 3})
    assert cmdlet.typed("EX1") == "Set-X -Server 'EX1' -A $null -B $false -Confirm:$false -Force -L @('a''b') -N 3"
    assert cmdlet.typed().startswith("Set-X -Server $env:COMPUTERNAME")


def test_same_is_what_exchange_means() -> None:
    assert same(["Ntlm", "OAuth"], ("oauth", "NTLM"))
    assert not same(["Ntlm"], ["Ntlm", "OAuth"])
    assert same("A", "a")
    assert not same(True, False)
