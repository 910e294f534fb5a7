# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OWA and ECP of all servers from Active Directory, and who would be locked out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    Cmdlet,
    CmdletResult,
    ErrorRecord,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_listing import (
    WebListing,
    in_use,
    parse_listing,
    refuse_web_lockout,
    unread_web,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import notice_web, takes_sign_in

from tests.unit.typed import Typed, powershell, yaml


def found(kind: str, server: str, *methods: str, **changes: Any) -> dict[str, Any]:
    name = f"{kind} (Default Web Site)"
    return {
        "Name": name, "Identity": f"{server}\\{name}", "Server": server, "InternalUrl": None, "ExternalUrl": "",
        "InternalAuthenticationMethods": list(methods), **changes,
    }  # fmt: skip


def listing(*objects: dict[str, Any]) -> WebListing:
    by_kind = [
        [item for item in objects if item["Identity"].endswith(f"{kind} (Default Web Site)")] for kind in ("owa", "ecp")
    ]
    return parse_listing([CmdletResult(items, [], []) for items in by_kind])


ON = (found("owa", "EX1", "OAuth"), found("ecp", "EX1", "OAuth"), found("owa", "EX2", "OAuth"))


@pytest.mark.parametrize(
    ("methods", "oauth_only"),
    [(["OAuth"], True), (["oauth"], True), (["Basic", "Fba"], False), (["OAuth", "Fba"], False),
        (["OAuth", "WindowsIntegrated"], False), ([], False)],
)  # fmt: skip
def test_oauth_only_is_what_the_list_of_the_directory_says(methods: list[str], oauth_only: bool) -> None:
    assert listing(found("owa", "EX1", *methods)).directories[0].oauth_only is oauth_only


def test_the_refusal_names_servers_and_what_gives_the_form_back() -> None:
    with pytest.raises(Refused) as refused:
        refuse_web_lockout(listing(*ON), ["EX9"])
    text = str(refused.value)
    assert "OAuth only on EX1 (owa, ecp), EX2 (owa): " in text
    commands = text.partition("restart IIS: ")[2].partition(" (then the same on EX2)")[0]
    owa, ecp = "EX1\\owa (Default Web Site)", "EX1\\ecp (Default Web Site)"
    assert [item for command in commands.split("; ") for item in powershell(command)] == [
        Typed("Set-OwaVirtualDirectory", [], {"Identity": owa, "OAuthAuthentication": False}),
        Typed("Set-EcpVirtualDirectory", [], {"Identity": ecp, "OAuthAuthentication": False}),
        Typed("Set-EcpVirtualDirectory", [], {"Identity": ecp, "FormsAuthentication": True}),
        Typed("Set-OwaVirtualDirectory", [], {"Identity": owa, "FormsAuthentication": True}),
    ]


@pytest.mark.parametrize("server", ["EX1", "O'Brien", "x'; Remove-Mailbox 'y", "{{ 1 + 1 }}"])
def test_what_the_refusal_prints_can_be_typed(server: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        refuse_web_lockout(listing(found("owa", server, "OAuth")), [])
    text = str(refused.value)
    [first, second] = text.partition("restart IIS: ")[2].partition(" ; or accept")[0].rpartition("; Set-")[::2]
    assert powershell(first)[0].parameters["Identity"] == f"{server}\\owa (Default Web Site)"
    assert powershell(f"Set-{second}")[0].parameters["FormsAuthentication"] is True
    line = "hma_disable_despite_owa:" + text.partition("hma_disable_despite_owa:")[2]
    assert yaml(line, tmp_path) == {"hma_disable_despite_owa": [server]}


def test_accepted_servers_are_left_out_by_either_name() -> None:
    refuse_web_lockout(listing(*ON), ["ex1.corp.contoso.test", "Ex2"])
    with pytest.raises(Refused, match=r"only on EX2 \(owa\)"):
        refuse_web_lockout(listing(*ON), ["EX1"])


def test_the_back_end_is_nobody_s_way_in() -> None:
    assert listing(found("owa", "EX1", "OAuth", Name="owa (Exchange Back End)")).directories == ()


def test_an_odd_object_is_one_finding_and_a_cmdlet_that_fails_is_another() -> None:
    one = listing(found("owa", "EX1", InternalAuthenticationMethods=7), *ON)
    assert [gap.server for gap in one.unread] == ["EX1"]
    assert len(one.oauth_only) == 3
    error = ErrorRecord("x", "y", "CommandNotFoundException", "", "no")
    both = parse_listing([CmdletResult([], [error], []), CmdletResult([], [], [])])
    assert "Get-OwaVirtualDirectory is not there" in str(unread_web(both))
    assert "is not taken away" in str(in_use(both))


def test_what_is_in_use() -> None:
    assert in_use(listing(found("owa", "EX1", "Fba"))) is None
    assert "Run disable_owa_hma first" in str(in_use(listing(*ON)))


def change(before: dict[str, Any], after: dict[str, Any], kind: str = "authserver") -> Change:
    return Change("x", {"type": kind, "guid": "g"}, before, after, Cmdlet("Set-X"))


DEFAULT, FLAG = "IsDefaultAuthorizationEndpoint", "OAuth2ClientProfileEnabled"


@pytest.mark.parametrize(
    ("changes", "takes"),
    [
        ([change({FLAG: True}, {FLAG: False})], True),
        ([change({FLAG: False}, {FLAG: True})], False),
        ([change({DEFAULT: True}, {DEFAULT: False})], True),
        ([change({DEFAULT: True}, {DEFAULT: False}), change({DEFAULT: False}, {DEFAULT: True})], False),
        ([change({"DomainName": ["a", "b"]}, {"DomainName": ["a"]})], True),
        ([change({"Enabled": True}, {"Enabled": False})], True),
        ([change({"MapiHttpEnabled": True}, {"MapiHttpEnabled": False})], False),
        ([], False),
    ],
)
def test_what_takes_the_sign_in_away(changes: list[Change], takes: bool) -> None:
    assert takes_sign_in(Plan(tuple(changes))) is takes


def test_the_fast_way_back_says_what_is_so_already_and_what_it_could_not_read() -> None:
    off = Plan((change({FLAG: True}, {FLAG: False}),))
    with pytest.raises(Refused):
        notice_web(off, listing(*ON), [], live=True)
    assert "EX1 (owa, ecp)" in notice_web(Plan(), listing(*ON), [], live=False)[0]
    assert notice_web(off, listing(), [], live=True) == []
    unread = parse_listing([CmdletResult([], [ErrorRecord("x", "y", "z", "", "tired")], [])] * 2)
    assert "If so, nobody can sign in there now" in notice_web(off, unread, [], live=True)[0]
