# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object of pypsrp's in the shape in which it arrived, and the same shape of the script's envelope."""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.clixml import mark
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.envelope import EnvelopeError, read
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.raw import shape
from pypsrp.serializer import Serializer

OBJECT = """<Obj RefId="0"><TN RefId="0"><T>Microsoft.Exchange.X</T><T>System.Object</T></TN><ToString>EX1</ToString>
<Props><S N="Name">EX1</S><URI N="Url">https://a.b/</URI><G N="Guid">6f1d3c1e-0000-4000-8000-000000000001</G>
<DT N="When">2026-01-31T22:15:07Z</DT><BA N="Data">AAEC</BA><B N="On">true</B><I32 N="Number">7</I32><Nil N="Nothing"/>
<Obj N="List" RefId="1"><TN RefId="1"><T>Microsoft.Exchange.Data.MultiValuedProperty`1[[X]]</T></TN><LST><S>Ntlm</S>
<Nil/><Obj RefId="2"><TN RefId="2"><T>Microsoft.Exchange.Y</T></TN><ToString>y</ToString></Obj></LST></Obj>
<Obj N="Id" RefId="3"><TN RefId="3"><T>Microsoft.Exchange.Z</T><T>System.Object</T></TN>
<ToString>z</ToString></Obj></Props>
<MS><S N="PSComputerName">ex1</S></MS></Obj>"""


def deserialized(xml: str) -> Any:
    serializer = Serializer()
    mark(serializer)
    return serializer.deserialize(ElementTree.fromstring(xml))


def test_types_values_and_lists_are_as_they_came() -> None:
    found = shape(deserialized(OBJECT))
    assert (found["types"], found["text"]) == (["Microsoft.Exchange.X", "System.Object"], "EX1")
    assert found["extended"] == {"PSComputerName": {"type": "System.String", "value": "ex1"}}
    assert found["adapted"] == {
        "Name": {"type": "System.String", "value": "EX1"},
        "Url": {"type": "System.Uri", "value": "https://a.b/"},
        "Guid": {"type": "System.Guid", "value": "6f1d3c1e-0000-4000-8000-000000000001"},
        "When": {"type": "System.DateTime", "value": "2026-01-31T22:15:07Z"},
        "Data": {"type": "System.Byte[]", "value": "AAEC"},
        "On": {"type": "System.Boolean", "value": True},
        "Number": {"type": "System.Int32", "value": 7},
        "Nothing": None,
        "List": {
            "type": "Microsoft.Exchange.Data.MultiValuedProperty`1[[X]]",
            "items": [
                {"type": "System.String", "value": "Ntlm"},
                None,
                {"type": "Microsoft.Exchange.Y", "value": "y"},
            ],
        },
        "Id": {"type": "Microsoft.Exchange.Z", "value": "z"},
    }
    json.dumps(found)


OWN = "<TN RefId='0'><T>X</T><T>System.Object</T></TN>"
# As the management shell writes it: the type of an object in a list is named once, and referred to from then on.
REFERRED = """<Obj RefId="0"><TN RefId="0"><T>Microsoft.Exchange.X</T><T>System.Object</T></TN><ToString>EX1</ToString>
<Props><Obj N="Lists" RefId="1"><TN RefId="1"><T>Microsoft.Exchange.Data.MultiValuedProperty`1[[X]]</T>
<T>System.Object</T></TN><LST><Obj RefId="2"><TN RefId="2"><T>Microsoft.Exchange.Method</T><T>System.Enum</T></TN>
<ToString>Ntlm</ToString><I32>2</I32></Obj>
<Obj RefId="3"><TNRef RefId="2"/><ToString>OAuth</ToString><I32>10</I32></Obj>
<I64>7</I64></LST></Obj>
<Obj N="Method" RefId="4"><TNRef RefId="2"/><ToString>Basic</ToString><I32>0</I32></Obj>
<Obj N="Again" RefId="5"><TNRef RefId="1"/><LST/></Obj></Props></Obj>"""


def test_a_type_that_was_named_in_a_list_is_known_from_then_on() -> None:
    found = shape(deserialized(REFERRED))
    method = "Microsoft.Exchange.Method"
    listed = "Microsoft.Exchange.Data.MultiValuedProperty`1[[X]]"
    assert found["adapted"] == {
        "Lists": {
            "type": listed,
            "items": [
                {"type": method, "value": "Ntlm"},
                {"type": method, "value": "OAuth"},
                {"type": "System.Int64", "value": 7},
            ],
        },
        "Method": {"type": method, "value": "Basic"},
        "Again": {"type": listed, "items": []},
    }


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        ("<Ref RefId='77'/>", {"type": "", "value": None}),
        ("<Obj RefId='6'><TN RefId='6'><T>X</T></TN></Obj>", {"type": "X", "value": None}),
        ("<Obj RefId='6'><TNRef RefId='77'/><ToString>x</ToString></Obj>", {"type": "", "value": "x"}),
        ("<Foo>x</Foo>", {"type": "", "value": None}),
    ],
)
def test_an_item_that_is_not_known_ends_no_read(item: str, kept: dict[str, Any]) -> None:
    many = f"<TN RefId='1'><T>Microsoft.Exchange.Data.Many</T><T>System.Object</T></TN><LST><S>a</S>{item}</LST>"
    found = shape(deserialized(f"<Obj RefId='0'>{OWN}<Props><Obj N='P' RefId='1'>{many}</Obj></Props></Obj>"))
    assert found["adapted"]["P"]["items"] == [{"type": "System.String", "value": "a"}, kept]


def test_what_is_no_object_has_no_properties() -> None:
    assert shape(uuid.UUID(int=0)) == {"types": [], "text": "", "adapted": {}, "extended": {}}


def envelope(item: Any, milliseconds: Any = 5) -> str:
    result = {"objects": [item], "errors": [], "warnings": [], "milliseconds": milliseconds}
    host = {"name": "EX1", "fqdn": "ex1.contoso.test", "powershell": "5.1", "edition": "Desktop"}
    return json.dumps({"version": 1, "host": host, "phase": "done", "error": None, "domain_controller": None,
                       "results": [result]})  # fmt: skip


RAW = Cmdlet("Get-X", raw=True)


def test_the_script_s_shape_is_read_and_timed() -> None:
    item = shape(deserialized(OBJECT))
    (result,) = read(envelope(item), [RAW]).results
    assert (result.objects, result.milliseconds) == ([item], 5)


@pytest.mark.parametrize(
    ("item", "milliseconds"),
    [
        ({"types": []}, 5),
        ({"types": [], "text": "", "adapted": {"a": "b"}, "extended": {}}, 5),
        ({"types": [], "text": "", "adapted": {"a": {"type": "X", "value": {}}}, "extended": {}}, 5),
        ({"types": [], "text": "", "adapted": {"a": {"type": "X", "items": [1]}}, "extended": {}}, 5),
        ({"types": [], "text": "", "adapted": [], "extended": {}}, 5),
        ({"types": [], "text": "", "adapted": {}, "extended": {}}, "5"),
    ],
)
def test_another_shape_is_refused(item: Any, milliseconds: Any) -> None:
    with pytest.raises(EnvelopeError, match="an answer of another shape"):
        read(envelope(item, milliseconds), [RAW])


def test_more_results_than_were_asked_for_are_refused() -> None:
    with pytest.raises(EnvelopeError, match="at most 0"):
        read(envelope({}), [])
