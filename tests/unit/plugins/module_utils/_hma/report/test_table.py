# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One name for each server, natural order in every list, and the tables for a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.named import Names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.table import (
    CHANGES,
    FINDINGS,
    changes_csv,
    findings_csv,
    harmless,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report_samples import change, finding, fleet, made, names_added, prepare, report


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert "\n" not in text.replace("\r\n", "") or '"' in text
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_server_has_one_name_whatever_the_inventory_calls_it() -> None:
    names = Names.of(report(servers=2).servers)
    assert {names.server(name) for name in ("ex1", "EX1", "EX1.corp.contoso.test")} == {"EX1"}
    assert names.object("ex1 ews") == "EX1 ews"
    assert names.object("Organization 'ex1 ews'") == "Organization 'ex1 ews'"


def test_two_servers_of_one_name_have_their_full_names() -> None:
    facts = fleet(servers=2)
    for place, (server, entry) in enumerate(
        zip(facts["organization"]["servers"], facts["servers"].values(), strict=True)
    ):
        server.update(name="EX1", fqdn=f"ex1.site{place}.test")
        entry["read"]["server"] = f"ex1.site{place}.test"
    names = Names.of(made(facts).servers)
    assert (names.server("ex1"), names.server("ex2")) == ("ex1.site0.test", "ex1.site1.test")


def test_each_list_counts_as_people_do() -> None:
    """The old order had EX10 before EX2, and --limit in the order of the inventory."""
    steps = [{"step": "Step 3", "results": {f"ex{n}": {"changes": [change("ews", f"EX{n}")]} for n in (10, 2, 1)}}]
    findings = [finding(object=f"ex{n} mapi", server=f"ex{n}", commands=[prepare(f"ex{n}")]) for n in (10, 2, 1)]
    found = report(servers=10, findings=findings, steps=steps)
    assert [row.name for row in found.servers if row.status == "fail"] == ["EX1", "EX4", "EX7", "EX10"]
    assert [item.object for item in found.findings] == ["ex1 mapi", "ex2 mapi", "ex10 mapi"]
    assert [item.host for item in found.changes] == ["ex1", "ex2", "ex10"]
    assert found.actions[0].fixes[0].commands[0].text.endswith("--limit ex1,ex2,ex10")
    assert [row[4] for row in rows(findings_csv(found))[1:]] == ["EX1", "EX2", "EX10"]


def test_a_row_for_each_finding_and_each_change() -> None:
    steps = [
        {"step": "Step 2", "results": {"tenant1": {"changes": [names_added("https://b/")]}}},
        {"step": "Step 3", "results": {"ex1": {"changes": [change("ews", "EX1")]}}},
    ]
    found = report(servers=3, steps=steps)
    head, *body = rows(findings_csv(found))
    assert tuple(head) == FINDINGS
    assert len(body) == len(found.findings) == 15
    assert body[0][:7] == ["Fail", "HMA-VDIR-001", found.findings[0].title, "high", "EX1", "", "EX1 mapi"]
    assert body[0][11:] == [
        "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1", "Clients are prompted.",
        "https://learn.microsoft.com/", "Contoso", "20261124T070000Z-1",
    ]  # fmt: skip
    head, names, directory = rows(changes_csv(found))
    assert tuple(head) == CHANGES
    assert names[:6] == ["Changed", "tenant1", "the names", "https://a/", "https://a/\nhttps://b/", ""]
    assert directory[:3] == ["Changed", "EX1", "EX1\\ews (Default Web Site)"]
    assert directory[5] == "Set-ews 'EX1'"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\rx", "\tx", ' "=1', "\uff1d1", "a;=1", "a\n=1", "a; -1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    """Also where the list separator is a semicolon, and the quotes of the cell are none."""
    cell = harmless(text)
    assert cell.replace("'", "") == text
    for part in cell.replace("\n", ";").split(";"):
        assert not part.lstrip(' "\t').startswith(("=", "+", "-", "@", "\uff1d"))


@given(st.text(), st.text())
def test_whatever_the_text_the_table_keeps_its_shape(message: str, name: str) -> None:
    found = report(servers=1, findings=[finding(message=message, object=name)])
    head, row = rows(findings_csv(found))
    assert len(row) == len(head)
    assert row[7].replace("'", "") == found.findings[0].message.replace("'", "")
