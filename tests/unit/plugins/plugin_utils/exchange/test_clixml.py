# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pypsrp makes of Exchange's objects becomes the same plain values that the script gives."""

from __future__ import annotations

import uuid
from typing import Any
from xml.sax.saxutils import escape

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Unread
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.clixml import category, mark, plain, properties
from hypothesis import given
from hypothesis import strategies as st
from pypsrp.serializer import Serializer

MULTI_VALUED = (
    "<TN RefId='9'><T>Microsoft.Exchange.Data.MultiValuedProperty`1[[System.String, mscorlib]]</T>"
    "<T>Microsoft.Exchange.Data.MultiValuedPropertyBase</T><T>System.Object</T></TN>"
)
ENUM = (
    "<TN "
    "RefId='{0}'><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.{1}</T><T>System.Enum</T><T>System.ValueType</T><T>System.Object</T></TN>"
)


def received(xml: str) -> Any:
    serializer = Serializer()
    mark(serializer)
    return serializer.deserialize(xml)


def value(element: str) -> Any:
    """A property as it comes back, given as an element without its name."""
    tag = element[1:].partition(">")[0].partition(" ")[0].rstrip("/")
    named = element.replace(f"<{tag}", f'<{tag} N="P"', 1)
    found = received(
        f"<Obj RefId='0'><TN RefId='0'><T>Microsoft.Exchange.X</T><T>System.Object</T></TN><Props>{named}</Props></Obj>"
    )
    return properties(found, ("P",))["P"]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("<S>Ntlm</S>", "Ntlm"),
        ("<S></S>", ""),
        ("<Nil />", None),
        ("<B>true</B>", True),
        ("<B>false</B>", False),
        ("<I32>7</I32>", 7),
        ("<I64>-7</I64>", -7),
        ("<URI>https://mail.contoso.test/EWS/Exchange.asmx</URI>", "https://mail.contoso.test/EWS/Exchange.asmx"),
        ("<G>99aeac02-4364-4345-83f9-f5f8a4c127da</G>", "99aeac02-4364-4345-83f9-f5f8a4c127da"),
        ("<Version>15.1.2507.6</Version>", "15.1.2507.6"),
        ("<DT>2026-01-31T23:15:07.1234567+01:00</DT>", "2026-01-31T22:15:07Z"),
        ("<DT>2026-01-31T22:15:07Z</DT>", "2026-01-31T22:15:07Z"),
        ("<BA>AQI=</BA>", "AQI="),
        (f"<Obj RefId='5'>{ENUM.format(5, 'GzipLevel')}<ToString>Low</ToString><I32>1</I32></Obj>", "Low"),
        (f"<Obj RefId='5'>{MULTI_VALUED}<LST><S>Ntlm</S><S>OAuth</S></LST></Obj>", ["Ntlm", "OAuth"]),
        (f"<Obj RefId='5'>{MULTI_VALUED}<LST /></Obj>", []),
        (f"<Obj RefId='5'>{MULTI_VALUED}<LST><S>one</S></LST></Obj>", ["one"]),
        (f"<Obj RefId='5'>{MULTI_VALUED}<LST><B>true</B><I32>3</I32><Nil "
         "" f"/><DT>2026-01-31T22:15:07Z</DT></LST></Obj>", [True, 3, None, "2026-01-31T22:15:07Z"]),
        (f"<Obj RefId='5'>{MULTI_VALUED}<LST><Obj "
         "" f"RefId='6'>{ENUM.format(6, 'X')}<ToString>OAuth</ToString><I32>10</I32></Obj></LST></Obj>", ["OAuth"]),
        (
            "<Obj RefId='5'><TN RefId='5'><T>System.Collections.ArrayList</T><T>System.Object</T></TN>"
            "<LST><S>a</S><I32>1</I32></LST></Obj>", ["a", 1],
        ),
        (
            "<Obj RefId='5'><TN RefId='5'><T>Microsoft.Exchange.Data.Directory.ADObjectId</T><T>System.Object</T></TN>"
            "<ToString>EX1</ToString><Props><S N='Rdn'>CN=EX1</S></Props></Obj>",
            "EX1",
        ),
    ],
)  # fmt: skip
def test_every_shape(element: str, expected: Any) -> None:
    found = value(element)
    assert found == expected
    assert type(found) is type(expected)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_a_list_of_any_text_comes_back_as_it_was(texts: list[str]) -> None:
    """Through pypsrp's own serializer: control characters, quotes, markup, surrogate pairs, and what looks like an
    escape."""
    serializer = Serializer()
    items = "".join(f"<S>{escape(serializer._serialize_string(text) or '')}</S>" for text in texts)
    assert value(f"<Obj RefId='5'>{MULTI_VALUED}<LST>{items}</LST></Obj>") == texts


def test_a_list_with_an_entity_is_not_expanded() -> None:
    class Item:
        property_sets = ("<LST><!DOCTYPE x [<!ENTITY a 'b'>]><S>&a;</S></LST>",)
        to_string = None

    with pytest.raises(ValueError, match="markup declarations"):
        plain(Item())


def test_what_is_not_there_is_left_out_and_what_the_client_added_is_second() -> None:
    found = received(
        "<Obj RefId='0'><TN RefId='0'><T>Microsoft.Exchange.X</T><T>System.Object</T></TN>"
        "<Props><S N='Name'>own</S></Props><MS><S N='Name'>added</S><S N='PSComputerName'>ex1</S></MS></Obj>"
    )
    assert properties(found, ("Name", "PSComputerName", "Absent")) == {"Name": "own", "PSComputerName": "ex1"}
    assert properties("no object", ("Name",)) == {}


LIST = "<TN RefId='8'><T>System.Collections.ArrayList</T><T>System.Object</T></TN>"


@pytest.mark.parametrize(
    "element",
    [
        "<Ref RefId='77'/>",
        "<Foo>Ntlm</Foo>",
        "<SS>AAAA</SS>",
        "<Obj RefId='5'><TN RefId='5'><T>X</T></TN></Obj>",
        "<Obj RefId='5'><TN RefId='5'><T>X</T></TN><DCT><En><S N='Key'>a</S><S N='Value'>b</S></En></DCT></Obj>",
        *(
            f"<Obj RefId='5'>{kind}<LST>{item}<S>Negotiate</S></LST></Obj>"
            for kind in (MULTI_VALUED, LIST)
            for item in (
                "<Ref RefId='77'/>",
                "<Foo>Ntlm</Foo>",
                "<Obj RefId='6'><TN RefId='6'><T>X</T></TN></Obj>",
                "<SS>AAAA</SS>",
            )
        ),
        f"<Obj RefId='5'>{MULTI_VALUED}<LST><B>yes</B></LST></Obj>",
        f"<Obj RefId='5'>{MULTI_VALUED}<LST><Obj RefId='6'><LST><Ref RefId='77'/></LST></Obj></LST></Obj>",
    ],
)
def test_what_is_not_known_is_not_taken_for_empty_nor_for_text(element: str) -> None:
    """The value as a whole is unread, and who needs it says which object and which property."""
    found = value(element)
    assert isinstance(found, Unread)
    with pytest.raises(ParseError, match=r"EX1\\mapi: P is unreadable \(.*\); expected a list of text"):
        Properties({"P": found}, "EX1\\mapi").texts("P")
    with pytest.raises(ParseError, match=r"EX1\\mapi: P is unreadable"):
        Properties({"P": found}, "EX1\\mapi").optional_text("P")


def test_a_type_that_was_named_in_a_list_is_known_from_then_on() -> None:
    found = received(
        "<Obj RefId='0'><TN RefId='0'><T>Microsoft.Exchange.X</T><T>System.Object</T></TN><Props>"
        f"<Obj N='A' RefId='1'>{MULTI_VALUED}<LST><Obj RefId='2'><TN RefId='2'><T>Y</T><T>System.Object</T></TN>"
        "<ToString>y</ToString></Obj></LST></Obj>"
        "<Obj N='B' RefId='3'><TNRef RefId='2'/><ToString>again</ToString></Obj></Props></Obj>"
    )
    assert properties(found, ("A", "B")) == {"A": ["y"], "B": "again"}


def test_a_type_that_was_never_named_leaves_one_property_unread() -> None:
    found = received(
        "<Obj RefId='0'><TN RefId='0'><T>Microsoft.Exchange.X</T><T>System.Object</T></TN><Props><S N='Name'>EX1</S>"
        "<Obj N='B' RefId='3'><TNRef RefId='77'/><ToString>b</ToString></Obj></Props></Obj>"
    )
    read = properties(found, ("Name", "B"))
    assert read["Name"] == "EX1"
    assert isinstance(read["B"], Unread)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59.9999999-08:00", "0001-01-01T00:00:00+01:00"])
def test_a_time_that_no_calendar_of_utc_has_stays_as_it_came(text: str) -> None:
    assert value(f"<DT>{text}</DT>") == text
    assert value(f"<Obj RefId='5'>{MULTI_VALUED}<LST><DT>{text}</DT></LST></Obj>") == [text]


@pytest.mark.parametrize("text", ["<Ref/>", "<S>x</S>", "<Obj RefId='1'/>", "<"])
def test_text_that_looks_like_xml_is_text(text: str) -> None:
    assert value(f"<S>{escape(text)}</S>") == text
    assert value(f"<Obj RefId='5'>{LIST}<LST><S>{escape(text)}</S></LST></Obj>") == [text]


def test_other_values_are_their_text() -> None:
    assert plain(uuid.UUID(int=1)) == "00000000-0000-0000-0000-000000000001"
    assert plain(1.5) == "1.5"


def test_categories() -> None:
    assert [category(0), category(13), category(31), category(99), category(None)] == [
        "NotSpecified",
        "ObjectNotFound",
        "NotEnabled",
        "99",
        "None",
    ]
