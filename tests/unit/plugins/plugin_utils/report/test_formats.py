# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three formats: parsed by strict readers, whatever text an organization, a tenant or an attacker put into a
field."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document, document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.junit import junit
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render, render_sheet
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.junit_rules import broken_rules
from tests.unit.report_samples import ORIGIN, change, directory, finding, fleet, made, names_added, report

SCHEMA = json.loads((Path(__file__).parents[5] / "docs" / "schemas" / "report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VOID = frozenset({"meta", "link", "input", "br"})
HOSTILE = (
    "<script>alert(1)</script>", "</style><script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "]]>", "<!--",
    "-->",
    "&amp;&#0;&lt;", "{{ 7 * 7 }}", "{% raw %}",
    "\x00\x01\x08\x0b\x0c\x1b[31m\x7f\x85", "\u202e\u2066txt.exe", "\ud800", "\ufffe\uffff", "x" * 2048,
    "Ünïcödé 日本語 👩‍🚀", "javascript:alert(1)",
    "https://x/\" onmouseover=\"alert(1)", "a\r\nb\tc", " ", "\u2028\u2029",
)  # fmt: skip
# Empty lines alone are no text: they say nothing, and the page leaves out what says nothing.
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(blacklist_categories=[]), max_size=60).filter(lambda text: text.strip("\r\n") != ""),
)


class Reader(HTMLParser):
    """The elements, attributes and text of a page. Every element that is opened has to be closed, in order."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _value in attrs}
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def hostile(text: str) -> Document:
    """A report with the text in every field that can hold one."""
    cell = {**directory(text, "ews"), "identity": text, "settings": {text: [text]}}
    names = {"wanted": [{"name": text, "sources": [text]}], "ignored": [{"host": text, "reason": text}]}
    written = {
        **change("ews", text),
        "object": text,
        "command": text,
        "before": {text: text},
        "after": {text: [text, text]},
    }
    texts = dict.fromkeys(
        (
            "id",
            "title",
            "object",
            "message",
            "why",
            "fix",
            "source",
            "doc",
            "expected",
            "actual",
            "severity",
            "server",
            "tenant",
        ),
        text,
    )
    commands = [{"language": "powershell", "text": f"Get-{text}"}]
    places = [
        (status, scope)
        for status in ("fail", "warn", "not_checked", "pass")
        for scope in ("server", "tenant", "organization")
    ]
    facts = {
        "findings": [
            finding(status, **{**texts, "object": f"{status} {scope} {text}", "scope": scope, "commands": commands})
            for status, scope in places
        ],
        "organization": {
            "name": text,
            "guid": text,
            "servers": [{"name": text, "fqdn": text, "label": text}, {"name": "EX2", "fqdn": "ex2"}],
            "auth_servers": [{"name": text, "default": True}],
            text: {text: [text]},
        },
        "settings": {"hma_servers_excluded": [{"name": "EX2", "reason": text}]},
        "servers": {
            text: {"read": {"server": text, "directories": [cell], "unread": [{"what": "oab", "reason": text}]}},
            f"b{text}": {"read": {"unreachable": True, "msg": text}},
        },
        "tenants": {
            text: {"read": {"wanted": [text], "missing": [text], "names": names}},
            f"b{text}": {"read": {"failed": True, "msg": text}},
        },
        "probe": {
            "probes": [
                {
                    **dict.fromkeys(("target", "host", "server", "protocol", "url", "verdict", "reason"), text),
                    "state": "refuted",
                }
            ]
        },
        "steps": [
            {"step": text, "results": {text: {"changes": [written, names_added(text), {**written, "result": text}]}}},
            {"step": text, "results": {f"b{text}": {"failed": True, "msg": text, "uncertain": True}}},
        ],
        "run": dict.fromkeys(("id", "started", "mode", "stopped"), text),
    }
    return document(Facts.from_facts(facts), replace(ORIGIN, tool_version=text))


HARMLESS = Reader(render(hostile("harmless")))
SHEET = Reader(render_sheet(hostile("harmless"), "records"))


@settings(max_examples=60, deadline=None)
@given(TEXT)
@example(HOSTILE[9])
def test_no_text_breaks_a_format_or_adds_to_the_page(text: str) -> None:
    found = hostile(text)
    VALIDATOR.validate(json.loads(json.dumps(found.as_json(), ensure_ascii=False).encode("utf-8")))
    page = Reader(render(found))
    # Whatever the text was: the same page, no element, attribute or address more (but the link of a real https source).
    assert {**page.elements, "a": 0, "pre": 0, "p": 0, "div": 0} == {
        **HARMLESS.elements,
        "a": 0,
        "pre": 0,
        "p": 0,
        "div": 0,
    }
    assert page.attributes <= HARMLESS.attributes | {"rel"}
    own = {f"#check-{number + 1}" for number in range(len(found.findings))}
    assert {link for link in page.links if not link.startswith("https://")} - own == {"data:,"}
    assert Reader(render_sheet(found, text)).elements == SHEET.elements
    root = ElementTree.fromstring(junit(found))
    assert broken_rules(root) == []
    assert len(root.findall(".//testcase")) == len(found.findings) + len(found.problems)
    assert len(root.findall(".//failure")) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_text_can_be_read_in_each_format(text: str) -> None:
    """Nothing is dropped: what may not stand in a document is shown, the rest is there as it was."""
    found = hostile(text)
    shown = printable(text)
    assert shown in "".join(Reader(render(found)).text)
    messages = [str(item.text) for item in ElementTree.fromstring(junit(found)).iter("error")]
    assert shown.split() == messages[0].split()
    assert found.findings[0].message == shown


def test_the_json_is_what_its_schema_says() -> None:
    empty = {
        "steps": [{"results": {"a": {"changes": [{"result": "done"}, {"result": "predicted"}]}}}],
        "probe": {"probes": [{}]},
        "findings": [{}],
    }
    for found in (report(), report(servers=0, tenants=0, organization={}), hostile("x"), report(**empty)):
        VALIDATOR.validate(found.as_json())
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**report().as_json(), "schema_version": 2})


def test_junit_has_a_suite_for_each_server_and_tenant_and_skips_with_a_reason() -> None:
    findings = [
        finding("fail", server="EX1.corp.contoso.test"),
        finding("not_checked", id="HMA-CERT-001", scope="organization", server=None, message="no right"),
        finding("warn", id="HMA-LIFE-001", server="EX2"),
        finding("not_applicable", id="HMA-DL-001", scope="tenant", tenant="tenant1"),
        finding("fail", id="HMA-SPN-001", scope="tenant", server=None, tenant="unknown"),
    ]
    broken = [{"step": "Step 3", "results": {"ex2": {"failed": True, "msg": "connection lost"}}}]
    root = ElementTree.fromstring(junit(report(servers=2, tenants=2, findings=findings, steps=broken)))
    assert broken_rules(root) == []
    suites = {str(suite.get("name")): suite for suite in root}
    assert list(suites) == [
        "organization Contoso",
        "server ex1",
        "server ex2",
        "tenant tenant1",
        "tenant tenant2",
        "tenant unknown",
        "run",
    ]
    counts = {
        name: tuple(int(str(suite.get(key))) for key in ("tests", "failures", "errors", "skipped"))
        for name, suite in suites.items()
    }
    assert counts == {
        "organization Contoso": (1, 0, 0, 1), "server ex1": (1, 1, 0, 0), "server ex2": (1, 0, 0, 0),
        "tenant tenant1": (1, 0, 0, 1),
        "tenant tenant2": (0, 0, 0, 0), "tenant unknown": (1, 1, 0, 0), "run": (1, 0, 1, 0),
    }  # fmt: skip
    assert [root.get(key) for key in ("tests", "failures", "errors", "skipped")] == ["6", "2", "1", None]
    assert suites["organization Contoso"].find(".//skipped").get("message") == "not checked: no right"  # type: ignore[union-attr]
    failure = suites["server ex1"].find(".//failure")
    assert failure is not None
    assert str(failure.text).splitlines()[1:4] == [
        "Expected: OAuth",
        "Actual: Ntlm, Negotiate",
        "Why: Clients are prompted.",
    ]
    assert "Fix: Turn OAuth on for these directories." in str(failure.text)
    assert "Command: ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1" in str(failure.text)


def test_what_the_schema_of_jenkins_forbids_is_seen() -> None:
    root = ElementTree.fromstring(junit(report()))
    root.set("skipped", "0")
    root[0].set("time", "soon")
    del root[1].attrib["errors"]
    ElementTree.SubElement(root[0], "failure")
    assert broken_rules(root) == [
        "testsuites has no attribute skipped",
        "testsuite: time is 'soon'",
        "testsuite holds no failure",
        "testsuite lacks errors",
    ]


def test_a_hundred_servers_take_less_than_five_seconds() -> None:
    start = time.process_time()
    found = made(fleet(servers=100, tenants=5))
    page, xml, text = render(found), junit(found), json.dumps(found.as_json())
    assert time.process_time() - start < 5
    # A row in the matrix for each, and one for each of the 34 that are wrong; what many say alike stands there once.
    assert page.count(b'<th scope="row">EX') == 134
    assert len(page) < 200_000
    assert len(ElementTree.fromstring(xml).findall(".//testcase")) == 500
    assert len(json.loads(text)["servers"]) == 100


def test_tables_and_headings_can_be_heard() -> None:
    """Each table has column heads and row heads with a scope; headings skip no level; each section is named."""
    page = render(hostile("x")).decode("utf-8")
    assert page.count("<th ") == page.count('<th scope="col">') + page.count('<th scope="row">')
    assert "<th>" not in page
    levels = [
        int(page[place + 2])
        for place in range(len(page))
        if page[place : place + 2] == "<h" and page[place + 2].isdigit()
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.count("<section ") == page.count("aria-labelledby=")
