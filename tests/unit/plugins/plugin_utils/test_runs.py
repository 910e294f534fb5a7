# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second run notices a first one that did not end, and tells one at work from one that was killed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import Process, this_process
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record import runs
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.runs import refuse_second, unfinished_runs
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

SERVERS = ("ex1.contoso.test", "ex2.contoso.test")
DEAD = Process(2**22 + 1, os.uname().nodename, "another boot 1")


def begun(
    folder: Path,
    run: str,
    *,
    process: Process | None = None,
    writes: bool = True,
    servers: Any = SERVERS,
    intents: int = 0,
    settled: bool = True,
) -> Record:
    """The record of a run; ``process`` in place of this one's."""
    record = Record(str(folder), run, "localhost", "hma_record")
    record.start(playbook="hybrid.exchange.enable_hma", servers=servers, writes=writes)
    for _number in range(intents):
        identity = record.intent(
            "one", {"type": "organization", "guid": "g", "name": "n"}, "Set-X", {"A": True}, {"A": False}
        )
        if settled:
            record.outcome(identity, "done")
    if process:
        lines = [json.loads(line) for line in record.path.read_text("utf-8").splitlines()]
        lines[0]["process"] = process.facts()
        record.path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return record


@pytest.fixture(autouse=True)
def another_playbook(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks is another process than who wrote."""
    monkeypatch.setattr(runs, "playbook_process", lambda: replace(this_process(), pid=1))


def test_a_run_at_work_is_refused_by_name(tmp_path: Path) -> None:
    begun(tmp_path, "first")
    with pytest.raises(Refused, match=rf"run first \(hybrid.exchange.enable_hma, process {os.getpid()} on .* since 20"):
        refuse_second(unfinished_runs(tmp_path, ["EX2.contoso.test"]))


def test_a_run_that_was_killed_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    begun(tmp_path, "killed", process=DEAD, intents=2)
    (note,) = refuse_second(unfinished_runs(tmp_path, SERVERS))
    assert "run killed" in note and "after 2 writes" in note


def test_a_worker_that_outlived_its_playbook_is_a_run_at_work(tmp_path: Path) -> None:
    begun(tmp_path, "orphan", process=DEAD, intents=1, settled=False)
    (found,) = unfinished_runs(tmp_path, SERVERS)
    assert found.alive is True


def test_a_run_of_another_machine_is_told(tmp_path: Path) -> None:
    begun(tmp_path, "elsewhere", process=replace(DEAD, node="elsewhere"))
    (note,) = refuse_second(unfinished_runs(tmp_path, SERVERS))
    assert "cannot be seen from here" in note


def test_what_blocks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path, "ended").end()
    begun(tmp_path, "reading", writes=False)
    begun(tmp_path, "other", servers=["ex1.fabrikam.test"])
    begun(tmp_path, "broke-off-before-its-first-write", process=DEAD)
    old = begun(tmp_path, "old", intents=1)
    lines = [json.loads(line) for line in old.path.read_text("utf-8").splitlines()]
    kept = [
        {key: value for key, value in line.items() if key not in ("process", "servers", "writes", "playbook")}
        for line in lines
    ]
    old.path.write_text("".join(json.dumps(line) + "\n" for line in kept) + '{"torn', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").touch()
    assert unfinished_runs(tmp_path, SERVERS) == []
    begun(tmp_path, "mine")
    monkeypatch.setattr(runs, "playbook_process", this_process)
    assert unfinished_runs(tmp_path, SERVERS) == []
    assert unfinished_runs(tmp_path / "nowhere", SERVERS) == []


def test_a_killed_run_is_history_once_another_one_ended(tmp_path: Path) -> None:
    begun(tmp_path, "killed", process=DEAD, intents=1)
    begun(tmp_path, "rerun").end()
    assert unfinished_runs(tmp_path, SERVERS) == []
    begun(tmp_path, "killed-again", process=DEAD, intents=1)
    assert [item.run for item in unfinished_runs(tmp_path, SERVERS)] == ["killed-again"]
