# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People: who uses modern authentication, who could, who cannot; with the mailboxes and without them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins import mailboxes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.clients import FAMILIES, PATTERNS, family
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.counting import Row
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.coverage import Coverage
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.mailboxes import Mailbox, Mailboxes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.masking import (
    masked,
    masked_people,
    pseudonym,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.measurement import Measurement, ServerCount
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result, headline, view
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.people import people_of, sentence, shares
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.tables import people_table, sign_ins_table

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[6] / "docs/schemas/sign_ins.schema.json").read_text("utf-8"))
)
ALICE = Mailbox("alice@contoso.com", "alice", "alice.liddell@contoso.com", person=True)
ROOM = Mailbox("room@contoso.com", "room", "room@contoso.com", person=False)
TWINS = [Mailbox(f"bob@{name}.com", "bob", f"bob@{name}.com", person=True) for name in ("a", "b")]
MAILBOXES = Mailboxes([ALICE, ROOM, *TWINS])
HOSTILE = ("=1+1", "+1", "-1", "@x", "\t=1", "\uff1d1", "a\nb,c", '"', "<script>", "\u202eevil", "  =1")


def row(person: str, kind: str = "Bearer", client: str = "Outlook", protocol: str = "mapi", requests: int = 1) -> Row:
    return Row(person, protocol, kind, client, requests, "2026-11-20T10:00:00", "2026-11-21T10:00:00")


def server(*rows: Row, name: str = "EX1") -> ServerCount:
    return ServerCount(
        name,
        "2026-11-12T20:00:00",
        "2026-11-26T20:00:00",
        14,
        None,
        {"mapi": Coverage("2026-11-12T20:00:00", 14, [])},
        rows,
    )


def measurement(*rows: Row) -> Measurement:
    return Measurement("R", "2026-11-26T20:00:00Z", False, [server(*rows)])


def kind(*rows: Row, known: Mailboxes | None = None) -> list[tuple[str, str]]:
    return [(item.name, item.kind) for item in people_of([server(*rows)], known)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("a")], "modern"),
        ([row("a"), row("a", "NTLM")], "both"),
        ([row("a", "NTLM")], "could"),
        ([row("a", "NTLM", "Outlook 2010 or older")], "cannot"),
        ([row("a", "NTLM"), row("a", "NTLM", "Outlook over RPC")], "cannot"),
        ([row("a", "Basic", "Program", "ews")], "service"),
        ([row("a", "Basic", "Program", "ews"), row("a", "NTLM")], "not_known"),
        ([row("a", "Basic", "Android", "eas")], "not_known"),
        ([row("a", "Magic")], "not_known"),
        ([row("a", "Basic", "Other")], "not_known"),
    ],
)
def test_kinds_as_the_logs_alone_tell_them(rows: list[Row], expected: str) -> None:
    assert kind(*rows) == [("a", expected)]


def test_anonymous_requests_are_nobody() -> None:
    assert kind(row("", "")) == []
    assert sentence({}) == "Nobody signed in."


def test_mailboxes_make_one_person_of_several_names() -> None:
    names = [row("alice@contoso.com"), row("CONTOSO\\ALICE", "NTLM"), row("Alice.Liddell@contoso.com", "Basic")]
    assert kind(*names, known=MAILBOXES) == [("alice@contoso.com", "both")]
    assert len(kind(*names)) == 3


def test_a_name_without_the_mailbox_of_a_person_is_a_service_account() -> None:
    assert kind(row("scanner@contoso.com", "Basic"), known=MAILBOXES) == [("scanner@contoso.com", "service")]
    assert kind(row("CONTOSO\\room"), known=MAILBOXES) == [("room@contoso.com", "service")]


def test_an_account_name_of_two_domains_is_nobody_s_and_not_called_a_service_account() -> None:
    assert kind(row("A\\bob", "NTLM"), known=MAILBOXES) == [("A\\bob", "could")]
    assert kind(row("bob@b.com"), known=MAILBOXES) == [("bob@b.com", "modern")]


def test_people_by_protocol_and_client() -> None:
    rows = [row("a"), row("a", "NTLM"), row("b", "NTLM"), row("c"), row("", "")]
    found = shares([server(*rows), server(row("c"), name="EX2")], None, lambda item: item.protocol)
    assert [(item.name, item.modern, item.legacy, item.both) for item in found] == [("mapi", 1, 1, 1)]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", "Outlook"),
        ("Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.5537; Pro)", "Outlook 2013"),
        ("Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7015; Pro)", "Outlook 2010 or older"),
        ("MacOutlook/16.89.24091630 (Intelx64 Mac OS X 14.6.1 (Build 23G93))", "Outlook for Mac"),
        ("Outlook-iOS-Android/1.0", "Outlook for iOS and Android"),
        ("MSRPC", "Outlook over RPC"),
        ("Apple-iPhone9C1/1705.36", "Apple"),
        ("Android-SAMSUNG-SM-A515F/101.10", "Android"),
        ("ERP-Connector/2.1 (EWS Managed API 2.2)", "Program"),
        ("ExchangeServicesClient/15.00.0913.015", "Program"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Browser"),
        ("something else", "Other"),
    ],
)
def test_families_by_the_user_agents_of_published_logs(agent: str, name: str) -> None:
    pairs = (pattern.rpartition("=") for pattern in PATTERNS)
    found = next((own for text, _sign, own in pairs if text.lower() in agent.lower()), "Other")
    assert found == name
    assert family(found).name == name


def test_no_pattern_breaks_the_form_in_which_the_script_takes_it() -> None:
    assert all("\t" not in pattern and pattern.isascii() for pattern in PATTERNS)
    assert all("=" not in item.name for item in FAMILIES)


def test_the_document_is_as_its_schema_says() -> None:
    found = measurement(row("a"), row("", ""), row("b", "Magic")).as_json()
    SCHEMA.validate(found)
    lost = Measurement("R", "2026-11-26T20:00:00Z", True, [ServerCount.none("ex1", "lost")])
    SCHEMA.validate(lost.as_json())
    assert not lost.complete
    assert not Measurement("R", "2026-11-26T20:00:00Z", False, []).complete


def cells(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_no_cell_is_a_formula_and_no_name_makes_a_line() -> None:
    found = measurement(*map(row, HOSTILE))
    people = people_of(found.servers, None)
    for table, name in ((people_table(people), 0), (sign_ins_table(found), 1)):
        rows = cells(table)
        assert table.decode("utf-8-sig").count("\r\n") == len(rows) == len(HOSTILE) + 1
        assert len({row[name] for row in rows[1:]}) == len(HOSTILE)
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))]


def test_pseudonyms_are_stable_have_no_name_in_them_and_need_their_key() -> None:
    key = b"k" * 32
    assert pseudonym("Alice@x", key) == pseudonym("alice@X", key) != pseudonym("alice@x", b"l" * 32)
    assert pseudonym("", key) == ""
    found = measurement(row("alice@x"), row("", ""))
    shown = json.dumps(
        [masked(found, key).as_json(), [item.facts() for item in masked_people(people_of(found.servers, None), key)]]
    )
    assert "alice" not in shown
    assert shown.count(pseudonym("alice@x", key)) == 3
    SCHEMA.validate(masked(found, key).as_json())


def test_the_page_shows_those_first_who_have_something_to_do_and_counts_the_rest() -> None:
    rows = [*(row(f"modern{number}") for number in range(600)), row("legacy", "NTLM")]
    found = view(Result.of(measurement(*rows), None, "Access is denied."))
    assert (found["people"][0]["name"], len(found["people"]), found["more"]) == ("legacy", 500, 101)
    assert found["caution"].endswith("Access is denied.")
    assert found["headline"] == "The sign-ins of 14 days were counted on 1 server"


def test_the_headline_of_what_is_not_complete() -> None:
    found = Measurement("R", "", False, [server(row("a")), ServerCount.none("ex2", "lost")])
    assert headline(found) == "Not every sign-in was counted on 1 of 2 servers"


def mailbox(**values: Any) -> dict[str, Any]:
    return {"UserPrincipalName": "a@x", "SamAccountName": "a", "PrimarySmtpAddress": "a@x", **values}


def test_mailboxes_are_parsed_and_read_in_pages() -> None:
    shown = [
        mailbox(RecipientTypeDetails="UserMailbox"),
        mailbox(RecipientTypeDetails="SharedMailbox"),
        {"Name": "odd"},
    ]
    found = mailboxes.parse([CmdletResult(shown, [], [])])
    assert [item.person for item in found] == [True, False]
    assert mailboxes.is_full(CmdletResult([{}] * 3, [], []), 2)
    assert len(mailboxes.every_page(2)) == 37
    assert dict(mailboxes.first_page(2).parameters) == {"IgnoreDefaultScope": True, "ResultSize": 3}
