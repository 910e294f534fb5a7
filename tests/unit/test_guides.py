# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What documents tell a reader to type exists: playbooks, options, variables, cmdlets."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.doc import DocCLI
from ansible.cli.inventory import InventoryCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.plugins.connection import psrp, winrm

from tests.tools import variables
from tests.unit.guides import DOCUMENTS, GUIDES, ROOT, blocks, commands
from tests.unit.plugins.plugin_utils.exchange.engine import PWSH, needs_engine

PROGRAMS = {
    "ansible": AdHocCLI,
    "ansible-doc": DocCLI,
    "ansible-inventory": InventoryCLI,
    "ansible-playbook": PlaybookCLI,
}
COMMANDS = sorted({(str(path.relative_to(ROOT)), command) for path in DOCUMENTS for command in commands(path)})
VARIABLES = {item["name"] for section in variables.specification() for item in section["variables"]}
ROLE_VARIABLES = {
    name for path in (ROOT / "roles").glob("*/defaults/main.yml") for name in yaml.safe_load(path.read_text("utf-8"))
}
CMDLETS: dict[str, Any] = json.loads((ROOT / "tests" / "lab" / "data" / "cmdlets.json").read_text("utf-8"))
POWERSHELL = [
    (name, number, block) for name, path in GUIDES.items() for number, block in enumerate(blocks(path, "powershell"))
]
YAML = [(name, number, block) for name, path in GUIDES.items() for number, block in enumerate(blocks(path, "yaml"))]


@pytest.mark.parametrize(("document", "command"), COMMANDS)
def test_a_command_is_one(document: str, command: str) -> None:
    """Its options are Ansible's, its playbook or module is there, and what -e sets is public."""
    program, *words = shlex.split(re.sub(r"<[^>]+>", "X", command))
    cli = PROGRAMS[program]([program, *words])
    cli.init_parser()
    if words == ["--version"]:
        return
    options = cli.parser.parse_args(words)
    names = [word.removeprefix("hybrid.exchange.") for word in words if re.fullmatch(r"hybrid\.exchange\.\w+", word)]
    for name in names:
        folder = "playbooks" if program == "ansible-playbook" else "plugins/modules"
        assert list((ROOT / folder).glob(f"{name}.*")) or (
            program == "ansible-doc" and (ROOT / "roles" / name).is_dir()
        ), name
    for extra in getattr(options, "extra_vars", []):
        given = (
            set(json.loads(extra))
            if extra.startswith("{")
            else {part.partition("=")[0] for part in shlex.split(extra) if "=" in part}
        )
        assert given <= VARIABLES | ROLE_VARIABLES


@pytest.mark.parametrize(("guide", "number", "block"), YAML, ids=lambda value: str(value)[:20])
def test_an_inventory_sets_what_is_read(guide: str, number: int, block: str) -> None:
    """Our variables are in the table of public variables, and those of a connection in the documentation of its
    plugin."""
    known = VARIABLES | {variable["name"] for plugin in (psrp, winrm) for variable in documented(plugin.DOCUMENTATION)}
    names = {key for key in keys(yaml.safe_load(block)) if re.match(r"(hma|exchange|ansible)_(?!servers$)", key)}
    # winrm hands every ansible_winrm_* it does not know to pywinrm.
    extras = {"ansible_winrm_ca_trust_path", "ansible_winrm_server_cert_validation"}
    assert names - known - extras - {"ansible_connection", "ansible_host", "ansible_port"} == set()


def documented(documentation: str) -> Iterator[dict[str, Any]]:
    for option in yaml.safe_load(documentation)["options"].values():
        yield from option.get("vars", [])


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)


@pytest.mark.parametrize(("guide", "number", "block"), POWERSHELL, ids=lambda value: str(value)[:20])
def test_cmdlets_and_their_parameters_are_exchanges(guide: str, number: int, block: str) -> None:
    """As far as the lab's table of Microsoft's reference knows them; typed in full, never abbreviated."""
    for line in block.splitlines():
        for name, rest in re.findall(
            r"(?<!['\w-])((?:Get|Set|New|Remove)-\w+)((?:\s+-\w+(?:\s+(?!-)[^\s|)]+)*)*)", line
        ):
            if name in CMDLETS:
                known = {*CMDLETS[name]["parameters"], "Confirm", "ErrorAction"}
                assert set(re.findall(r"\s-([A-Za-z]\w+)", rest)) <= known, name


@needs_engine
@pytest.mark.parametrize(("guide", "number", "block"), POWERSHELL, ids=lambda value: str(value)[:20])
def test_the_powershell_parses(guide: str, number: int, block: str, tmp_path: Path) -> None:
    script = tmp_path / "block.ps1"
    script.write_text(block, encoding="utf-8")
    done = subprocess.run(
        [str(PWSH), "-CheckSyntax", str(script), "-Windows", "5.1"],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_something_to_check() -> None:
    assert len(COMMANDS) > 20
    assert len(YAML) > 5
    assert len(POWERSHELL) >= 3
