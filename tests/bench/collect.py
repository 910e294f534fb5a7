# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the benchmark, measured: six commands on fleets of several sizes, and three models on one fleet."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tests.bench import costs, faults
from tests.bench.fleet import LATENCY, NOTHING, fleet, written
from tests.bench.page import WAYS
from tests.bench.run import ROOT, Measured, run
from tests.lab.client import LabClient, running

_WHO: Final = ("Get-ExchangeServer", True)

RESULTS: Final = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Command:
    """What is run, on a fleet of which so many servers are still wrong and whose switch is still off."""

    label: str
    playbook: str
    arguments: tuple[str, ...] = ()
    wrong: bool = False
    off: bool = False

    @property
    def check(self) -> bool:
        return "--check" in self.arguments

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return self.label.partition(",")[0]


THIRD: Final = (
    Command("check", "enable_hma", ("--check",), wrong=True, off=True),
    Command("enable", "enable_hma", wrong=True, off=True),
    Command("again", "enable_hma"),
    Command("audit", "audit_hma"),
    Command("verify", "verify_hma"),
    Command("disable", "disable_hma"),
)
RIGHT: Final = (Command("prepare_vdirs, all right", "prepare_vdirs"),)
COMMANDS: Final = (*THIRD, *RIGHT)


@dataclass(frozen=True)
class Size:
    """What is measured of a fleet, and how. ``until``, on the clock, no further row is begun."""

    forks: int
    throttle: int
    names: int
    seconds: bool
    ways: Sequence[str]
    commands: Sequence[str]
    until: float


def sizes(servers: int, size: Size, folder: Path) -> Iterator[dict[str, Any]]:
    """Each command over both ways in turn, so that what else the machine does falls on both alike."""
    for number, (commands, changed) in enumerate(_fleets(size.commands, servers // 3)):
        if commands:
            yield from _fleet(commands, servers, changed, size, folder / str(number))


def _fleets(chosen: Sequence[str], third: int) -> Iterator[tuple[list[Command], int]]:
    """The commands that run one after the other on one fleet, and how many of its servers are wrong at first. Without
    enable there is nothing that puts a fleet right."""
    found = [command for command in THIRD if command.option in chosen]
    if any(command.off and not command.check for command in found):
        yield found, third
    else:
        yield [command for command in found if command.wrong], third
        yield [command for command in found if not command.wrong], 0
    yield [command for command in RIGHT if command.option in chosen], 0


def _fleet(
    commands: Sequence[Command], servers: int, changed: int, size: Size, folder: Path
) -> Iterator[dict[str, Any]]:
    latency = LATENCY if size.seconds else NOTHING
    with contextlib.ExitStack() as stack:
        labs = {
            way: stack.enter_context(_lab(folder / way, way, fleet(servers, changed, latency, names=size.names)))
            for way in size.ways
        }
        for command in commands:
            for way, lab in labs.items():
                if time.monotonic() >= size.until:
                    print(f"{servers} {way} {command.label}: not measured, the time is over", flush=True)
                    continue
                yield _row(command, way, lab, servers, changed, size)


@contextlib.contextmanager
def _lab(folder: Path, way: str, content: Mapping[str, Any]) -> Iterator[LabClient]:
    path = written(folder, content)
    with running(path, folder / "lab", WAYS[way]) as lab:
        yield lab


def _row(command: Command, way: str, lab: LabClient, servers: int, changed: int, size: Size) -> dict[str, Any]:
    extra: dict[str, Any] = {} if size.throttle == 1 else {"hma_vdir_throttle": size.throttle}
    done = run(lab, lab.folder.parent, command.playbook, *command.arguments, forks=size.forks, **extra)
    if done.code:
        raise SystemExit(f"{command.label} of {servers} servers over {way} failed:\n{done.output[-3000:]}")
    known = costs.Fleet(servers, changed if command.wrong else 0, way=WAYS[way], off=command.off)
    steps = costs.steps(command.playbook, known, check=command.check)
    return {
        "command": command.label,
        "servers": servers,
        "changed": known.changed,
        "way": way,
        "forks": size.forks,
        "throttle": size.throttle,
        "names": size.names,
        "counted": asdict(done.cost),
        "budget": asdict(costs.total(steps)),
        "requests": done.requests,
        "lines": done.lines,
        "cpu": round(done.cpu, 1),
        "lab": round(done.lab, 1),
        "memory": done.memory,
        "page": _page(lab),
        "waited": round(done.cost.seconds(LATENCY), 1),
        "bound": round(costs.bound(steps, LATENCY, forks=size.forks, throttle=size.throttle), 1),
        "seconds": round(done.seconds, 1) if size.seconds else None,
        "machine": machine(),
    }


def _page(lab: LabClient) -> int:
    """The size of the newest report page in kB."""
    pages = sorted(lab.folder.parent.glob("hma_reports/*/report.html"), key=lambda path: path.stat().st_mtime_ns)
    return round(pages[-1].stat().st_size / 1000) if pages else 0


def models(servers: int, folder: Path) -> Iterator[dict[str, Any]]:
    """The article's commands as single tasks, one session for each resource, and the project's own, on equal labs."""
    bench = ROOT / "tests" / "bench"
    playbooks = {
        "the article as single tasks": str(bench / "article.yml"),
        "a session for each resource": str(bench / "resources.yml"),
        "hybrid.exchange, enable_hma": "enable_hma",
    }
    for label, playbook in playbooks.items():
        for way in WAYS:
            name = f"{way}-{Path(playbook).stem}"
            with _lab(folder / name, way, fleet(servers, servers // 3, NOTHING)) as lab:
                done = run(lab, lab.folder.parent, playbook)
            if done.code:
                raise SystemExit(f"{label} over {way} failed:\n{done.output[-3000:]}")
            yield {
                "model": label,
                "servers": servers,
                "changed": servers // 3,
                "way": way,
                "counted": asdict(done.cost),
                "requests": done.requests,
                "waited": round(done.cost.seconds(LATENCY), 1),
                "shows": sorted(seen(done)),
            }


def seen(done: Measured) -> set[int]:
    """The faults that show in what a run read, whether or not anybody looks."""
    cmdlets = [item for item in done.journal if item["kind"] == "cmdlet"]
    # Whose name a connection has is asked by that name, and shows nothing else.
    asked = {str(item["name"]) for item in cmdlets if (item["name"], "Identity" in item["parameters"]) != _WHO}
    asked |= {"graph" for item in done.journal if item["kind"] == "graph"}
    return {fault.number for fault in faults.FAULTS if asked & set(fault.cmdlets)}


def found(folder: Path) -> list[int]:
    """The faults that the project's audit reports by itself."""
    with running(faults.SCENARIO, folder / "lab") as lab:
        done = run(lab, folder, "audit_hma", hma_audit_read="full")
    reports = sorted(folder.glob("hma_reports/*/report.json"))
    if not reports:
        raise SystemExit(f"The audit of the faults wrote no report:\n{done.output[-3000:]}")
    findings = json.loads(reports[-1].read_text("utf-8"))["findings"]
    said = {item["id"] for item in findings if item["status"] != "pass"}
    return [fault.number for fault in faults.FAULTS if said & set(fault.checks)]


def machine() -> str:
    """What a number of seconds was measured on."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
         if line.startswith("model name")), platform.machine(),
    )  # fmt: skip
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {model}, Python {platform.python_version()}, ansible-core {version('ansible-core')}, "
        f"load {load:.1f}"
    )


def kept() -> dict[str, Any]:
    """What was measured before."""
    if not RESULTS.exists():
        return {"rows": [], "models": [], "found": []}
    known: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return known


def merged(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[Any]:
    """The newer row of each. A row that only counts does not take away the seconds of the one before it."""
    rows = {tuple(row[key] for key in keys): dict(row) for row in before}
    for row in now:
        key = tuple(row[name] for name in keys)
        old = rows.get(key, {})
        # A row of what is not timed has no seconds at all.
        only_counts = "seconds" in row and row["seconds"] is None and old.get("seconds")
        rows[key] = {**row, **({name: old[name] for name in ("seconds", "machine")} if only_counts else {})}
    return [rows[key] for key in sorted(rows, key=str)]


def keep(results: Mapping[str, Any]) -> None:
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
