# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of the lab: python -m tests.lab start --scenario default --dir DIR; python -m tests.lab wild SEED;
python -m tests.lab import recording.json; python -m tests.lab from-clixml FOLDER."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import yaml

from . import client, exported, importing, inventory, server, wild

ACTIONS = ["start", "serve", "state", "journal", "reset", "fault", "stop"]
ENGINES = ["none", "script", "psrp", "both"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("action", choices=[*ACTIONS, "wild", "import", "from-clixml"])
    parser.add_argument(
        "what", nargs="?",
        help="of wild the seed, of import the recording; both print a scenario file, import what it contradicts, too; "
        "of from-clixml the folder with files of Export-Clixml, whose recording it prints",
    )  # fmt: skip
    parser.add_argument("--source", default="files of somebody", help="of from-clixml: whose files these are")
    parser.add_argument("--dir", type=Path, help="folder for inventory, CA and credentials")
    parser.add_argument("--scenario", default="default", help="name in tests/lab/scenarios, or a path")
    parser.add_argument(
        "--connection", choices=sorted(inventory.CONNECTIONS), default=os.environ.get("HMA_LAB_CONNECTION"),
        help="how servers are reached that the scenario does not say it of (default: HMA_LAB_CONNECTION, else winrm)",
    )  # fmt: skip
    parser.add_argument("--fault", type=json.loads, default={}, help="JSON of one fault, for the action fault")
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=os.environ.get("HMA_LAB_ENGINE", "none"),
        help="what the real PowerShell engine runs",
    )
    parser.add_argument("--with-starter", action="store_true", help="serve only as long as stdin is open")
    options = parser.parse_args()
    if options.action == "wild":
        print(yaml.safe_dump(wild.of_seed(int(options.what or 0)), sort_keys=False, allow_unicode=True), end="")
        return
    if options.action == "import":
        print(importing.text_of(Path(options.what or parser.error("import takes the path of a recording"))), end="")
        return
    if options.action == "from-clixml":
        print(
            exported.text_of(Path(options.what or parser.error("from-clixml takes a folder")), options.source), end=""
        )
        return
    if options.dir is None:
        parser.error("--dir is needed: the folder for inventory, CA and credentials")
    folder = options.dir.resolve()
    if options.action == "serve":
        server.serve(options.scenario, folder, options.connection, options.engine, with_starter=options.with_starter)
    elif options.action == "start":
        try:
            lab = client.start(options.scenario, folder, options.connection, options.engine, stays=True)
        except client.NotStarted as exc:
            raise SystemExit(str(exc)) from None
        print(f"The lab runs. Inventory: {lab.inventory}")
    else:
        lab = client.LabClient(folder)
        if options.action == "fault":
            lab.fault(**options.fault)
        elif options.action in ("state", "journal"):
            print(json.dumps(getattr(lab, options.action)(), indent=1))
        else:
            getattr(lab, options.action)()


main()
