# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of 300 servers and of two tenants with 5,000 names each: small, made quickly, and nothing that matters is
missing."""

from __future__ import annotations

import time
from collections import Counter
from html.parser import HTMLParser

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.document import Document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.named import Names
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render, render_sheet

from tests.unit.large_fleet import large_fleet, wanted
from tests.unit.report_samples import finding, made

MOST = 2_000_000


class Table(HTMLParser):
    """The rows of a page: the texts of their cells, and of a cell that lists its objects each of them."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[list[str]]] = []
        self.places: list[str] = []
        self._in_cell = False
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([""])
            self._in_cell = True
        elif tag == "ul" and self._in_cell:
            self.rows[-1][-1].clear()  # what the head of the list says stands in it too
        elif tag == "li" and self._in_cell:
            self.rows[-1][-1].append("")
        self.places += [str(value) for name, value in attrs if name == "data-of"]

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self._in_cell and self.rows[-1][-1]:
            self.rows[-1][-1][-1] += data


def test_the_page_of_300_servers_and_two_tenants_of_5000_names_is_small() -> None:
    """The case of docs/benchmark.md, whose page had 3,987 kB and was made in six seconds."""
    start = time.process_time()
    found = made(large_fleet(add=["https://new.contoso.test/"]))
    page = render(found)
    sheet = render_sheet(found, "hma_records")
    assert time.process_time() - start < 5
    assert len(page) < MOST, len(page)
    assert len(sheet) < 20_000


def test_every_finding_of_a_large_fleet_is_on_the_page_with_its_object() -> None:
    """In a row of its own or in a list: none is left out, and each says of which server it is."""
    found = made(large_fleet())
    names = Names.of(found.servers)
    table = Table(render(found))
    rows = [row for row in table.rows if len(row) == 6 and row[2][0].startswith("HMA-")]
    shown = Counter((row[2][0], name, row[3][0]) for row in rows for name in row[0])
    assert shown == Counter((item.id, names.object(item.object), item.message) for item in found.findings)
    assert Counter(table.places) == Counter(names.server(str(item.server)) for item in found.findings)


def test_every_server_is_named_where_many_gave_the_same_answer() -> None:
    found = made(large_fleet(servers=40, names=0))
    answers = [row for row in Table(render(found)).rows if row and row[0] == ["mail.contoso.test"] and len(row) == 5]
    protocols = ["mapi_nspi, mapi_emsmdb, ews, oab, autodiscover, activesync"]
    assert [row[2] for row in answers] == [protocols, protocols]
    assert [row[1] for row in answers] == [[f"EX{place}" for place in range(1, 41)]] * 2
    bad = large_fleet(servers=40, names=0)
    bad["probe"]["probes"][25].update(state="refuted", verdict="not_ready", reason="Basic alone")
    rows = [row for row in Table(render(made(bad))).rows if len(row) == 5 and row[4] == ["Basic alone"]]
    assert [(row[1], row[2]) for row in rows] == [(["EX3"], ["mapi_nspi"])]


def test_no_client_name_is_missing_from_the_page_of_5000() -> None:
    """Names that are asked for are there each, those that a tenant lacks in a row that says so, above the others."""
    names = [f"https://site{number}.contoso.test/" for number in range(5000)]
    facts = large_fleet(names=0)
    wanted(facts, names, {"tenant2": [names[77], names[4711]]})
    page = render(made(facts))
    assert len(page) < MOST, len(page)
    rows = [row for row in Table(page).rows if len(row) == 3 and _bare(row[1][0]) == "registered"]
    assert [_bare(row[2][0]) for row in rows] == ["missing", "missing", "registered"]
    shown = [[name.partition("0 places")[0] for name in row[0]] for row in rows]
    assert shown[:2] == [[names[77]], [names[4711]]]
    assert sorted(shown[2]) == sorted(set(names) - {names[77], names[4711]})


def test_what_is_added_and_what_conflicts_is_named_and_what_stays_is_counted() -> None:
    added = [f"https://new{number}.contoso.test/" for number in range(3)]
    held = "https://mail.contoso.test/ is held by another application."
    facts = large_fleet(servers=4, add=added)
    facts["findings"].append(finding(id="HMA-SPN-006", scope="tenant", server=None, tenant="tenant1", message=held))
    found: Document = made(facts)
    page = render(found).decode("utf-8")
    assert all(f"+ {name}" in page for name in added)
    assert held in page
    assert "https://name4711." not in page
    assert "5000 in all; report.json has each." in page
    assert "5003 in all; report.json has each." in page
    assert all(f"https://name{number}.tenant1." in found.changes[0].before for number in (0, 4711))
    assert str(found.as_json()["changes"][0]["after"]).count("\n") == 5002


def test_a_short_list_stands_before_and_after_its_change() -> None:
    page = render(made(large_fleet(servers=4, names=7, add=["https://new.contoso.test/"]))).decode("utf-8")
    assert "https://name6.tenant1.onmicrosoft.test/" in page
    assert "report.json has each" not in page


def _bare(text: str) -> str:
    return text.lstrip("✓✗→–!? ")
