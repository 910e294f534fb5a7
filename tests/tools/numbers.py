# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task costs over each way into Exchange, as the tables of docs/transports.md: python -m tests.tools.numbers
[servers].

HTTP requests and shells are counted by the lab and do not depend on the machine; seconds do, and the lab's answers take
no time of their own, so they show the price of Ansible and of the wire, not Exchange's.
"""

from __future__ import annotations

import copy
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests.lab.client import LabClient, running
from tests.lab.scenario import FOLDER

WAYS = {
    "winrm, https, NTLM": "ntlm",
    "winrm, http, NTLM": "ntlm-http",
    "psrp, https, NTLM": "psrp",
    "psrp straight to Exchange": "exchange",
}
TASKS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("organization read", "ex1", "hma_info", {"scope": "organization"}),
    ("server, already right", "ex4", "hma_vdir_oauth", {}),
    ("server, two directories to change", "ex1", "hma_vdir_oauth", {}),
]


def main() -> None:
    servers = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        print(
            "| Task | Way | HTTP requests | Exchange shells | cmdlets | seconds | of them processor "
            "|\n|---|---|---|---|---|---|---|"
        )
        for way, connection in WAYS.items():
            with running("default", Path(folder) / connection, connection) as lab:
                for title, host, module, options in TASKS:
                    print(
                        f"| {title} | {way} | "
                        f"{_cost(lab, Path(folder), f'{host}.corp.contoso.test', module, options)} |",
                        flush=True,
                    )
        scenario = _many(Path(folder), servers)
        print(
            f"\n| {servers} servers, forks 20 | HTTP requests | shells | seconds | of processor | again, all "
            f"right | of processor |"
        )
        print("|---|---|---|---|---|---|---|")
        for way, connection in (("winrm, https, NTLM", "ntlm"), ("psrp straight to Exchange", "exchange")):
            with running(str(scenario), Path(folder) / f"many-{connection}", connection) as lab:
                first = _run(lab, Path(folder), "exchange_servers", "hma_vdir_oauth", {}, "--forks", "20")
                requests, shells = len(lab.journal("http")), len(lab.journal("shell"))
                again = _run(lab, Path(folder), "exchange_servers", "hma_vdir_oauth", {}, "--forks", "20")
                print(
                    f"| {way} | {requests} | {shells} | {first[0]:.0f} | {first[1]:.0f} | {again[0]:.0f} | "
                    f"{again[1]:.0f} |",
                    flush=True,
                )


def _cost(lab: LabClient, folder: Path, host: str, module: str, options: dict[str, Any]) -> str:
    lab.clear()
    seconds, cpu = _run(lab, folder, host, module, options)
    return (
        f"{len(lab.journal('http'))} | {len(lab.journal('shell'))} | {len(lab.journal('cmdlet'))} | "
        f"{seconds:.1f} | {cpu:.2f}"
    )


def _run(
    lab: LabClient, folder: Path, hosts: str, module: str, options: dict[str, Any], *arguments: str
) -> tuple[float, float]:
    """Seconds on the clock, and of processor time, of one playbook with one task; the start of Ansible is part of
    both."""
    playbook = folder / "task.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": [{f"hybrid.exchange.{module}": options}]}]),
        encoding="utf-8",
    )
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "HOME": str(folder)}
    command = [
        str(Path(sys.executable).with_name("ansible-playbook")),
        "-i",
        str(lab.inventory),
        str(playbook),
        *arguments,
    ]
    started, used = time.monotonic(), _cpu()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds, cpu = time.monotonic() - started, _cpu() - used
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)
    return seconds, cpu


def _cpu() -> float:
    """Processor time of what was run and has ended: the lab has not."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _many(folder: Path, servers: int) -> Path:
    """The default scenario with many servers, each with one directory to change."""
    found = yaml.safe_load((FOLDER / "default.yml").read_text("utf-8"))
    organization = found["organizations"][0]
    pattern = organization["servers"][1]
    organization["servers"] = [
        {**copy.deepcopy(pattern), "name": f"EX{number}", "inventory_name": f"ex{number}.corp.contoso.test"}
        for number in range(1, servers + 1)
    ]
    path = folder / "many.yml"
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
