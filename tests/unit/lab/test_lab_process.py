# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's process: it ends with who started it, and stays where a person started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.lab.client import LabClient, Labs, NotStarted, start

ROOT: Final = Path(__file__).parents[3]
STARTER: Final = """
import sys, time
from pathlib import Path
from tests.lab.client import start
lab = start("single", Path(sys.argv[1]))
print("started", flush=True)
time.sleep(600)
"""


def runs(process: int) -> bool:
    """Whether a process is there, one that has ended and was not waited for not counted."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(process: int) -> bool:
    deadline = time.monotonic() + 20
    while runs(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not runs(process)


def test_a_starter_that_is_killed_leaves_no_lab(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "started\n"
        lab = int((tmp_path / "pid").read_text("ascii"))
        assert runs(lab)
        starter.send_signal(signal.SIGKILL)
    assert ends(lab)
    assert not (tmp_path / "ready").exists()


def test_a_lab_that_a_person_starts_stays_until_it_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.lab", "start", "--scenario", "single", "--dir", str(tmp_path)]
    subprocess.run(
        command, cwd=ROOT, env=os.environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True
    )
    lab = int((tmp_path / "pid").read_text("ascii"))
    try:
        assert LabClient(tmp_path).journal() == []
    finally:
        LabClient(tmp_path).stop()
    assert ends(lab)


def test_a_lab_that_rested_begins_anew_in_the_folder_of_the_next_story(tmp_path: Path) -> None:
    labs = Labs()
    try:
        with labs.running("single", tmp_path / "one") as lab:
            start, first = lab.state(), lab.inventory.read_text("utf-8")
            lab.write("Set-OrganizationConfig", "Contoso", {"OAuth2ClientProfileEnabled": True})
            lab.change(["tenants", 0, "applications", 0, "rights"], [])
            lab.fault(at="http", action="401")
            lab.advance(60)
            assert lab.state() != start
        with labs.running("single", tmp_path / "two") as lab:
            assert not (tmp_path / "two" / "pid").exists(), "it was not started again"
            assert (lab.state(), lab.journal()) == (start, [])
            assert lab.inventory.read_text("utf-8") == first.replace(str(tmp_path / "one"), str(tmp_path / "two"))
            assert str(tmp_path / "one") not in lab.inventory.read_text("utf-8")
    finally:
        labs.stop()
    assert ends(int((tmp_path / "one" / "pid").read_text("ascii")))


def test_a_lab_in_which_something_is_going_on_is_not_used_again(tmp_path: Path) -> None:
    labs = Labs()
    try:
        with labs.running("single", tmp_path / "one") as lab:
            port = int(lab.inventory.read_text("utf-8").partition("ansible_port: ")[2].split()[0])
        with socket.create_connection(("127.0.0.1", port)), labs.running("single", tmp_path / "two"):
            assert ends(int((tmp_path / "one" / "pid").read_text("ascii")))
            assert runs(int((tmp_path / "two" / "pid").read_text("ascii")))
    finally:
        labs.stop()


def test_no_more_labs_rest_than_memory_allows(tmp_path: Path) -> None:
    labs = Labs(most=1)
    try:
        for scenario in ("single", "default"):
            with labs.running(scenario, tmp_path / scenario):
                pass
        assert ends(int((tmp_path / "single" / "pid").read_text("ascii")))
        assert runs(int((tmp_path / "default" / "pid").read_text("ascii")))
    finally:
        labs.stop()


def test_a_lab_that_does_not_start_is_an_ordinary_error(tmp_path: Path) -> None:
    """SystemExit would end the session: the fixture of the stories behind it would be broken too."""
    assert issubclass(NotStarted, Exception)
    with pytest.raises(NotStarted, match="No scenario 'nowhere'"):
        start("nowhere", tmp_path)
