# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody's name comes through, in any form of text, and the shape of the text stays."""

from __future__ import annotations

import json
import re
import string
from urllib.parse import quote, urlsplit

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.anonymous import DROPPED, Anonymiser
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.vocabulary import HOSTS, WORDS
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.lab.originals import found_in

LABELS = st.text(string.ascii_letters + string.digits + "-", min_size=3, max_size=15).filter(
    lambda text: (
        text.strip("-") == text
        and not re.fullmatch(r"(?i)[0-9]+|[0-9a-f-]{3,}|\w*name\d+\w*", text)
        and text.casefold() not in WORDS
    )
)
HOSTNAMES = st.lists(LABELS, min_size=2, max_size=4).map(".".join).filter(lambda host: host.casefold() not in HOSTS)
GUIDS = st.uuids().map(str)
FORMS = (
    "https://{host}/owa/", "https://{host}:443/EWS/Exchange.asmx", "{label}\\EWS (Default Web Site)", "{label}@{host}",
    "CN={label},CN=Servers,DC={label}", "{host}/Configuration/Sites/Main/{label}", "CONTOSO-X\\{label}$",
    'Basic realm="{host}"', "[Server={label},RequestId={guid}] x", "EvoSTS - {guid}", "{guid}", "{host}", "{label}",
    '"{label}"', "<{host}>", "{label};{host};{guid}", "000.{label}", "_{label}_", "{host}.", "http://{host}",
)  # fmt: skip


@given(label=LABELS, host=HOSTNAMES, guid=GUIDS, form=st.sampled_from(FORMS))
def test_no_name_comes_through(label: str, host: str, guid: str, form: str) -> None:
    text = form.format(label=label, host=host, guid=guid)
    for made in (Anonymiser().text(text), Anonymiser().identifier(text), Anonymiser().text(quote(text, safe=""))):
        assert found_in(made, [label, host, guid, *host.split(".")]) == []


@given(host=HOSTNAMES, path=st.sampled_from(["", "/", "/owa", "/owa/", "/EWS/Exchange.asmx"]))
def test_an_address_keeps_its_shape(host: str, path: str) -> None:
    made = urlsplit(Anonymiser().text(f"https://{host}{path}"))
    assert (made.scheme, made.path, made.netloc.count(".")) == ("https", path, host.count("."))


@given(label=LABELS)
def test_a_name_keeps_its_capitals(label: str) -> None:
    made = Anonymiser().text(label)
    lower = not label.isupper() and (label.islower() or not label[:1].isalpha())
    assert (made.isupper(), made.islower()) == (label.isupper(), lower)


@given(names=st.lists(LABELS, min_size=2, max_size=6, unique_by=str.casefold))
def test_the_same_name_is_the_same_pseudonym_and_no_other(names: list[str]) -> None:
    anonymiser = Anonymiser()
    first = [anonymiser.text(name).casefold() for name in names]
    again = [anonymiser.text(name.swapcase()).casefold() for name in names]
    assert first == again
    assert len(set(first)) == len(names)


@given(text=st.text(max_size=80))
def test_any_text_becomes_text_of_ascii(text: str) -> None:
    made = Anonymiser().text(text)
    assert made.isascii()
    json.dumps(made)


@given(guid=GUIDS, upper=st.booleans())
def test_a_guid_stays_one(guid: str, upper: bool) -> None:
    made = Anonymiser().text(guid.upper() if upper else guid)
    assert re.fullmatch(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made)
    assert made != guid


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Version 15.2 (Build 1544.4)", "Version 15.2 (Build 1544.4)"),
        ("0.20 (15.0.0.0)", "0.20 (15.0.0.0)"),
        (
            "00000002-0000-0ff1-ce00-000000000000/mail.contoso.com",
            "00000002-0000-0ff1-ce00-000000000000/name1.name2.name3",
        ),
        ("contoso.mail.onmicrosoft.com", "name1.mail.onmicrosoft.com"),
        ("https://autodiscover.contoso.com/", "https://autodiscover.name1.name2/"),
        ("10.1.2.3", "192.0.2.2"),
        ("fe80::1:2", "2001:db8::1"),
        # Behind an escape, in front of a full stop, of a network, within an address of six: an address all the same.
        ("https%3A%2F%2F10.1.2.3%2Fowa", "https%3A%2F%2F192.0.2.2%2Fowa"),
        ("goto=%2f10.1.2.3", "name1=%2f192.0.2.3"),
        ("10.1.2.3.", "192.0.2.2."),
        ("10.20.0.0/16", "192.0.2.2/16"),
        ("172.16.0.0", "192.0.2.2"),
        ("::ffff:10.1.2.3", "2001:db8::1"),
        ("2001::53", "2001:db8::1"),
        ("10%2E1%2e2%2E3", "192.0.2.2"),
        ("09:46:17", "09:46:17"),
        ("4.0.0.0", "4.0.0.0"),
        ("15.01.2507.006", "15.01.2507.006"),
        ("+49 (89) 555-0123", "+99 (99) 999-9999"),
        ("425 555 0123", "999 999 9999"),
        ("425.555.0123", "999.999.9999"),
        ("089/555 0123", "999/999 9999"),
        ("1.02:00:00", "1.02:00:00"),
        ("2000 16 01", "2000 16 01"),
        ("S-1-5-21-111-222-333-500", "S-1-5-21-1-0-0-500"),
        ("A1B2C3D4E5F60718293A4B5C6D7E8F9001020304", "A000000000000000000000000000000000000001"),
        ("The secret plan of the board", DROPPED),
        ("2026-11-26T20:12:01Z", "2026-01-01T00:00:00Z"),
        # As a component's state is shown; as other cultures write a day; and what is none.
        ("State:Active; Time:9/28/2021 5:32:01 PM", "State:Active; Name1:1/1/2026 0:00:00"),
        ("28.09.2021 17:32:01", "1/1/2026 0:00:00"),
        ("(2021-09-28, 17:32:01.5)", "(1/1/2026 0:00:00)"),
        ("15.1.2507.6", "15.1.2507.6"),
        ("/2007-06/", "/2007-06/"),
        ("0.10 (14.0.100.0)", "0.10 (14.0.100.0)"),
        ("call 089123456", "name1 999999999"),
        ("J\u00fcrgen", "Name1"),
        ("mail", "name1"),
        ("x" * 3000, DROPPED),
    ],
)
def test_what_becomes_of_a_text(text: str, made: str) -> None:
    assert Anonymiser().text(text) == made


def test_a_type_is_kept_unless_it_holds_a_name_that_is_known() -> None:
    anonymiser = Anonymiser()
    assert anonymiser.name("Contoso.Agents.Filter") == "Contoso.Agents.Filter"
    anonymiser.text("mail.contoso.com")
    assert "Contoso" not in anonymiser.name("Contoso.Agents.Filter")
    assert anonymiser.name("Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String]]").startswith("Microsoft.E")


def test_an_id_keeps_its_words_and_loses_the_server() -> None:
    found = "[Server=EX1,RequestId=0f2c6a5e-1111-4222-8333-444455556666] [FailureCategory=Cmdlet-TaskException]"
    made = Anonymiser().identifier(found)
    assert made.endswith("[FailureCategory=Cmdlet-TaskException]")
    assert "EX1" not in made
    assert Anonymiser().identifier("NamedParameterNotFound,Get-AuthServer") == "NamedParameterNotFound,Get-AuthServer"


def test_a_sentence_is_what_it_is_known_by() -> None:
    text = "The operation couldn't be performed because object 'mail.contoso.com' couldn't be found on 'dc1'."
    assert Anonymiser().sentence(text) == ["not_found"]


@given(number=st.ip_addresses(v=4).map(str), form=st.sampled_from([*FORMS, "%2f{host}", "x.{host}", "{host}-1"]))
def test_no_address_comes_through(number: str, form: str) -> None:
    parts = [int(part) for part in number.split(".")]
    assume(parts[2:] != [0, 0])
    text = form.format(label="abc", host=number, guid="")
    for given_text in (text, quote(text, safe="")):
        assert number not in Anonymiser().text(given_text)
