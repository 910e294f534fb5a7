# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One playbook on a lab: what it cost, counted in the lab's journal, and how long it took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.costs import Cost
from tests.lab.client import LabClient
from tests.lab.latency import Latency

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """What one command cost. ``seconds`` are of the clock, ``cpu`` of the processors (Ansible and its workers),
    ``lab`` too (what stands for Exchange and Entra)."""

    code: int
    cost: Cost
    requests: int
    writes: int
    seconds: float
    cpu: float
    lab: float
    # The largest process, in MB.
    memory: int
    lines: int
    output: str
    journal: Sequence[Mapping[str, Any]]


def run(
    lab: LabClient,
    folder: Path,
    playbook: str,
    *arguments: str,
    forks: int = 50,
    inventory: Path | None = None,
    clear: bool = True,
    **extra: Any,
) -> Measured:
    """Run a playbook of the collection, or one of the benchmark's, as an administrator would."""
    if clear:
        lab.clear()
    lab_before = lab.processor()
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        _command(inventory or lab.inventory, playbook, forks, extra) + list(arguments),
        cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - started
    lab_after, journal = lab.processor(), lab.journal()
    return Measured(
        code=done.returncode,
        cost=counted(journal),
        requests=sum(item["kind"] == "http" for item in journal),
        writes=sum(bool(item.get("write")) for item in journal),
        seconds=seconds,
        cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        lab=lab_after - lab_before,
        memory=_largest(after),
        lines=len(done.stdout.splitlines()),
        output=done.stdout + done.stderr,
        journal=journal,
    )


def _largest(children: resource.struct_rusage) -> int:
    """Of all processes that were waited for so far: a size measured after a larger one shows the larger one."""
    return round(children.ru_maxrss / 1000)


def counted(journal: Sequence[Mapping[str, Any]]) -> Cost:
    """What a journal says of shells, cmdlets, reads of IIS, writes, and answers of Entra."""
    names = Latency({"iis_read": 1}), Latency({"set": 1})
    cmdlets = [item for item in journal if item["kind"] == "cmdlet"]
    return Cost(
        shells=sum(item["kind"] == "shell" for item in journal),
        cmdlets=len(cmdlets),
        iis=int(sum(names[0].of_cmdlet(item["name"], item["parameters"]) for item in cmdlets)),
        sets=int(sum(names[1].of_cmdlet(item["name"], item["parameters"]) for item in cmdlets)),
        tokens=sum(item["kind"] == "token" for item in journal),
        graph=sum(item["kind"] == "graph" for item in journal),
    )


def _command(inventory: Path, playbook: str, forks: int, extra: Mapping[str, Any]) -> list[str]:
    name = playbook if playbook.endswith(".yml") else f"hybrid.exchange.{playbook}"
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    given = ["-e", json.dumps(extra)] if extra else []
    return [program, name, "-i", str(inventory), "-f", str(forks), *given]


def environment(folder: Path) -> dict[str, str]:
    (folder / "home").mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_ACTION_PLUGINS": str(ROOT / "tests" / "bench" / "action_plugins"),
        "PYTHONPATH": str(ROOT),
    }
