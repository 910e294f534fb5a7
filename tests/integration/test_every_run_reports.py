# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad night leaves a report: whatever broke, wherever it broke."""

from __future__ import annotations

import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.integration.story import Play, last_report, reports
from tests.lab.client import LabClient


@pytest.mark.matrix
def test_nobody_answers(lab: LabClient, play: Play) -> None:
    """Every server is off: the report says so of each, and the run is red."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    for host in content["all"]["children"]["exchange_servers"]["hosts"].values():
        host["ansible_port"] = 9
    inventory = lab.folder / "dark.yml"
    inventory.write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play("enable_hma", "--check", inventory=inventory)
    assert run.code != 0
    assert "It stopped at: Reach an Exchange server." in run.text
    found = reports(lab)[-1]
    assert (found["run"]["stopped"], found["run"]["mode"], found["summary"]["verdict"]) == (
        "Reach an Exchange server",
        "check",
        "unknown",
    )
    assert sorted(item["host"] for item in found["problems"]) == [
        f"ex{number}.corp.contoso.test" for number in range(1, 5)
    ]
    suites = [suite.get("name") for suite in ElementTree.parse(last_report(lab) / "junit.xml").getroot()]
    assert "server ex1.corp.contoso.test" in suites and "tenant fabrikam" in suites and "run" in suites


@pytest.mark.matrix
def test_the_server_is_lost_in_the_middle_of_a_write(lab: LabClient, play: Play) -> None:
    """Step 5 breaks off at its first write: the report has the matrices, what had been done, and what is uncertain."""
    lab.fault(at="cmdlet", action="die_after", host="EX4", name="Set-OrganizationConfig")
    run = play("enable_hma")
    assert run.code != 0
    found = reports(lab)[-1]
    assert found["run"]["stopped"] == "Step 5, enable"
    assert found["summary"]["servers"] == {"ready": 4, "total": 4}
    broken = found["problems"][0]
    assert (broken["host"], broken["step"]) == (
        "ex4.corp.contoso.test",
        "Step 5, default authorization endpoint and modern authentication",
    )
    assert broken["uncertain"] is True
    assert "Organization 'Contoso'" in broken["message"]
    place = next(at for at, line in enumerate(run.screen) if line.startswith("May have been written (3): AuthServer"))
    assert run.screen[place].endswith(", by Set-AuthServer, Set-OrganizationConfig. Begin to look with:")
    assert run.screen[place + 1].startswith("   Get-AuthServer -Identity '")
    assert run.screen[place + 1].endswith("' | Format-List IsDefaultAuthorizationEndpoint")
    # Names and directories, and the domain; what the endpoint and the flag came to nobody knows.
    assert found["summary"]["changes"]["changed"] == 7


def test_where_it_is_written_and_who_may_read_it(lab: LabClient, play: Play, tmp_path: Path) -> None:
    run = play(
        "prepare_vdirs",
        "--check",
        hma_report_dir=str(tmp_path / "shared"),
        hma_report_name="latest",
        hma_report_mode="0644",
        hma_report_formats=["html"],
    )
    assert run.code == 0, run.output
    page = tmp_path / "shared" / "latest" / "report.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert [path.name for path in page.parent.iterdir()] == ["report.html"]
    assert f"Report: {page}" in run.screen


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"hma_report_dir": "{file}/below"},
            "report.html cannot be written (Not a directory). Set hma_report_dir to a folder of yours",
        ),
        pytest.param(
            {"hma_report_mode": "rw"},
            "hma_report_mode is 'rw' (text); expected octal digits in quotes, as '0640'",
            marks=pytest.mark.matrix,
        ),
        pytest.param(
            {"hma_report_name": "../x"},
            "hma_report_name is '../x' (text); expected letters, digits, dots, dashes and underscores",
            marks=pytest.mark.matrix,
        ),
    ],
)
@pytest.mark.scenario("single")
def test_a_report_that_cannot_be_written(
    lab: LabClient, play: Play, tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    """One clear message, a red run; what the run did before is done."""
    (tmp_path / "file").write_bytes(b"")
    run = play(
        "prepare_vdirs", "--check", **{name: value.format(file=tmp_path / "file") for name, value in variables.items()}
    )
    assert run.code != 0
    assert message in run.text
    assert "Traceback" not in run.output
