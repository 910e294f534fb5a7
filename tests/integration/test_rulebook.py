# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook that needs no AWX, in ansible-rulebook itself: a server that was approved gets its OAuth back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.integration.story import Play
from tests.integration.test_watch import DRIFT, QUIET, entries, loses_oauth
from tests.lab.client import LabClient

# ansible-rulebook needs Java and an environment of its own; this names the program.
RULEBOOK = os.environ.get("HMA_RULEBOOK") or shutil.which("ansible-rulebook")
# As the guide has it.
BOOK = "hybrid.exchange.prepare_after_approval"


def waited(of: str, true: Callable[[], object], log: Path, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{of}:\n{log.read_text('utf-8')}"
        time.sleep(0.5)


def fleet(lab: LabClient, folder: Path) -> Path:
    """The lab's inventory as discover lays it out, without the folders that the rulebook is to name."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    given = content["all"].pop("vars")
    del given["hma_record_dir"]
    (folder / "group_vars" / "all").mkdir(parents=True)
    (folder / "group_vars" / "all" / "hma.yml").write_text(yaml.safe_dump(given), "utf-8")
    (folder / "inventory.yml").write_text(yaml.safe_dump(content), "utf-8")
    return folder


@contextmanager
def listening(fleet: Path, folder: Path, log: Path) -> Iterator[None]:
    """ansible-rulebook, from the moment on in which it waits for events."""
    given = folder / "vars.yml"
    names = {
        "hma_watch_dir": "hma_watch", "hma_approvals_dir": "hma_approvals", "hma_record_dir": "kept",
        "hma_report_dir": "shown",
    }  # fmt: skip
    (folder / "hma_approvals").mkdir(mode=0o700)
    variables = {name: str(folder / place) for name, place in names.items()}
    given.write_text(yaml.safe_dump({**variables, "hma_watch_delay": 1}), "utf-8")
    assert RULEBOOK is not None
    with log.open("w") as output:
        process = subprocess.Popen(
            [RULEBOOK, "-v", "-r", BOOK, "-i", str(fleet), "--vars", str(given)],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            env={
                "HOME": str(folder), "LC_ALL": "C.UTF-8",
                "PATH": f"{Path(sys.executable).parent}:{Path(RULEBOOK).parent}:/usr/bin:/bin",
                "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            },
        )  # fmt: skip
    try:
        waited("It does not listen", lambda: "Waiting for events" in log.read_text("utf-8"), log)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.mark.matrix
@pytest.mark.skipif(
    RULEBOOK is None,
    reason="NOT TESTED: ansible-rulebook is not here (pip install ansible-rulebook, with Java 17; name the program in "
    "HMA_RULEBOOK); the rulebook was not run",
)
@pytest.mark.scenario("compliant")
def test_a_server_that_was_approved_gets_oauth_back_and_no_other_one(
    lab: LabClient, play: Play, tmp_path: Path
) -> None:
    assert play("watch_hma").code == QUIET
    log = tmp_path / "rulebook.log"
    with listening(fleet(lab, tmp_path / "fleet"), tmp_path, log):
        loses_oauth(lab, "EX1")
        loses_oauth(lab, "EX2")
        assert play("watch_hma").code == DRIFT
        waited("It says no drift", lambda: log.read_text("utf-8").count("To approve: touch") == 2, log)
        assert lab.writes() == [], "Nothing is written before somebody approved it."
        run = entries(tmp_path)[-1]["run"]
        (tmp_path / "hma_approvals" / f"{run}.ex1.corp.contoso.test").touch()
        waited("The playbook did not end", lambda: "prepare_vdirs: " in log.read_text("utf-8"), log, 180)
    assert {item["host"] for item in lab.writes()} == {"EX1"}
    assert [path.suffix for path in (tmp_path / "hma_approvals").iterdir()] == [".used"]
    assert list((tmp_path / "kept").glob("*/ex1.corp.contoso.test.jsonl")), "The way back is lost."
    assert list((tmp_path / "shown").glob("*/report.html"))
