# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns: so many workers at once and no more, each group for itself, and a worker that was killed gives its turn
back."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible import constants
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _turns
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import Orphaned

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(_turns, "_PAUSE", 0.005)
    return tmp_path


def work(folder: Path, number: int, group: str, at_once: int) -> None:
    """What a worker does in its turn: it is there for a moment, and counts who else is."""
    with _turns.Turns(group, at_once).taken():
        here = folder / f"in-{number}"
        here.touch()
        together = len(list(folder.glob("in-*")))
        time.sleep(0.03)
        here.unlink()
    (folder / f"together-{number}").write_text(str(together), "utf-8")


def together(folder: Path, group: Callable[[int], str], at_once: int) -> list[int]:
    workers = [FORK.Process(target=work, args=(folder, number, group(number), at_once)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    return [int(path.read_text("utf-8")) for path in folder.glob("together-*")]


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_at_once_and_no_more(temporary: Path, at_once: int) -> None:
    found = together(temporary, lambda _number: "vdir", at_once)
    assert len(found) == 6
    assert max(found) <= at_once


def holder(folder: Path, until: Callable[[], bool]) -> BaseProcess:
    """A worker that has the turn of vdir, until something is so."""

    def hold() -> None:
        with _turns.Turns("vdir", 1).taken():
            (folder / "held").touch()
            while not until():
                time.sleep(0.005)

    worker = FORK.Process(target=hold)
    worker.start()
    while not (folder / "held").exists():
        time.sleep(0.005)
    return worker


def test_who_waited_is_told_for_what_was_read_before_may_be_old(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn is given back when somebody pauses, because it was not free."""
    worker = holder(temporary, (temporary / "waited").exists)
    monkeypatch.setattr(_turns, "time", SimpleNamespace(sleep=lambda _seconds: (temporary / "waited").touch()))
    with _turns.Turns("vdir", 1).taken() as waited:
        assert waited
    worker.join(30)
    with _turns.Turns("vdir", 1).taken() as waited:
        assert not waited


def test_groups_do_not_wait_for_one_another(temporary: Path) -> None:
    with _turns.Turns("munich", 1).taken(), _turns.Turns("berlin", 1).taken(), _turns.Turns("munich", 0).taken():
        assert len(list(temporary.iterdir())) == 2


def test_a_worker_that_was_killed_gives_its_turn_back(temporary: Path) -> None:
    worker = holder(temporary, lambda: False)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(30)
    with _turns.Turns("vdir", 1).taken():
        assert len(list(temporary.glob("hma_turn_*"))) == 1


def test_nobody_waits_for_a_playbook_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def orphaned() -> None:
        raise Orphaned("The playbook has ended.")

    with _turns.Turns("vdir", 1).taken():
        monkeypatch.setattr(_turns, "refuse_orphan", orphaned)
        with pytest.raises(Orphaned), _turns.Turns("vdir", 1).taken():
            raise AssertionError("the turn is taken")


def test_a_throttle_below_zero_is_refused() -> None:
    with pytest.raises(Refused, match="throttle is -1; it is a number of servers, or 0 for all of them at once"):
        _turns.Turns("vdir", -1)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_a_folder_that_takes_no_locks_is_one_message(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_locks(_handle: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(Refused, match=r"takes no locks .*ANSIBLE_LOCAL_TEMP"), _turns.Turns("g", 1).taken():
        pass


def test_a_temporary_folder_that_was_removed_is_one_message(temporary: Path) -> None:
    temporary.rmdir()
    with pytest.raises(Refused, match="nothing was written"), _turns.Turns("g", 1).taken():
        pass
