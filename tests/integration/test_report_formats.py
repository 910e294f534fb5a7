# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format of the report from one real run, each read by a strict reader, all with the same numbers."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.integration.story import Play
from tests.lab.client import LabClient
from tests.unit.junit_rules import broken_rules
from tests.unit.plugins.module_utils._hma.report.test_sarif import VALIDATOR

FORMATS = ["html", "json", "junit", "sheet", "sheet_pdf", "csv_findings", "csv_changes", "sarif"]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def numbers(folder: Path) -> dict[str, Any]:
    """What each file of the run says of the same numbers."""
    found = json.loads((folder / "report.json").read_text("utf-8"))
    log = json.loads((folder / "report.sarif").read_text("utf-8"))
    junit = ElementTree.parse(folder / "junit.xml").getroot()
    VALIDATOR.validate(log)
    assert broken_rules(junit) == []
    sheet = (folder / "sheet.html").read_text("utf-8")
    assert found["summary"]["sentence"] in sheet.replace("&#39;", "'")
    return {
        "findings": {len(found["findings"]), len(table(folder / "findings.csv")), len(junit.findall(".//testcase"))},
        "open": {
            sum(item["status"] in ("fail", "warn", "not_checked", "would_change") for item in found["findings"]),
            len(log["runs"][0]["results"]),
        },
        "changes": {
            found["summary"]["changes"]["would_change"],
            len(table(folder / "changes.csv")),
            *map(int, re.findall(r"What would be changed: (\d+)", sheet)),
        },
    }


def test_one_run_in_every_format(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play(
        "prepare_vdirs", "--check", hma_report_dir=str(tmp_path), hma_report_name="r", hma_report_formats=FORMATS
    )
    assert run.code == 0, run.output
    folder = tmp_path / "r"
    assert f"For the change board: {folder}/sheet.html" in run.screen
    files = {path.name for path in folder.iterdir()}
    assert files - {"sheet.pdf"} == {
        "report.html", "report.json", "junit.xml", "report.sarif", "findings.csv", "changes.csv", "sheet.html",
    }  # fmt: skip
    if shutil.which("chromium"):
        assert (folder / "sheet.pdf").read_bytes().startswith(b"%PDF-")
    else:
        assert "the control node has no Chromium" in run.text
    found = numbers(folder)
    assert all(len(values) == 1 for values in found.values()), found
    assert found["changes"] == {4}
    # Exchange's own name of a server stands in each of them.
    assert {row["Host"] for row in table(folder / "changes.csv")} <= {
        row["Server"] for row in table(folder / "findings.csv")
    }
