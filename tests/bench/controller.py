# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one task on one server costs the controller: processor time, beside a task that does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.bench.fleet import NOTHING, fleet, written
from tests.bench.page import EMPTY, WAYS
from tests.bench.run import run
from tests.lab.client import LabClient, running

_ONE_CMDLET: Final = {"cmdlets": [{"name": "Get-OrganizationConfig", "returns": ["OAuth2ClientProfileEnabled"]}]}
TASKS: Final[Mapping[str, Mapping[str, Any]]] = {
    EMPTY: {"empty_task": {}},
    "one cmdlet in a shell": {"exchange_cmdlet": _ONE_CMDLET},
    "hma_info, who it is": {"hybrid.exchange.hma_info": {"scope": "host"}},
    "hma_info, what the gate reads": {"hybrid.exchange.hma_info": {"scope": "server", "read": "full"}},
}
# So that what a run costs besides falls on several tasks.
_TIMES: Final = 3


def rows(servers: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Processor time of Ansible and its workers, less that of a play without a task."""
    for way, connection in WAYS.items():
        place = folder / way
        with running(written(place, fleet(servers, 0, NOTHING)), place / "lab", connection) as lab:
            none = _seconds(lab, place / "none.yml", [])
            for number, (label, task) in enumerate(TASKS.items()):
                spent = _seconds(lab, place / f"task{number}.yml", [{"name": label, **task}] * _TIMES) - none
                each = round(1000 * spent / servers / _TIMES, 1)
                yield {"task": label, "way": way, "servers": servers, "milliseconds": each}


def _seconds(lab: LabClient, path: Path, tasks: Sequence[Mapping[str, Any]]) -> float:
    play = {"hosts": "exchange_servers", "gather_facts": False, "tasks": [dict(task) for task in tasks]}
    path.write_text(yaml.safe_dump([play]), encoding="utf-8")
    done = run(lab, path.parent, str(path), forks=10)
    if done.code:
        raise SystemExit(f"{path.stem} failed:\n{done.output[-3000:]}")
    return done.cpu
