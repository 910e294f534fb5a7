# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""prepare_vdirs in slices, as AWX runs them: each a process of ansible-runner, all of them against one lab."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.bench.fleet import LATENCY, fleet, written
from tests.bench.run import counted, environment
from tests.lab.client import LabClient, running

COUNTS: Final = (1, 2, 4)
# What AWX says to a job that is a slice: it runs in a workflow that has the name of its job template.
_AWX: Final = {
    "awx_job_template_name": "prepare_vdirs",
    "awx_workflow_job_name": "prepare_vdirs",
    "awx_job_launch_type": "workflow",
}


def sliced(inventory: Path, number: int, count: int) -> dict[str, Any]:
    """AWX's own rule: the hosts in order of their names, every count-th of them; the groups lose the others."""
    content: dict[str, Any] = yaml.safe_load(inventory.read_text("utf-8"))
    groups = content["all"]["children"]
    kept = sorted(host for group in groups.values() for host in group["hosts"])[number - 1 :: count]
    for group in groups.values():
        group["hosts"] = {name: values for name, values in group["hosts"].items() if name in kept}
    return content


def rows(servers: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The same fleet, a third of it to change, one server at a time in each slice."""
    changed = servers // 3
    for count in COUNTS:
        place = folder / str(count)
        with running(written(place, fleet(servers, changed, LATENCY)), place / "lab") as lab:
            started = time.monotonic()
            jobs = [_started(lab, place / f"job{number}", number, count) for number in range(1, count + 1)]
            _ended(jobs)
            seconds, cost = time.monotonic() - started, counted(lab.journal())
        if cost.sets != changed:
            raise SystemExit(f"{count} slices of {servers} servers made {cost.sets} writes; {changed} were to be made")
        yield {
            "servers": servers, "changed": changed, "slices": count, "seconds": round(seconds, 1),
            "shells": cost.shells, "sets": cost.sets,
        }  # fmt: skip


def _started(lab: LabClient, job: Path, number: int, count: int) -> tuple[subprocess.Popen[str], Path]:
    inventory = job / "inventory" / "hosts.yml"
    inventory.parent.mkdir(parents=True)
    inventory.write_text(yaml.safe_dump(sliced(lab.inventory, number, count)), encoding="utf-8")
    (job / "env").mkdir()
    (job / "env" / "extravars").write_text(yaml.safe_dump(_AWX if count > 1 else {}), encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-runner"))
    what = ("-p", "hybrid.exchange.prepare_vdirs", "--cmdline", "-f 50")
    command = (program, "run", str(job), *what, "--ident", "1", "-q")
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=job, env=environment(job), stdin=silent, stdout=silent, stderr=subprocess.STDOUT, text=True
    )
    return process, job / "artifacts" / "1" / "stdout"


def _ended(jobs: Sequence[tuple[subprocess.Popen[str], Path]]) -> None:
    """Every one of them, before the first that failed is told."""
    failed = [(process.returncode, output) for process, output in jobs if process.wait()]
    for code, output in failed:
        said = output.read_text("utf-8", errors="replace")[-3000:] if output.exists() else "nothing"
        raise SystemExit(f"A slice ended with {code}:\n{said}")
