# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench``: measure, keep what was measured, print it, and write docs/benchmark.md.

--servers N ...: sizes (10). --seconds: with the lab's latency, by the clock. --models: the models too. --forks N (50).
--commands, --ways: only these. --throttle N: how many servers write at once in step 3 (1). --names N: so many service
principal names in each tenant. --minutes N (20): after that no further row is begun, and what is left is named: run it
again with --commands. --tasks: what a task costs the controller, and nothing else. --slices: prepare_vdirs in slices,
and nothing else. --page: only write the page anew.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.bench import collect, controller, page, slices


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--servers", type=int, nargs="*", default=[10])
    parser.add_argument("--seconds", action="store_true")
    parser.add_argument("--models", action="store_true")
    parser.add_argument("--forks", type=int, default=50)
    parser.add_argument("--commands", nargs="*", default=[], choices=[item.option for item in collect.COMMANDS])
    parser.add_argument("--ways", nargs="*", default=list(page.WAYS), choices=list(page.WAYS))
    parser.add_argument("--throttle", type=int, default=1)
    parser.add_argument("--names", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--tasks", action="store_true")
    parser.add_argument("--slices", action="store_true")
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    results = collect.kept()
    if not given.page:
        with tempfile.TemporaryDirectory(prefix="hma-bench-") as folder:
            _measure(given, results, Path(folder))
    page.PAGE.write_text(page.page(results), encoding="utf-8")
    print(page.page(results))


def _measure(given: argparse.Namespace, results: dict[str, object], folder: Path) -> None:
    if given.tasks:
        for servers in given.servers:
            for row in controller.rows(servers, folder / f"tasks-{servers}"):
                print(f"{row['servers']} {row['way']} {row['task']}: {row['milliseconds']} ms", flush=True)
                keys = ("way", "servers", "task")
                results["tasks"] = collect.merged(results.get("tasks", []), [row], keys)  # type: ignore[arg-type]
        collect.keep(results)
        return
    if given.slices:
        results["slices"] = [row for servers in given.servers for row in slices.rows(servers, folder / str(servers))]
        collect.keep(results)
        return
    size = collect.Size(
        forks=given.forks,
        throttle=given.throttle,
        names=given.names,
        seconds=given.seconds,
        ways=tuple(given.ways),
        commands=tuple(given.commands) or tuple(item.option for item in collect.COMMANDS),
        until=time.monotonic() + given.minutes * 60,
    )
    for servers in given.servers:
        for row in collect.sizes(servers, size, folder / str(servers)):
            print(
                f"{row['servers']} {row['way']} {row['command']}: {row['counted']} {row['seconds'] or ''}", flush=True
            )
            results["rows"] = collect.merged(results["rows"], [row], ("servers", "command", "way"))  # type: ignore[arg-type]
            # Row by row: what is stopped half way keeps what it measured.
            collect.keep(results)
    if given.models:
        results["models"] = list(collect.models(max(given.servers, default=10), folder / "models"))
        results["found"] = collect.found(folder / "faults")
        collect.keep(results)


if __name__ == "__main__":
    main()
