# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that is given away is a file of its own, whatever stood at its place."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.quoting import quoted
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.handoff import write_script

from tests.lab.engine import find

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"


def script(folder: Path) -> Path:
    return write_script(str(folder), TENANT, "global", ["https://mail.contoso.test/"], present=True)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious", encoding="ascii")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"register-spns-{TENANT}.ps1").symlink_to(target)
    path = script(tmp_path / "out")
    assert target.read_text("ascii") == "precious"
    assert not path.is_symlink()
    assert "'https://mail.contoso.test/'" in path.read_text("utf-8")


def test_nobody_else_can_change_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = script(tmp_path / "new" / "out")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_place_that_cannot_take_it_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(GraphError, match="cannot be written"):
        script(tmp_path / "file")


def test_what_is_taken_away_is_a_script_beside_what_is_registered(tmp_path: Path) -> None:
    registered = script(tmp_path)
    removed = write_script(str(tmp_path), TENANT, "global", ["https://old.contoso.test/"], present=False)
    assert "'https://mail.contoso.test/'" in registered.read_text("utf-8")
    assert "'https://old.contoso.test/'" in removed.read_text("utf-8")


GRAPH = """
$script:names = {names}
function Connect-MgGraph {{ param($TenantId, $Environment, $Scopes) {connect} }}
function Get-MgContext {{ [pscustomobject]@{{ TenantId = '{context}' }} }}
function Get-MgServicePrincipal {{ param($Filter)
    [pscustomobject]@{{ Id = 'the id'; ServicePrincipalNames = $script:names }} }}
function Update-MgServicePrincipal {{ param($ServicePrincipalId, $ServicePrincipalNames)
    [IO.File]::WriteAllText('{sent}', (ConvertTo-Json -Compress -InputObject @($ServicePrincipalNames))) }}
# As a console does with what is pasted: one statement after the other, whatever became of the one before.
$script = [System.Management.Automation.Language.Parser]::ParseFile('{path}', [ref]$null, [ref]$null)
foreach ($statement in $script.EndBlock.Statements) {{
    try {{ . ([scriptblock]::Create($statement.Extent.Text)) }} catch {{ "$_" }} }}
"""
EXO = "00000002-0000-0ff1-ce00-000000000000"


def pasted(folder: Path, path: Path, *, names: list[str], context: str = TENANT, connect: str = "") -> Any:
    """What the script sends where it is pasted into a console, or what it says where it sends nothing."""
    engine = find()
    if engine is None:
        pytest.skip("there is no PowerShell engine: set HMA_PWSH or put pwsh on the path")
    listed, sent, driver = f"@({', '.join(map(quoted, names))})", folder / "sent.json", folder / "paste.ps1"
    text = GRAPH.format(names=listed, context=context, connect=connect, sent=sent, path=path)
    driver.write_text(text, encoding="utf-8")
    command = [str(engine), "-NoProfile", "-NonInteractive", "-File", str(driver)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert not done.stderr, done.stderr
    return json.loads(sent.read_text("utf-8")) if sent.exists() else done.stdout.strip()


@pytest.mark.engine
def test_a_script_that_is_pasted_adds_only_and_nothing_to_another_tenant(tmp_path: Path) -> None:
    before, path = [EXO, "https://Mail.contoso.test", "https://it's.odd"], script(tmp_path)
    assert (
        pasted(tmp_path, path, names=before, context="another") == "Signed in to another tenant; nothing was written."
    )
    assert pasted(tmp_path, path, names=before, connect="throw 'cancelled'") == "cancelled"
    assert "nothing was written" in pasted(tmp_path, path, names=["https://mail.contoso.test"])
    assert pasted(tmp_path, path, names=[EXO, "HTTPS://MAIL.contoso.test/"]) == "Nothing to do."
    assert pasted(tmp_path, path, names=before) == [*before, "https://mail.contoso.test/"]
