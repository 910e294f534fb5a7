# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories: a lab is started, a playbook is run as an administrator would, and everything it left is looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Begin, Play, Run, ended
from tests.lab.client import LabClient, Labs
from tests.lab.engine import find


@pytest.fixture(scope="session")
def labs() -> Iterator[Labs]:
    """The labs of this process that rest between stories."""
    found = Labs()
    yield found
    found.stop()


@pytest.fixture
def lab(request: pytest.FixtureRequest, tmp_path: Path, labs: Labs) -> Iterator[LabClient]:
    """The scenario of the marker ``scenario``, or the default one, reached as the marker ``connection`` says."""
    if os.environ.get("HMA_LAB_ENGINE", "none") != "none" and find() is None:
        pytest.skip("HMA_LAB_ENGINE is set, and there is no PowerShell engine: set HMA_PWSH or put pwsh on the path")
    marker, way = request.node.get_closest_marker("scenario"), request.node.get_closest_marker("connection")
    with labs.running(
        marker.args[0] if marker else "default", tmp_path / "lab", way.args[0] if way else None
    ) as started:
        yield started


@pytest.fixture
def begin(lab: LabClient, tmp_path: Path) -> Begin:
    """Start a playbook as an administrator would, in a process group of its own, and do not wait."""

    def start(
        playbook: str,
        *arguments: str,
        inventory: Path | None = None,
        env: dict[str, str] | None = None,
        limit: int | None = None,
        **extra: Any,
    ) -> subprocess.Popen[str]:
        name = playbook if playbook.endswith(".yml") else f"hybrid.exchange.{playbook}"
        command = [str(Path(sys.executable).with_name("ansible-playbook")), name, "-i", str(inventory or lab.inventory)]
        if extra:
            command += ["-e", json.dumps(extra)]
        if limit is not None:
            # No file of the run may grow beyond it (with SIGXFSZ ignored, as Python does, a write fails instead).
            command = ["prlimit", f"--fsize={limit}", *command]
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
            **(env or {}),
        }
        return subprocess.Popen(
            [*command, *arguments],
            cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        )  # fmt: skip

    return start


@pytest.fixture
def play(begin: Begin) -> Play:
    def run(playbook: str, *arguments: str, **options: Any) -> Run:
        return ended(begin(playbook, *arguments, **options))

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The fault matrix as a table: what was broken, what came through it."""
    rows: dict[str, list[float]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if report.when == "call" and "test_matrix.py::" in report.nodeid:
                row = rows.setdefault(
                    report.nodeid.split("::")[1].split("[")[0].removeprefix("test_").replace("_", " "), [0, 0, 0.0]
                )
                row[0] += 1
                row[1] += outcome == "passed"
                row[2] += report.duration
    if not rows:
        return
    rows["all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    terminalreporter.section("fault matrix")
    terminalreporter.write_line(f"{'story':<70}{'tried':>7}{'survived':>10}{'seconds':>9}")
    for name, (tried, survived, seconds) in rows.items():
        terminalreporter.write_line(f"{name:<70}{tried:>7.0f}{survived:>10.0f}{seconds:>9.0f}")
    terminalreporter.write_line(
        f"runs killed with SIGKILL: {sum(row[0] for name, row in rows.items() if 'killed' in name):.0f}"
    )
