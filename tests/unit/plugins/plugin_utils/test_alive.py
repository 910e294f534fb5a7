# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker whose playbook is killed alone: the kernel ends it, and where the kernel does not, it sends nothing more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _alive
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import (
    Process,
    playbook_process,
    refuse_orphan,
    this_process,
)

# A playbook and its worker: the worker has a session of its own, says who it is, waits, and then writes where it may.
PLAYBOOK = """
import multiprocessing, os, sys, time
from pathlib import Path
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _alive
folder = Path(sys.argv[1])
def worker():
    os.setsid()
    if sys.argv[2] == "no kernel":
        _alive.sys.platform = "darwin"
    _alive.die_with_parent()
    (folder / "worker").write_text(str(os.getpid()))
    while not (folder / "go").exists():
        time.sleep(0.01)
    try:
        _alive.refuse_orphan()
    except _alive.Orphaned as exc:
        (folder / "refused").write_text(str(exc))
        os._exit(0)
    (folder / "written").touch()
if __name__ == "__main__":
    multiprocessing.get_context("fork").Process(target=worker).start()
    time.sleep(60)
"""


def waited(path: Path) -> bool:
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return path.exists()


def begun(folder: Path, how: str) -> tuple[subprocess.Popen[bytes], Process]:
    (folder / "playbook.py").write_text(PLAYBOOK, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]}
    playbook = subprocess.Popen([sys.executable, str(folder / "playbook.py"), str(folder), how], env=environment)
    assert waited(folder / "worker")
    time.sleep(0.05)
    pid = int((folder / "worker").read_text("ascii"))
    return playbook, Process(pid, os.uname().nodename, None)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl")
def test_the_kernel_ends_the_worker_with_its_playbook(tmp_path: Path) -> None:
    playbook, worker = begun(tmp_path, "kernel")
    assert worker.alive
    os.kill(playbook.pid, signal.SIGKILL)
    playbook.wait()
    deadline = time.monotonic() + 30
    while worker.alive and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not worker.alive
    (tmp_path / "go").touch()
    time.sleep(0.2)
    assert not (tmp_path / "written").exists()


def test_without_the_kernel_the_orphan_refuses_by_itself(tmp_path: Path) -> None:
    playbook, worker = begun(tmp_path, "no kernel")
    os.kill(playbook.pid, signal.SIGKILL)
    playbook.wait()
    assert worker.alive
    (tmp_path / "go").touch()
    assert waited(tmp_path / "refused")
    assert f"The playbook (process {playbook.pid})" in (tmp_path / "refused").read_text("utf-8")
    assert not (tmp_path / "written").exists()


def test_a_worker_with_its_playbook_writes(tmp_path: Path) -> None:
    playbook, _worker = begun(tmp_path, "kernel")
    (tmp_path / "go").touch()
    assert waited(tmp_path / "written")
    playbook.kill()
    playbook.wait()


def test_in_the_playbooks_own_process_there_is_nothing_to_refuse() -> None:
    refuse_orphan()
    assert playbook_process() == this_process()


def test_a_process_is_told_from_a_later_one_of_its_number() -> None:
    mine = this_process()
    assert mine.alive is True
    assert Process(mine.pid, mine.node, "another boot 1").alive is False
    assert Process(mine.pid, "another-node", mine.started).alive is None
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert Process(ended.pid, mine.node, None).alive is False


def test_without_proc_the_number_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_alive, "_started", lambda _pid: None)
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    assert Process(os.getpid(), os.uname().nodename, None).alive is True
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert Process(ended.pid, os.uname().nodename, "boot 1").alive is False
