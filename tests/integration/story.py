# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every story needs: a finished run, the writes that matter, and the report it left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.client import LabClient

_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)

# A process of the PowerShell engine takes a second to start, and several on a busy machine: how much longer a test
# waits for it.
PATIENCE = 1 if os.environ.get("HMA_LAB_ENGINE", "none") == "none" else 6


@dataclass
class Run:
    """A finished ansible-playbook."""

    code: int
    output: str
    # Without what was written to stderr, the warnings above all.
    stdout: str = ""

    @property
    def changed(self) -> int:
        return sum(int(match[3]) for match in _RECAP.finditer(self.output))

    @property
    def text(self) -> str:
        """The output in one line of single spaces: messages are wrapped, escaped and listed by the callback."""
        return " ".join(re.sub(r'",\n\s+"', " ", self.output).replace("\\n", " ").split())

    @property
    def screen(self) -> list[str]:
        """The last screen: what stands behind the last host of the recap."""
        _recap, _empty, screen = self.stdout[self.stdout.rindex("PLAY RECAP") :].partition("\n\n")
        return [line for line in screen.split("\n") if line]


def sets(value: Any) -> Any:
    """A state with its lists of text as sets."""
    if isinstance(value, dict):
        return {key: sets(item) for key, item in value.items() if key != "OriginatingServer"}
    if isinstance(value, list):
        return frozenset(value) if all(isinstance(item, str) for item in value) else [sets(item) for item in value]
    return value


def records(lab: LabClient) -> list[str]:
    """The folders of the runs so far, the oldest first."""
    return [str(path) for path in sorted((lab.folder / "records").iterdir(), key=lambda path: path.stat().st_ctime)]


def ended(process: subprocess.Popen[str], timeout: float = 180 * PATIENCE) -> Run:
    """Wait for a playbook; one that does not end is ended, with all it started."""
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        raise AssertionError(f"The playbook did not end in {timeout} s:\n{stdout}{stderr}") from None
    return Run(process.returncode, stdout + stderr, stdout)


def lists_of(state: dict[str, Any]) -> dict[str, set[str]]:
    """Every method, domain and name there is, by where it stands."""
    found = {}
    for organization in state["organizations"]:
        for kind, objects in organization.items():
            for item in objects if isinstance(objects, list) else []:
                for key, value in item.items():
                    if isinstance(value, list):
                        found[f"{kind} {item['Guid']} {key}"] = set(value)
    for tenant in state["tenants"]:
        for principal in tenant["service_principals"]:
            found[f"tenant {tenant['id']} {principal['id']}"] = set(principal["names"])
    return found


Begin = Callable[..., "subprocess.Popen[str]"]
Play = Callable[..., Run]
STEP_5 = {"IsDefaultAuthorizationEndpoint", "OAuth2ClientProfileEnabled"}


def in_long_run(cases: Iterable[Any], *names: str) -> list[Any]:
    """The cases of a story; those with these names only in ``make long``."""
    given = [_case(case) for case in cases]
    assert set(names) <= set(map(_name, given)), f"a name of none of {list(map(_name, given))}"
    return [case._replace(marks=(*case.marks, pytest.mark.long)) if _name(case) in names else case for case in given]


def _name(case: Any) -> str:
    return str(case.id or case.values[0])


def _case(given: Any) -> Any:
    if hasattr(given, "marks"):
        return given
    values = given if isinstance(given, tuple) else (given,)
    return pytest.param(*values, id="-".join(map(str, values)))


def step5(lab: LabClient) -> list[dict[str, Any]]:
    """The writes of step 5."""
    return [item for item in lab.writes() if STEP_5 & set(item.get("parameters", {}))]


def reports(lab: LabClient) -> list[dict[str, Any]]:
    """Every report that the runs of this story left, the oldest first; each is whole, in all three formats."""
    folders = sorted(
        (path for path in (lab.folder.parent / "hma_reports").glob("*")), key=lambda path: path.stat().st_mtime_ns
    )
    for folder in folders:
        found = json.loads((folder / "report.json").read_text("utf-8"))
        asks = found["run"]["mode"] == "check" and found["run"]["playbook"] != "verify_hma"
        sheet = ["sheet.html"] if asks else []
        assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "report.json", *sheet]
    return [json.loads((folder / "report.json").read_text("utf-8")) for folder in folders]


def last_report(lab: LabClient) -> Path:
    return max((lab.folder.parent / "hma_reports").glob("*"), key=lambda path: path.stat().st_mtime_ns)
