# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holders of names, names of an unusual form, and codes of Entra: what is made of them for people."""

from __future__ import annotations

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import texts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import (
    APPLICATION,
    PRINCIPAL,
    Holder,
    holders_fix,
    holders_text,
    of_others,
    removals,
    ways_to_look,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.name_forms import refused_names, unusual
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.sign_in_codes import codes_in, next_step
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import usage

from tests.unit import typed

NAME = "https://mail.contoso.com/"


def holder(kind: str = PRINCIPAL, app_id: str = "b", *, deleted: bool = False) -> Holder:
    return Holder(NAME, NAME.rstrip("/"), kind, f"App {app_id}", app_id, f"id-{app_id}", deleted)


def test_an_application_and_its_service_principal_are_one_holder() -> None:
    assert of_others([holder(), holder(APPLICATION, "B")], "a") == [holder(APPLICATION, "B")]
    assert of_others([holder(APPLICATION), holder()], "a") == [holder(APPLICATION)]


def test_the_application_that_gets_the_name_is_no_holder_of_its_other_form() -> None:
    assert of_others([holder(app_id="A")], "a") == []


def test_each_holder_is_said_with_its_own_way_out() -> None:
    three = [holder(), holder(APPLICATION, "c"), holder(app_id="d", deleted=True)]
    text, fix = holders_text(three), holders_fix(three)
    assert "https://mail.contoso.com belongs to the service principal App b (application id b)" in text
    assert "belongs as an identifier URI to the application App c" in text
    assert "the deleted service principal App d" in text
    for words in ("Take the name away from App b", "take the URI away from the application App c", "30 days"):
        assert words in fix
    assert "hma_spn_ignored" in fix
    assert texts(removals(three)) == ["Remove-MgDirectoryDeletedItem -DirectoryObjectId 'id-d'"]


def test_every_way_to_look_can_be_typed() -> None:
    commands = ways_to_look("https://o'neil.contoso.com/")
    names = [typed.powershell(text)[0].name for text in texts(commands)]
    # Quoted for OData, and once more for PowerShell when it is written.
    assert commands[0].parameters["Filter"] == "servicePrincipalNames/any(n:n eq 'https://o''neil.contoso.com/')"
    assert names == [
        "Get-MgServicePrincipal", "Get-MgServicePrincipal", "Get-MgApplication",
        "Get-MgDirectoryDeletedItemAsServicePrincipal", "Get-MgDirectoryDeletedItemAsApplication",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("https://ex1.corp.contoso.local/", ".local"),
        ("https://mail_1.contoso.com/", "underscore"),
        ("https://xn--mnchen-3ya.contoso.com/", "international"),
        (f"https://{'a' * 60}.{'b' * 60}.contoso.com/", "characters"),
        ("https://mail.fabrikam.com/", "no verified domain"),
        ("http://mail.contoso.com/", "no https name"),
        ("https://mail.contoso.com/owa", "no https name"),
    ],
)
def test_a_name_of_an_unusual_form(name: str, reason: str) -> None:
    assert any(reason in said for said in unusual(name, ["contoso.com", "contoso.local"]))


def test_a_usual_name() -> None:
    assert unusual("https://mail.contoso.com/", ["Contoso.com"]) == []
    assert unusual("https://mail.fabrikam.com/") == []


def test_an_invalid_list_says_what_was_sent_and_which_name_to_look_at() -> None:
    text = refused_names([NAME, "https://ex1.contoso.local/"], 20)
    assert "A list of 20 names was sent; new in it: https://mail.contoso.com/, https://ex1.contoso.local/." in text
    assert "Of an unusual form: https://ex1.contoso.local/: its host ends in .local" in text
    assert "None of these is of an unusual form" in refused_names([NAME], 20)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (7000112, "disabled in this tenant"),
        (53003, "Conditional Access"),
        (7000218, "Entra got no secret and no certificate"),
        (7000216, "Entra got no secret and no certificate"),
        (700025, "Entra takes the application for a public client"),
        (900023, "id of no tenant"),
        (500014, "service principal of what was asked for is disabled"),
        (700213, "subject of hma_client_assertion"),
        (7000215, "secret is wrong"),
        (900382, "another cloud"),
    ],
)
def test_every_code_that_was_seen_leads_on(code: int, words: str) -> None:
    assert words in next_step([1, code])
    assert codes_in(f"AADSTS{code}: something. AADSTSx") == [code]


def test_an_unknown_code_leads_nowhere() -> None:
    assert next_step([1, "7000215", None]) == ""


def test_where_a_name_comes_from() -> None:
    sources = ["EX1 mapi internal", "EX1 ews internal", "EX2 mapi internal", "EX2 ews internal", "EX3 autodiscover scp"]
    assert usage(sources) == "EX1, EX2 mapi, ews; EX3 autodiscover"
    assert usage(sources[:4], 2) == "all 2 servers mapi, ews"
    assert usage(["hma_spn_extra_names"]) == "hma_spn_extra_names"
    assert usage([f"EX{number} mapi external" for number in range(7)], 9) == "EX0, EX1, EX2, EX3 and 3 more mapi"
    assert usage([f"EX{number} kind{number} external" for number in range(7)], 9) == (
        "EX0 kind0; EX1 kind1; EX2 kind2; EX3 kind3; 3 more servers"
    )
    assert usage([]) == ""
