# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a run are made once for a task, and anew where variables may have changed."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.filter.run_facts import facts

FORK = multiprocessing.get_context("fork")


class Looked(Mapping[str, Any]):
    """The variables of a host, which counts how often each is looked up: Ansible templates it each time."""

    def __init__(self, **values: Any) -> None:
        self.values_of, self.seen = values, Counter[str]()

    def __getitem__(self, name: str) -> Any:
        self.seen[name] += 1
        return self.values_of[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values_of

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


def run_of(servers: int) -> dict[str, Looked]:
    read = {"run_id": "R", "server": "x", "read": {}}
    names = [f"ex{number}" for number in range(servers)]
    control = Looked(hma_started_run="R", groups={"exchange": names, "entra": []})
    return {"localhost": control, **{name: Looked(hma_host_read=read) for name in names}}


def test_a_result_is_looked_up_once_for_each_server_and_what_is_not_there_never() -> None:
    hostvars = run_of(5)
    found = facts(hostvars, "exchange", "entra")
    assert [item["identified"]["server"] for item in found["servers"].values()] == ["x"] * 5
    assert hostvars["ex3"].seen["hma_host_read"] == 1
    assert not [name for name in hostvars["ex3"].seen if name.endswith(("_result", "_organization"))]


def test_the_process_of_the_playbook_makes_them_anew() -> None:
    hostvars = run_of(1)
    first = facts(hostvars, "exchange", "entra")
    hostvars["ex0"].values_of["hma_host_read"] = {"run_id": "R", "server": "y", "read": {}}
    assert facts(hostvars, "exchange", "entra") is not first
    assert facts(hostvars, "exchange", "entra")["servers"]["ex0"]["identified"]["server"] == "y"


def test_a_worker_makes_them_once_for_the_same_groups_of_the_same_run(tmp_path: Path) -> None:
    hostvars, other = run_of(2), run_of(1)

    def work() -> None:
        first = facts(hostvars, "exchange", "entra")
        same = first is facts(hostvars, "exchange", "entra")
        apart = first is facts(hostvars, "exchange", []) or first is facts(other, "exchange", "entra")
        (tmp_path / "said").write_text(f"{same} {apart}", "utf-8")

    worker = FORK.Process(target=work)
    worker.start()
    worker.join(30)
    assert (tmp_path / "said").read_text("utf-8") == "True False"
