# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source, as ansible-rulebook runs it: a coroutine and a queue. ansible-rulebook itself where it is
installed."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.unit.watch_samples import World, directory

ROOT = Path(__file__).parents[3]
EDA = ROOT / "extensions" / "eda"
RULEBOOKS = sorted((EDA / "rulebooks").glob("*.yml"))


def loaded() -> ModuleType:
    """By its path, as ansible-rulebook does it."""
    path = EDA / "plugins" / "event_source" / "hma_drift.py"
    spec = importlib.util.spec_from_file_location("hma_drift_source", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SOURCE = loaded()


class History:
    """A history that grows while the source looks at it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.world = folder, World()
        self.approvals = folder / "approvals"
        self.approvals.mkdir(mode=0o700)

    def run(self, **more: Any) -> str:
        entry = self.world.run()
        (self.folder / f"watch-{entry.run}.json").write_text(json.dumps({**entry.as_json(), **more}), "utf-8")
        return entry.run

    def loses_oauth(self, **more: Any) -> str:
        self.world.organization["directories"] = [directory("mapi", methods=("Ntlm",))]
        return self.run(**more)

    def events(self, steps: Any = None, **args: Any) -> list[dict[str, Any]]:
        """What the source puts into the queue until it is quiet; ``steps`` happen after its first look."""

        async def collect() -> list[dict[str, Any]]:
            queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            given = {"dir": str(self.folder), "approvals": str(self.approvals), "delay": 0.02, **args}
            task = asyncio.create_task(SOURCE.main(queue, given))
            await asyncio.sleep(0.1)
            if steps:
                steps()
            await asyncio.sleep(0.2)
            task.cancel()
            return [queue.get_nowait() for _number in range(queue.qsize())]

        return asyncio.run(collect())


@pytest.fixture
def history(tmp_path: Path) -> History:
    found = History(tmp_path)
    found.run()
    return found


NEW = {"valid_hours": 10**6}


def test_a_run_that_finds_something_is_an_event_and_a_quiet_one_is_none(history: History) -> None:
    runs: list[str] = []
    (event,) = history.events(lambda: runs.append(history.loses_oauth()))
    drift = event["hma_drift"]
    assert (drift["run"], drift["host"], drift["approval"]) == (runs[0], "ex1", f"{runs[0]}.ex1")
    assert "lost OAuth" in drift["text"]
    assert history.events(history.run) == []


def test_what_was_there_before_is_an_event_only_where_that_is_asked_for(history: History) -> None:
    history.loses_oauth()
    assert history.events() == []
    assert len(history.events(from_start=True)) == 1


def test_what_could_not_be_read_is_an_event_of_its_own(history: History) -> None:
    history.world.report["tenants"] = [{"name": "contoso", "reason": "no"}]
    (event,) = history.events(history.run)
    assert event["hma_unread"]["unread"] == [{"what": "contoso", "reason": "no"}]


def test_an_approval_counts_once_and_limits_the_playbook_to_its_host(history: History) -> None:
    run = history.loses_oauth()
    name = history.approvals / f"{run}.ex1"
    (event,) = history.events(name.touch, **NEW)
    assert event["meta"] == {"hosts": "ex1"}
    assert (event["hma_approval"]["run"], event["hma_approval"]["host"]) == (run, "ex1")
    assert [path.name for path in history.approvals.iterdir()] == [f"{run}.ex1.used"]
    assert history.events(**NEW) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("yes", "not RUN.HOST"),
        ("{run}.ex2", "did not find that ex2 lost OAuth"),
        ("{run}.ex1,all", "not RUN.HOST"),
        ("20200101T000000Z-1.ex1", "there is no run"),
    ],
)
def test_what_approves_nothing_is_refused_with_its_reason(history: History, name: str, reason: str) -> None:
    run = history.loses_oauth()
    file = history.approvals / name.format(run=run)
    (event,) = history.events(file.touch, **NEW)
    assert reason in event["hma_refused"]["reason"]
    assert "meta" not in event
    assert [path.suffix for path in history.approvals.iterdir()] == [".refused"]


def test_an_old_run_and_a_folder_of_everybody_and_a_link_approve_nothing(history: History) -> None:
    run = history.loses_oauth()
    file = history.approvals / f"{run}.ex1"
    (old,) = history.events(file.touch, valid_hours=0)
    assert "too old" in old["hma_refused"]["reason"]
    history.approvals.chmod(0o777)
    (open_,) = history.events(file.touch, **NEW)
    assert "writable by everyone" in open_["hma_refused"]["reason"]
    history.approvals.chmod(0o700)
    (link,) = history.events(lambda: file.symlink_to("/dev/null"), **NEW)
    assert "no regular file" in link["hma_refused"]["reason"]


def test_drift_that_prepare_vdirs_does_not_mend_cannot_be_approved(history: History) -> None:
    def switched_off() -> None:
        history.world.organization["config"]["oauth2_client_profile_enabled"] = False
        history.run()

    (event,) = history.events(switched_off)
    assert event["hma_drift"]["approval"] == ""


@pytest.mark.parametrize("content", ["", "[", "[]", "{}", '{"schema": "hybrid.exchange/watch", "schema_version": 2}'])
def test_a_broken_file_is_no_event_and_stands_in_nobodys_way(history: History, content: str) -> None:
    def both() -> None:
        (history.folder / "watch-x.json").write_text(content, "utf-8")
        history.loses_oauth()

    assert len(history.events(both)) == 1


def test_a_history_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    history = History(tmp_path)
    assert history.events(dir=str(tmp_path / "later")) == []


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_names_what_is_there(path: Path) -> None:
    options = yaml.safe_load(SOURCE.DOCUMENTATION)["options"]
    (ruleset,) = yaml.safe_load(path.read_text("utf-8"))
    (source,) = ruleset["sources"]
    assert set(source["hybrid.exchange.hma_drift"]) <= set(options)
    for rule in ruleset["rules"]:
        run = rule["action"].get("run_playbook")
        if run:
            name = run["name"].removeprefix("hybrid.exchange.")
            assert (ROOT / "playbooks" / f"{name}.yml").is_file()
            assert "hma_approval" in rule["condition"], "Nothing is changed before somebody approved it."
        else:
            assert set(rule["action"]) <= {"debug", "run_workflow_template"}


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_is_one_for_ansible_rulebook(path: Path) -> None:
    validators = pytest.importorskip("ansible_rulebook.validators", reason="ansible-rulebook is not installed")
    validators.Validate.rulebook(yaml.safe_load(path.read_text("utf-8")))
