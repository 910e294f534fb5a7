# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real PowerShell engine around the constant script; only New-PSSession is stood in for.

The stand-in opens a remote runspace of the same engine in no-language mode, as Exchange's endpoint is: objects come
back deserialized, and script text would be refused.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.bootstrap import encoded_command, script
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.protocol import (
    Envelope,
    parse_envelope,
    request_for,
)

PWSH = os.environ.get("HMA_PWSH") or shutil.which("pwsh")
needs_engine = pytest.mark.skipif(PWSH is None, reason="no PowerShell engine: set HMA_PWSH or put pwsh on the path")

_BEFORE = """
'Welcome, this is noise before the envelope'
$env:COMPUTERNAME = 'EX1'
function New-PSSession {
    param($ConfigurationName, $ConnectionUri, $Authentication, $Credential)
    if ($env:HMA_TEST_REFUSE) { Write-Error -Message 'Access is denied.' -ErrorId 'AccessDenied' -ErrorAction Stop }
    $process = [System.Management.Automation.Runspaces.PowerShellProcessInstance]::new()
    $process.Process.StartInfo.FileName = $env:HMA_PWSH
    foreach ($word in '-s', '-NoLanguage', '-SessionScript', $env:HMA_TEST_SESSION) {
        $process.Process.StartInfo.ArgumentList.Add($word)
    }
    $process.Process.StartInfo.Arguments = $null
    $runspace = [runspacefactory]::CreateOutOfProcessRunspace($null, $process)
    $runspace.Open()
    $user = if ($Credential) { $Credential.UserName + '/' + $Credential.GetNetworkCredential().Password } else { '' }
    [IO.File]::AppendAllText($env:HMA_TEST_LOG, "open $ConfigurationName $ConnectionUri $Authentication $user`n")
    [pscustomobject]@{ Runspace = $runspace }
}
function Remove-PSSession {
    param($Session)
    $Session.Runspace.Dispose()
    [IO.File]::AppendAllText($env:HMA_TEST_LOG, "closed`n")
}
"""


@dataclass
class Engine:
    """Runs lists of cmdlets against the functions of a session script."""

    folder: Path

    def session(self, text: str) -> None:
        (self.folder / "session.ps1").write_text(text, encoding="utf-8")

    @property
    def log(self) -> list[str]:
        path = self.folder / "log"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def output(self, request: str, **environment: str) -> str:
        assert PWSH is not None
        head, mark, tail = script().partition("$ErrorActionPreference = 'Stop'")
        done = subprocess.run(
            [PWSH, *encoded_command().split()[1:]],
            input=f"{request}\n{head}{_BEFORE}{mark}{tail}".encode("ascii"),
            capture_output=True,
            timeout=60,
            check=False,
            env={
                **os.environ,
                "HMA_PWSH": PWSH,
                "HMA_TEST_SESSION": str(self.folder / "session.ps1"),
                "HMA_TEST_LOG": str(self.folder / "log"),
                **environment,
            },
        )
        return done.stdout.decode("utf-8")

    def run(
        self,
        cmdlets: Sequence[Cmdlet],
        credential: dict[str, str] | None = None,
        domain_controller: str | None = None,
        **environment: str,
    ) -> Envelope:
        request = request_for(cmdlets, credential=credential, domain_controller=domain_controller)
        return parse_envelope(self.output(request.line, **environment), request)
