# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fix that the catalogue prints is typed: PowerShell by its own parser, playbooks by that of ansible-playbook.

What no machine can type is named here as prose, check by check.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.playbook import PlaybookCLI
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe import findings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.verdict import VERDICTS

from tests.lab.engine import find
from tests.unit.test_typed_commands import judged, row
from tests.unit.typed import yaml

ROOT = Path(__file__).parents[2]
# Work in other places (the Hybrid Configuration Wizard, a client's URL, a directory, people), and settings whose value
# only a person knows: there is nothing to type that would be right as it stands.
PROSE = frozenset(
    {
        "HMA-AUTH-001", "HMA-AUTH-002", "HMA-AUTH-003", "HMA-AUTH-004", "HMA-AUTH-005", "HMA-AUTH-006", "HMA-AUTH-007",
        "HMA-CERT-001", "HMA-CERT-002", "HMA-CERT-003", "HMA-COV-001", "HMA-FLAG-001", "HMA-HYB-001", "HMA-HYB-002",
        "HMA-HYB-003", "HMA-ID-002", "HMA-ID-005", "HMA-LIFE-001", "HMA-LIFE-002", "HMA-MNT-001", "HMA-NAME-001",
        "HMA-NAME-002", "HMA-NAME-004", "HMA-NAME-005", "HMA-COV-005",
        "HMA-ORG-001", "HMA-ORG-002", "HMA-PROXY-001", "HMA-PROXY-002", "HMA-READ-003",
        "HMA-SPN-004", "HMA-ADM-001", "HMA-OWA-002",
        "HMA-SSL-001", "HMA-TEN-001", "HMA-TEN-002", "HMA-TEN-004", "HMA-TEN-006", "HMA-VDIR-001",
        "HMA-VDIR-003",
        *("HMA-APP-001", "HMA-APP-002", "HMA-AUTH-010", "HMA-CERT-004", "HMA-EAS-001", "HMA-EAS-002", "HMA-ID-006"),
        *("HMA-LIFE-003", "HMA-NET-001"),
    }
)  # fmt: skip


@cache
def printed() -> tuple[Finding, ...]:
    """Every finding that asks for something, in each fault of the catalogue's tests, and those of the probe."""
    rows = [row(verdict, "ex1", verdict) for verdict in VERDICTS]
    every = [*judged(""), *findings.findings(rows, "ready", ["inventory"])]
    return tuple(item for item in every if item.status in ("fail", "warn", "not_checked"))


def lines(language: str) -> list[str]:
    return sorted({command.text for item in printed() for command in item.commands if command.language == language})


def test_what_is_no_command_is_named_as_prose() -> None:
    assert {item.id for item in printed() if not item.commands} - PROSE <= probe_ids()
    assert not PROSE - set(CHECKS)


def probe_ids() -> set[str]:
    """Clients are answered by devices that have no command line of ours."""
    return {key for key in CHECKS if key.startswith("HMA-PRB-")}


def test_no_fix_sends_people_back_to_the_message() -> None:
    assert [item for item in printed() if "See the message" in item.fix or not item.fix.strip()] == []
    sources = [path for path in (ROOT / "plugins").rglob("*.py") if "See the message" in path.read_text("utf-8")]
    assert sources == []


def test_every_playbook_is_taken_by_the_parser_of_ansible_playbook() -> None:
    """With its inventory, and of a name that is there."""
    assert len(lines("shell")) >= 3
    for line in lines("shell"):
        words = shlex.split(line)
        if words[0] == "ansible":
            continue
        assert words[0] == "ansible-playbook"
        cli = PlaybookCLI(words)
        cli.init_parser()
        given = cli.parser.parse_args(words[1:])
        assert given.inventory == ["inventory"], line
        [name] = given.args
        assert (ROOT / "playbooks" / f"{name.removeprefix('hybrid.exchange.')}.yml").is_file(), line


def test_every_module_is_taken_by_the_parser_of_ansible_and_only_shows_what_it_would_do() -> None:
    typed = [words for line in lines("shell") if (words := shlex.split(line))[0] == "ansible"]
    assert typed
    for words in typed:
        cli = AdHocCLI(words)
        cli.init_parser()
        given = cli.parser.parse_args(words[1:])
        assert (given.inventory, given.check, given.diff) == (["inventory"], True, True), words
        module = given.module_name.removeprefix("hybrid.exchange.")
        assert set(json.loads(given.module_args)) <= set(SPECS[module]["argument_spec"])


@pytest.mark.matrix
def test_every_playbook_passes_its_syntax_check(tmp_path: Path) -> None:
    limits = [shlex.split(line)[3] for line in lines("shell") if "--limit" in line]
    (tmp_path / "inventory").write_text("\n".join(["[exchange_servers]", *limits, ""]), encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    for words in {tuple(shlex.split(line)) for line in lines("shell") if line.startswith("ansible-playbook ")}:
        command = [program, *words[1:], "--syntax-check"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"


def test_every_setting_is_one_line_of_yaml(tmp_path: Path) -> None:
    assert lines("yaml")
    for line in lines("yaml"):
        assert list(yaml(line, tmp_path)) == [line.partition(":")[0]]


@pytest.mark.engine
def test_every_cmdlet_is_parsed_by_powershell(tmp_path: Path) -> None:
    engine = find()
    if engine is None:
        pytest.skip("there is no PowerShell engine: set HMA_PWSH or put pwsh on the path")
    assert len(lines("powershell")) >= 5
    (tmp_path / "lines.json").write_text(json.dumps(lines("powershell")), encoding="utf-8")
    script = (
        "$bad = @(); foreach ($line in (Get-Content -Raw lines.json | ConvertFrom-Json)) { $errors = $null; "
        "$null = [System.Management.Automation.Language.Parser]::ParseInput($line, [ref]$null, [ref]$errors); "
        "if ($errors.Count) { $bad += $line } }; ConvertTo-Json -InputObject $bad"
    )
    command = [str(engine), "-NoProfile", "-NonInteractive", "-Command", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert json.loads(done.stdout) == [], done.stderr
