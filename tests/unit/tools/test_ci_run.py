# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What .ci/run calls, with a make that only notes what it was called with."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TARGETS = {
    line.partition(":")[0]
    for line in (ROOT / "Makefile").read_text("utf-8").splitlines()
    if re.match(r"[a-z%-]+:", line)
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a copy of .ci/run from a minute on; `failing` is the target that fails."""
    (tmp_path / "clone" / ".ci").mkdir(parents=True)
    script = shutil.copy(ROOT / ".ci" / "run", tmp_path / "clone" / ".ci")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, does in {"make": '[ "$1" != "$FAILING" ]', "apt-get": "exit 1", "pwsh": ""}.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)

    def started(minute: int = 0, failing: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{programs}:/usr/bin:/bin", "SECONDS": str(minute * 60), "FAILING": failing}
        return subprocess.run(
            ["bash", script], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return started


def called(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^== make (\S+)", done.stdout, re.MULTILINE)


def test_every_command_is_a_target(run: Run) -> None:
    done = run()
    assert done.returncode == 0
    assert "LEFT OUT" not in done.stdout
    assert called(done)[:3] == ["lint", "demo", "test"]
    patterns = {re.sub(r"-2\.\d+$", "-%", name) for name in called(done)}
    assert patterns <= TARGETS
    assert {"matrix", "long", "wild", "engine", "kerberos", "sanity", "lowest", "newest"} <= patterns


@pytest.mark.parametrize("target", ["test", "sanity", "lowest", "kerberos"])
def test_a_tier_that_fails_ends_the_run(run: Run, target: str) -> None:
    done = run(failing=target)
    assert done.returncode != 0
    assert called(done)[-1] == target
    assert re.search(rf" s, exit 1: make {target}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("target", ["matrix", "engine", "tests-2.21", "newest", "long"])
def test_what_comes_last_is_shown_and_does_not_count(run: Run, target: str) -> None:
    done = run(failing=target)
    assert done.returncode == 0
    assert f"SHOWN, NOT COUNTED (allowed; see above): make {target}" in done.stdout
    assert called(done)[-1] == "long"


def test_a_tier_that_would_not_end_in_time_is_left_out_and_said_so(run: Run) -> None:
    done = run(minute=70)
    assert done.returncode == 0
    assert "sanity" not in called(done)
    assert re.search(r"^LEFT OUT, it was minute 70 and takes \d+: make sanity$", done.stdout, re.MULTILINE)
    assert "docs" in called(done)
    late = run(minute=76)
    assert late.returncode == 0
    assert re.search(r"^LEFT OUT, it was minute 76: make matrix$", late.stdout, re.MULTILINE)


def test_it_ends_within_75_minutes_whatever_hangs() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    limits = re.search(r"^last=(\d+) hangs=(\d+)$", script, re.MULTILINE)
    grace = re.search(r"--kill-after=(\d+) ", script)
    assert limits is not None
    assert grace is not None
    assert int(limits[1]) <= 73
    assert int(limits[2]) * 60 + int(grace[1]) < 75 * 60
    minutes = [int(found) for found in re.findall(r"^tier (\d+) make", script, re.MULTILINE)]
    assert sum(minutes) < int(limits[1]), "what counts is not left out"


def test_what_a_contributor_is_told_to_run_is_what_there_is() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = {re.sub(r"-2\.\d+$", "-%", name) for name in re.findall(r"`make ([\w.-]+)", page)}
    assert named == TARGETS
