# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is given to people to type says exactly what it is about, whatever a name in the organization holds."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import (
    OFF,
    Columns,
    PowerShell,
    Setting,
    Variable,
    advice,
    look,
    playbook,
    written,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.printable import printable
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.quoting import quoted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.plugins.plugin_utils.exchange.engine import PWSH, needs_engine
from tests.unit.typed import Typed, bash, powershell, yaml

HOSTILE = (
    "x'; Remove-Mailbox -Identity * -Confirm:$false; '", "O'Brien", "\u2018; Remove-X; \u2019", "\u201a\u201b'",
    "a\nRemove-X", "a\r\n\x1b[2Kb", "\x1b",
    "`$(Remove-X)", "$env:TEMP", '"; Remove-X; "', "a | Remove-X", "-Force", "--% x", "@{a=1}", "(Get-X)", "\u202eabc",
    "\u200b", "\u0085\u2028", "\t",
    "\ud800x", "\U000e0041", "\U0001f469\u200d\U0001f680", "", " ", "\u00a0", "\ufeff", "Ünïcödé", "#", "& calc",
    "{{ lookup('pipe', 'touch RAN') }}",
    "{% set x = 1 %}", "{# x #}", "#jinja2: variable_start_string: '<<'\n<< lookup('pipe', 'touch RAN') >>",
    "!!python/object:os.system", "*", "&a", "yes",
    "null", "12", "1e3", "~", "a: b", "a #b", "\\x41\\", "%TEMP%", "\0",
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=[])),
    st.text("'\u2018\u2019\u201a\u201b\\\"${}; \n", max_size=12),
)
NO_SURROGATE = st.one_of(st.sampled_from([text for text in HOSTILE if "\ud800" not in text]), st.text())


@given(TEXT)
def test_a_name_is_one_argument_of_powershell(text: str) -> None:
    command = PowerShell(
        "Set-X",
        {"A": text, "L": [text, "b"], "N": 3, "B": True, "O": OFF, "Confirm": False},
        (text,),
        look("Get-X", "Format-List", "N*"),
    )
    parameters = {"A": text, "L": [text, "b"], "N": 3, "B": True, "O": False, "Confirm": False}
    assert powershell(command.text) == [
        Typed("Set-X", [text], parameters),
        Typed("Get-X"),
        Typed("Format-List", ["N*"]),
    ]
    # What is printed, stored in a file and shown on a page is what was meant.
    assert printable(command.text) == command.text


@given(TEXT)
def test_the_commands_of_a_plan_are_quoted_by_the_same_function(text: str) -> None:
    cmdlet = Cmdlet("Set-AuthServer", {"Identity": text, "Server": THIS_SERVER, "DomainName": [text]})
    expected = {"Identity": text, "Server": "$env:COMPUTERNAME", "DomainName": [text], "Confirm": False}
    assert powershell(cmdlet.typed()) == [Typed("Set-AuthServer", [], expected)]
    assert powershell(cmdlet.typed(f"{text}."))[0].parameters["Server"] == f"{text}."


ARGUMENTS = """
$ErrorActionPreference = 'Stop'
function Set-X {
    foreach ($a in $args) {
        foreach ($b in @($a)) { [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes([string]$b)) }
    }
}
foreach ($line in $input) {
    $bytes = [Convert]::FromBase64String($line)
    $text = -join @(for ($i = 0; $i -lt $bytes.Length; $i += 2) { [char]($bytes[$i] + 256 * $bytes[$i + 1]) })
    $errors = $null
    $tokens = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$tokens, [ref]$errors)
    $commands = $tree.FindAll({ param($node) $node -is [System.Management.Automation.Language.CommandAst] }, $true)
    "$(@($errors).Count) $(@($commands).Count) $(@(& ([scriptblock]::Create($text))) -join ',')"
}
"""


@needs_engine
def test_the_real_parser_sees_one_command_with_the_name_as_one_argument() -> None:
    assert PWSH is not None
    texts = [*HOSTILE, *(a + b for a in "'\u2018\u2019\u201a\u201b" for b in "'\u2018\u2019\u201a\u201b;"), "x" * 5000]
    lines = [base64.b64encode(PowerShell("Set-X", {}, (text,)).text.encode("utf-16-le")).decode() for text in texts]
    script = base64.b64encode(ARGUMENTS.encode("utf-16-le")).decode()
    command = [PWSH, "-NoProfile", "-NonInteractive", "-EncodedCommand", script]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=120, check=False)
    answers = done.stdout.splitlines()
    assert len(answers) == len(texts), done.stderr
    for text, answer in zip(texts, answers, strict=True):
        errors, commands, got = answer.split(" ")
        assert (errors, commands) == ("0", "1"), text
        # Half a character has no bytes in UTF-16: .NET's encoder replaces it.
        assert base64.b64decode(got).decode("utf-16-le") == text.replace("\ud800", "\ufffd"), text


@given(NO_SURROGATE.filter(lambda text: "\0" not in text))
@settings(max_examples=40, deadline=None)
def test_a_host_is_one_word_of_the_shell(text: str) -> None:
    line = playbook("prepare_vdirs", [text], limit=text).text
    limit = [f"--limit={text}"] if text.startswith("-") else ["--limit", text]
    source = [f"-i{text}"] if text.startswith("-") else ["-i", text]
    assert bash(line) == ["ansible-playbook", "hybrid.exchange.prepare_vdirs", *limit, *source]
    # A shell that does not know $'...' still takes it for one word.
    assert len(shlex.split(line)) == len(bash(line))


def test_a_plain_host_looks_plain() -> None:
    found = playbook("prepare_vdirs", ["inventory.yml", "/a b/c"], limit="ex1.contoso.com", options=("--check",))
    assert (
        found.text
        == "ansible-playbook hybrid.exchange.prepare_vdirs --limit ex1.contoso.com --check -i inventory.yml -i '/a b/c'"
    )
    assert bash(playbook("x", limit="a\0b").text)[3] == "a\u2400b"


@given(text=NO_SURROGATE)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example(text="#jinja2: variable_start_string: '<<'\n<< lookup('pipe', 'touch RAN') >>")
@example(text="{{ lookup('pipe', 'touch RAN') }}")
def test_a_setting_is_read_back_as_it_is_and_runs_nothing(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [Setting("hma_one", text).text, Setting("hma_many", [text, 3, True]).text]
    assert yaml("\n".join(lines[:1]), tmp_path) == {"hma_one": text}
    assert yaml(lines[1], tmp_path) == {"hma_many": [text, 3, True]}
    assert not (tmp_path / "RAN").exists()


def test_the_danger_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same value with plain quotes is run: without this the story above would prove nothing."""
    monkeypatch.chdir(tmp_path)
    yaml("""hma_one: "{{ lookup('pipe', 'touch RAN') }}\"""", tmp_path)
    assert (tmp_path / "RAN").exists()


def test_half_a_character_is_replaced_in_yaml() -> None:
    assert Setting("hma_one", "a\ud800").text == 'hma_one: "a\\ufffd"'


@pytest.mark.parametrize(
    "make",
    [
        lambda: PowerShell("Get-X; Remove-X"),
        lambda: PowerShell("Get-X", {"A b": 1}),
        lambda: Setting("a: b", 1),
        lambda: playbook("x; reboot"),
        lambda: Columns(("a|b",)),
        lambda: Variable("(Remove-X)"),
    ],
)
def test_names_of_ours_are_names(make: Any) -> None:
    with pytest.raises(ValueError, match="is no name of a"):
        make()


def test_facts_and_advice() -> None:
    commands = (PowerShell("Get-X", {}, ("a'b",)), Setting("hma_x", 1))
    facts = [item.facts() for item in commands]
    assert facts == [{"language": "powershell", "text": "Get-X 'a''b'"}, {"language": "yaml", "text": "hma_x: 1"}]
    assert advice("Do it.", commands) == "Do it. Get-X 'a''b'; hma_x: 1"
    assert advice("", ()) == ""
    assert written(json.loads(json.dumps(facts))) == facts
    assert written([None, {"language": "html", "text": "x"}, {"language": "yaml"}, *facts]) == facts
    assert written("Get-X") == []
    assert quoted("") == "''"
