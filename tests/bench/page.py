# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/benchmark.md, made from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.bench import costs, faults, simulate
from tests.bench.fleet import LATENCY

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmark.md"
_ORDER: Final = ("check", "enable", "again", "audit", "verify", "disable", "prepare_vdirs, all right")
WAYS: Final = {"winrm": "ntlm", "psrp-exchange": costs.EXCHANGE}
EMPTY: Final = "nothing (a task that does nothing)"
_SIZES: Final = (4, 10, 100, 300)
_HEAD: Final = """<!--
Copyright (c) 2026 hybrid.exchange contributors
SPDX-License-Identifier: GPL-3.0-or-later
-->
# What a fleet costs

Made by `make bench` from `tests/bench/results.json`; edit neither. Counts (shells, cmdlets, requests) are the same on
every machine, and `tests/integration/test_budgets.py` holds them. Seconds are of the machine that is named. Everything
runs on the [lab](lab.md), which stands for Exchange: {latency}.
These times are a guess at real servers, not a measurement of any.

`make bench BENCH="--servers 100 300 --seconds"` measures two sizes with the clock, and begins no further row after 20
minutes (`--minutes`). `--commands check enable`, `--ways winrm`, `--throttle 10` (so many servers write at once) and
`--names 5000` (so many names in each tenant) narrow it and widen it; rows that were measured before stay. `make bench
BENCH="--models"` compares the models, `BENCH="--tasks --servers 20 100"` the controller's share of a task,
`BENCH="--slices --servers 48"` slices of `prepare_vdirs`.
"""


def page(results: Mapping[str, Any]) -> str:
    return "\n".join(
        (
            *(_head(), *_commands(results["rows"]), *_models(results), *_tasks(results)),
            *(*_controllers(results["rows"]), *_slices(results.get("slices", []))),
        )
    )


def _head() -> str:
    return _HEAD.format(latency=", ".join(f"{name} {value:g} s" for name, value in LATENCY.items()))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:], ""]


def _commands(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    head = (
        "servers", "to change", "command", "way", "shells", "cmdlets", "requests", "waited in all", "bound", "seconds",
        "seconds / bound", "lines", "CPU s", "lab's CPU s", "MB", "page kB",
    )  # fmt: skip
    ordered = sorted(rows, key=lambda row: (row["servers"], _ORDER.index(row["command"]), row["way"]))
    return [
        "## Commands",
        "",
        "*Waited in all* adds up what every server waits for; *bound* is the longest chain of waits that the order of",
        "the steps forces with 50 forks and a controller that takes no time. A third of the servers has one directory",
        "to change, except in the last row of each size. *MB* is the largest process of Ansible; each fork is one more",
        "of them, which shares most of its pages with it. *Lines* are those of the default callback, which prints one",
        "for each server and task, and one for each server in its recap. *Lab's CPU s* is what stands for Exchange and",
        "Entra: one process on the same processors, which real servers would not share with the controller.",
        "",
        *table(head, (_command(row) for row in ordered)),
        *(f"Seconds on {name}." for name in _machines(rows)),
        "",
    ]


def _machines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each machine once, with the load that it had before a row, from the least to the most."""
    loads: dict[str, list[float]] = {}
    for row in rows:
        if row["seconds"]:
            name, _word, load = str(row["machine"]).partition(", load ")
            loads.setdefault(name, []).extend([float(load)] if load else [])
    return [f"{name}, load {min(found)} to {max(found)}" if found else name for name, found in sorted(loads.items())]


def _command(row: Mapping[str, Any]) -> tuple[object, ...]:
    seconds, counted = row["seconds"], row["counted"]
    ratio = f"{seconds / row['bound']:.2f}" if seconds and row["bound"] else ""
    at_once = row.get("throttle", 1)
    changed = f"{row['changed']}, {at_once or 'all'} at once" if at_once != 1 and row["changed"] else row["changed"]
    return (
        row["servers"], changed, row["command"], row["way"], counted["shells"], counted["cmdlets"],
        row["requests"], row["waited"], row["bound"], seconds or "", ratio, row["lines"], row["cpu"],
        row.get("lab", ""), row["memory"], row["page"] or "",
    )  # fmt: skip


def _models(results: Mapping[str, Any]) -> list[str]:
    rows = results["models"]
    if not rows:
        return []
    ours = {row["way"]: row["counted"]["shells"] for row in rows if row["model"].startswith("hybrid")}
    head = ("model", "way", "servers", "shells", "x ours", "cmdlets", "requests", "waited in all", "faults that show")
    return [
        "## Models",
        "",
        "The same fleet, a third to change. A single task opens a shell of its own, whichever way it goes; a resource",
        "of ExchangeDsc has one session (its test alone is counted). What shows in the answers somebody still has to",
        "look for.",
        f"The audit of hybrid.exchange reports {len(results['found'])} of these {len(faults.FAULTS)} by itself.",
        "",
        *table(head, (_model(row, ours) for row in rows)),
        *_shells(),
        *_faults(results),
    ]


def _shells() -> list[str]:
    """Every shell of enable_hma with its reason, and how many more single tasks take, for fleets that were not run
    too."""
    known = {way: costs.steps("enable_hma", costs.Fleet(10, 3, way=given, off=True)) for way, given in WAYS.items()}
    steps = dict.fromkeys(step.name for of in known.values() for step in of if step.total.shells)
    shells = {(way, step.name): step.total.shells for way, of in known.items() for step in of}
    rows = [(name, *(shells.get((way, name), 0) for way in known), costs.WHY[name]) for name in steps]
    return [
        "### Each shell of enable_hma, and why it is there",
        "",
        "10 servers, 3 to change, counted as the steps say (the tests hold them).",
        "",
        *table(("step", *known, "why"), rows),
        "Every server is read twice, in step 3 and by the gate, which never rests on what was read before the writes;",
        "a server that is changed takes one shell more. Single tasks read each of its five directories twice. So they",
        "take at most five times as many shells, however many servers there are, and the third that is changed and",
        "the shells of the organization take from that:",
        "",
        *table(("servers", "to change", "single tasks", *(f"x ours, {way}" for way in known)), map(_times, _SIZES)),
    ]


def _times(servers: int) -> tuple[object, ...]:
    changed, single = servers // 3, costs.single_tasks(servers, servers // 3)
    ours = [
        costs.total(costs.steps("enable_hma", costs.Fleet(servers, changed, way=way, off=True))).shells
        for way in WAYS.values()
    ]
    return (servers, changed, single, *(f"{single / shells:.1f}" for shells in ours))


def _model(row: Mapping[str, Any], ours: Mapping[str, int]) -> tuple[object, ...]:
    counted = row["counted"]
    return (
        row["model"], row["way"], row["servers"], counted["shells"],
        f"{counted['shells'] / ours[row['way']]:.1f}" if ours.get(row["way"]) else "", counted["cmdlets"],
        row["requests"], row["waited"], len(row["shows"]),
    )  # fmt: skip


def _faults(results: Mapping[str, Any]) -> list[str]:
    shows = {row["model"]: set(row["shows"]) for row in results["models"]}
    names = [name for name in shows if not name.startswith("hybrid")]
    rows = (
        (
            fault.number, fault.text, *("shows" if fault.number in shows[name] else "" for name in names),
            f"{', '.join(fault.checks)}" if fault.number in results["found"] else "",
        )
        for fault in faults.FAULTS
    )  # fmt: skip
    return table(("no.", "fault", *names, "reported by the audit as"), rows)


def _tasks(results: Mapping[str, Any]) -> list[str]:
    """What a task of one server costs the controller, beside one that does nothing."""
    rows = sorted(results.get("tasks", ()), key=lambda row: (row["way"], row["servers"]))
    empty = {(row["way"], row["servers"]): row["milliseconds"] for row in rows if row["task"] == EMPTY}
    if not rows:
        return []
    return [
        "## What a task costs the controller",
        "",
        "Milliseconds of a processor for one task on one server, Ansible and its workers together, less a play without",
        "tasks. A task that does nothing opens no connection. What any task takes that opens one (sign-in, TLS, XML)",
        "shows in the row with one cmdlet.",
        "",
        *table(
            ("way", "servers", "task", "ms", "x nothing"),
            (
                (
                    row["way"], row["servers"], row["task"], row["milliseconds"],
                    f"{row['milliseconds'] / empty[row['way'], row['servers']]:.1f}",
                )
                for row in rows
            ),
        ),
    ]  # fmt: skip


def _controllers(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    task, rest = simulate.measured(rows)
    if not task:
        return []
    sizes = ((300, 1), (1000, 1), (3000, 1), (3000, 4), (3000, 10))
    head = ("servers", "slices", "prepare_vdirs, all right", "prepare_vdirs, a third, one at a time", "audit", "enable")
    controller = simulate.Controller(task=task, rest=rest)
    return [
        "## One controller, and several",
        "",
        f"Simulated (`tests/bench/simulate.py`) from what one task on one server costs a controller, {task:.3f} s of a",
        f"processor, and {rest:.1f} s that a run costs whatever the number of servers; {controller.cores} cores,",
        f"{controller.forks} forks. `enable_hma` and the audit are one process: the switch is the organization's.",
        "",
        *table(head, (_size(servers, slices, controller) for servers, slices in sizes)),
    ]


def _slices(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    head = ("servers", "to change", "slices", "seconds", "shells", "writes")
    keys = ("servers", "changed", "slices", "seconds", "shells", "sets")
    return [
        "Measured: `prepare_vdirs` as AWX slices it, each slice a process of ansible-runner, all of them on one",
        "machine and against one lab. One server at a time is written to in each slice.",
        "",
        *table(head, ([row[key] for key in keys] for row in rows)),
    ]


def _size(servers: int, slices: int, controller: simulate.Controller) -> tuple[object, ...]:
    def minutes(playbook: str, changed: int) -> str:
        fleet = costs.Fleet(servers, changed, off=bool(changed))
        return f"{simulate.sliced(playbook, fleet, slices, controller, LATENCY) / 60:.1f} min"

    whole = slices == 1
    return (
        servers, slices, minutes("prepare_vdirs", 0), minutes("prepare_vdirs", servers // 3),
        minutes("audit_hma", 0) if whole else "", minutes("enable_hma", 0) if whole else "",
    )  # fmt: skip
