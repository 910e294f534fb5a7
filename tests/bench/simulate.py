# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a step takes on one controller, or several: a small simulation from measured costs.

The controller hands out one task after another, each of which costs it processor time; a worker then waits for
Exchange. Writes wait for their turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.bench.costs import EVERY, TURNS, Fleet, Step, steps

# Tasks that enable_hma has for each server: who it is, step 3, the gate.
TASKS: Final = 3


@dataclass(frozen=True)
class Controller:
    """``task`` seconds of a processor for one task on one host, ``cores``, ``forks``, the turns to write
    (0: whoever has a worker), and ``rest``: seconds of the playbook that do not depend on the number of servers."""

    task: float
    rest: float
    cores: int = 2
    forks: int = 50
    throttle: int = 1


def measured(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """What a task on a server costs a controller, and what a run costs besides: from the processor time of the same
    command on the smallest and on the largest fleet that was measured. Zeros where there are no two sizes."""
    enabled = sorted(
        (row for row in rows if (row["command"], row["way"]) == ("again", "winrm")), key=lambda row: int(row["servers"])
    )
    if len(enabled) < 2 or enabled[0]["servers"] == enabled[-1]["servers"]:
        return 0.0, 0.0
    small, large = enabled[0], enabled[-1]
    each = (large["cpu"] - small["cpu"]) / (large["servers"] - small["servers"]) / TASKS
    return each, max(0.0, small["cpu"] - each * TASKS * small["servers"])


def playbook(name: str, fleet: Fleet, controller: Controller, latency: Mapping[str, float]) -> float:
    """Seconds of a playbook on one controller."""
    of = steps(name, fleet)
    return controller.rest + sum(_step(of, number, controller, latency) for number in range(len(of)))


def sliced(name: str, fleet: Fleet, slices: int, controller: Controller, latency: Mapping[str, float]) -> float:
    """The same fleet in equal slices, each a process on a node of its own."""
    share = replace(fleet, servers=-(-fleet.servers // slices), changed=-(-fleet.changed // slices))
    return playbook(name, share, controller, latency)


def _step(of: Sequence[Step], number: int, controller: Controller, latency: Mapping[str, float]) -> float:
    step = of[number]
    if step.who == TURNS:
        # Counted with the reads before it.
        return 0.0
    behind = of[number + 1] if number + 1 < len(of) and of[number + 1].who == TURNS else None
    if step.who != EVERY:
        return step.cost.seconds(latency) + controller.task * step.hosts / controller.cores
    return _servers(step, behind, controller, latency)


def _servers(step: Step, writes: Step | None, controller: Controller, latency: Mapping[str, float]) -> float:
    """One task on every server: when the last worker is back."""
    workers, turns = [0.0] * controller.forks, [0.0] * (controller.throttle or controller.forks)
    handed_out, end = 0.0, 0.0
    wrong = {int(number * step.hosts / writes.hosts) for number in range(writes.hosts)} if writes else set[int]()
    for server in range(step.hosts):
        handed_out = max(handed_out + controller.task / controller.cores, heapq.heappop(workers))
        done = handed_out + step.cost.seconds(latency)
        if writes and server in wrong:
            done = max(done, heapq.heappop(turns)) + writes.cost.seconds(latency)
            heapq.heappush(turns, done)
        heapq.heappush(workers, done)
        end = max(end, done)
    return end
