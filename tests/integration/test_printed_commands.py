# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command at the end of a run, pasted into a shell: it means what the run was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play
from tests.lab.client import LabClient


@pytest.mark.matrix
def test_what_a_look_prints_does_what_it_looked_at(lab: LabClient, play: Play, tmp_path: Path) -> None:
    """Two inventories, a limit, a file of variables, a variable, --diff; and a folder with a blank in its name."""
    folder = tmp_path / "my fleet"
    folder.mkdir()
    (folder / "more.yml").write_text(yaml.safe_dump({"all": {"vars": {"hma_report_mode": "0640"}}}), "utf-8")
    (folder / "vars.yml").write_text(yaml.safe_dump({"hma_report_formats": ["json"]}), "utf-8")
    looked = play(
        "prepare_vdirs", "--check", "--diff", "-i", str(folder / "more.yml"), "-e", f"@{folder / 'vars.yml'}",
        "--limit", "ex1.corp.contoso.test,localhost", hma_record_dir=str(folder / "records"),
    )  # fmt: skip
    assert looked.code == 0 and lab.writes() == [], looked.output
    screen = "\n".join(looked.screen)
    command = screen[screen.index("To do it:") :].partition(":")[2].strip()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"], "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert {item["host"] for item in lab.writes()} == {"EX1"}
    assert list((folder / "records").iterdir())
    written = sorted((tmp_path / "hma_reports").iterdir())
    found = [(path.name, path.stat().st_mode & 0o777) for run in written for path in run.iterdir()]
    assert found == [("report.json", 0o640)] * 2
