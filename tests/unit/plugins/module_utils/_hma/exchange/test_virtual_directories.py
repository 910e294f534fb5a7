# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual directories: OAuth is added to what is there, or taken from it, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import has
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import differing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    front_end,
    parse_directory,
    plan_oauth,
)
from hypothesis import given
from hypothesis import strategies as st

GUID = "37e46587-7875-5afd-aeaf-5a27743e41f5"


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
    with pytest.raises(Refused, match=r"Set-MapiVirtualDirectory .* @\('Ntlm', 'OAuth', 'Negotiate'\)") as refused:
        plan_oauth(directory, present=True)
    # The variable, as the inventory has it: who ran a playbook cannot set an option of a module.
    assert 'hma_vdir_mapi_empty: "default"' in str(refused.value)
    change = plan_oauth(directory, present=True, mapi_empty="default")
    assert change is not None
    assert change.after == {"IISAuthenticationMethods": ["Ntlm", "OAuth", "Negotiate"]}


def test_an_unset_activesync_list_is_left_alone_and_a_set_one_gets_oauth() -> None:
    directory = parse_directory(
        KINDS["activesync"], found("EAS", InternalAuthenticationMethods=[], ExternalAuthenticationMethods=["Basic"])
    )
    change = plan_oauth(directory, present=True)
    assert change is not None
    assert change.after == {"ExternalAuthenticationMethods": ["Basic", "OAuth"]}
    both_unset = parse_directory(
        KINDS["activesync"], found("EAS", InternalAuthenticationMethods=[], ExternalAuthenticationMethods=[])
    )
    assert both_unset.oauth
    assert plan_oauth(both_unset, present=True) is None


def test_taking_the_only_method_away_is_refused() -> None:
    directory = parse_directory(KINDS["mapi"], found("mapi", IISAuthenticationMethods=["OAuth"]))
    with pytest.raises(Refused, match="only method"):
        plan_oauth(directory, present=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Guid", "x"),
        ("Server", None),
        ("IISAuthenticationMethods", "Ntlm"),
        ("IISAuthenticationMethods", [1]),
        ("InternalUrl", 5),
    ],
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
