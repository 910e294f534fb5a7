# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run prints to be typed is typed, and does what it says; what it prints is printable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.integration.invariant import holds
from tests.integration.story import Play, reports
from tests.lab.client import LabClient
from tests.unit.typed import powershell

EXCHANGE = pytest.param("exchange", marks=[pytest.mark.connection("exchange"), pytest.mark.long])
# Control characters but tab and line feed, and what turns the direction of a line.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Boxes(HTMLParser):
    """What the page offers to copy."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.inside = False
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "pre"
        self.texts += [""] if self.inside else []

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[-1] += data


@pytest.mark.matrix
@pytest.mark.scenario("pasted")
@pytest.mark.parametrize("_way", ["winrm", EXCHANGE])
def test_a_name_that_is_code_is_pasted_as_it_is_printed_and_nothing_runs(
    lab: LabClient, play: Play, tmp_path: Path, _way: str
) -> None:
    start = lab.state()
    refused = play("enable_hma", "--diff")
    assert refused.code != 0
    report = reports(lab)[-1]
    (finding,) = [item for item in report["findings"] if item["id"] == "HMA-AUTH-002"]
    setting, again = finding["commands"]
    assert (setting["language"], again["language"]) == ("yaml", "shell")
    assert again["text"].startswith("ansible-playbook hybrid.exchange.enable_hma -i /")
    # The page gives the commands of the findings to copy, each whole, and nothing else.
    page = next((lab.folder.parent / "hma_reports").glob("*/report.html")).read_text("utf-8")
    assert set(Boxes(page).texts) == {command["text"] for item in report["findings"] for command in item["commands"]}
    assert setting["text"] in " ".join(refused.output.replace('\\"', '"').replace("\\\\", "\\").split())
    # As somebody who does what it says: the line goes into a file of variables, the playbook is run again.
    (tmp_path / "pasted.yml").write_text(f"---\n{setting['text']}\n", encoding="utf-8")
    done = play("enable_hma", "--diff", "-e", "@pasted.yml")
    assert done.code == 0, done.output
    assert list(tmp_path.rglob("RAN")) == []
    holds(lab, start)
    for command in (command for item in reports(lab)[-1]["changes"] for command in item["commands"]):
        powershell(command["text"])
    for run in (refused, done):
        # A diff, a warning, an error: the terminal shows what a name holds, and does nothing about it.
        assert "O'Brien <U+202E>" in run.output
        assert [line for line in run.output.splitlines() if RAW.search(line)] == []
