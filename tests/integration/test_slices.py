# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Past one controller: slices of prepare_vdirs, each a process of its own, against one organization."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bench import costs
from tests.bench.fleet import fleet, written
from tests.bench.run import run
from tests.lab.client import LabClient, running

SERVERS, CHANGED, SLICES = 9, 6, 3


def slices_of(lab: LabClient) -> list[Path]:
    """As AWX makes them: the hosts in the order of their names, every third of them."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]["hosts"]
    paths = []
    for number in range(SLICES):
        kept = sorted(servers)[number::SLICES]
        content["all"]["children"]["exchange_servers"]["hosts"] = {name: servers[name] for name in kept}
        paths.append(lab.folder / f"slice{number}.yml")
        paths[-1].write_text(yaml.safe_dump(content), encoding="utf-8")
    return paths


def most_at_once(lab: LabClient, hosts: set[str]) -> int:
    """How many of these servers were between their first and their last cmdlet of a write at the same time."""
    journal = [item for item in lab.journal("shell", "cmdlet") if item["host"] in hosts]
    spans = []
    for host in hosts:
        own = [item["n"] for item in journal if item["host"] == host]
        second = [item["n"] for item in journal if item["host"] == host and item["kind"] == "shell"][1:]
        spans += [(second[0], own[-1])] if second else []
    return max((sum(a <= start <= b for a, b in spans) for start, _end in spans), default=0)


@pytest.mark.matrix
def test_slices_together_cost_what_the_whole_costs_and_each_takes_its_own_turns(tmp_path: Path) -> None:
    content = fleet(SERVERS, CHANGED, {"set": 0.3})
    with running(written(tmp_path, content), tmp_path / "lab") as lab:
        parts = slices_of(lab)

        def one(number: int) -> Any:
            folder = tmp_path / f"node{number}"
            folder.mkdir()
            return run(lab, folder, "prepare_vdirs", inventory=parts[number], clear=False)

        with ThreadPoolExecutor(SLICES) as pool:
            done = list(pool.map(one, range(SLICES)))
        assert [item.code for item in done] == [0] * SLICES, [item.output for item in done]
        shells = Counter(item["host"] for item in lab.journal("shell"))
        whole = costs.total(costs.steps("prepare_vdirs", costs.Fleet(SERVERS, CHANGED)))
        assert shells.total() == whole.shells
        assert sorted(shells.values()) == [1] * (SERVERS - CHANGED) + [2] * CHANGED
        for path in parts:
            names = yaml.safe_load(path.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"]
            assert most_at_once(lab, {name.partition(".")[0].upper() for name in names}) <= 1
