# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one play gives to the tasks that it shares with others, each of the others gives too; and what ends a run before
its last play leaves its reason where the last screen looks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import of_run
from ansible_collections.hybrid.exchange.plugins.plugin_utils._last_screen import EARLY

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
TASKS = sorted((PLAYBOOKS / "tasks").glob("*.yml"))
# A name that has to be there: it is not looked up in a result, and has no default.
NEEDED = re.compile(r"(?<![\w.'\"])(hma_\w+)(?!\w)(?!(?:\.\w+)*\s*\|\s*default)")


def importers(name: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each play that imports these tasks, and the variables that it gives them."""
    for path in sorted(PLAYBOOKS.rglob("*.yml")):
        for play in yaml.safe_load(path.read_text("utf-8")):
            for given in _given(play, name, frozenset()):
                yield f"{path.relative_to(PLAYBOOKS)}: {play['name']}", given


def _given(part: Mapping[str, Any], name: str, above: frozenset[str]) -> Iterator[frozenset[str]]:
    given = above | set(part.get("vars", {}))
    if str(part.get("ansible.builtin.import_tasks", "")).endswith(f"/{name}"):
        yield given
    for key in ("tasks", "block", "rescue", "always"):
        for task in part.get(key) or ():
            yield from _given(task, name, given)


@pytest.mark.parametrize("path", TASKS, ids=lambda path: path.name)
def test_who_imports_tasks_gives_what_they_need(path: Path) -> None:
    needed = {word for line in path.read_text("utf-8").splitlines() if "{{" in line for word in NEEDED.findall(line)}
    found = list(importers(path.name))
    assert found
    wiring = needed & frozenset().union(*(given for _play, given in found))
    assert [(play, sorted(wiring - given)) for play, given in found if wiring - given] == []


# These say nothing of their own: they show, keep, or add what is there.
SILENT = frozenset({"debug", "set_fact", "add_host", "import_tasks"})
# Its screen stands there already when this one fails.
SHOWN = frozenset({"Everything can be used"})


def test_what_ends_a_run_early_keeps_its_reason_for_the_last_screen() -> None:
    lost = [
        f"{path.relative_to(PLAYBOOKS)}: {task['name']}"
        for path in sorted(PLAYBOOKS.rglob("*.yml"))
        for play in yaml.safe_load(path.read_text("utf-8"))
        if play.get("hosts") == "localhost"
        for task in play.get("tasks", ())
        if "block" not in task and task.get("failed_when") is not False and task["name"] not in SHOWN
        if not any(key.rpartition(".")[2] in SILENT for key in task) and task.get("register") not in EARLY
    ]
    assert lost == []


def _asking(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The tasks that another host may do."""
    if "probe_from" in str(part.get("delegate_to", "")):
        yield part
    for key in ("tasks", "block", "rescue", "always"):
        for task in part.get(key) or ():
            yield from _asking(task)


def test_the_control_node_asks_by_no_connection_of_an_inventory() -> None:
    """Where localhost is in it, Ansible would take ssh."""
    files = [*PLAYBOOKS.rglob("*.yml"), *PLAYBOOKS.parent.glob("roles/*/tasks/*.yml")]
    parts = [part for path in files for part in yaml.safe_load(path.read_text("utf-8")) or ()]
    tasks = [task for part in parts for task in _asking(part)]
    assert len(tasks) > 3
    for task in tasks:
        asks = str(task["delegate_to"]).strip("{} ")
        assert task["connection"] == f"{{{{ 'local' if {asks} == 'localhost' else 'ssh' }}}}"


def _facts_set(part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from (part.get("ansible.builtin.set_fact") or {}).items()
    for key in ("tasks", "block", "rescue", "always"):
        for task in part.get(key) or ():
            yield from _facts_set(task)


def test_what_is_kept_as_a_result_of_a_run_counts_for_no_other_one() -> None:
    """One process may do several runs; ``of_run`` knows a result by its mark."""
    parts = [part for path in PLAYBOOKS.rglob("*.yml") for part in yaml.safe_load(path.read_text("utf-8")) or ()]
    kept = {
        name: fact for part in parts for name, fact in _facts_set(part) if isinstance(fact, dict) and "run_id" in fact
    }
    assert "hma_restore_kept_names" in kept
    run = "20261127T000000Z-1"
    assert [name for name, fact in kept.items() if of_run({**fact, "run_id": run}, "another")] == []
