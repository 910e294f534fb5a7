# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The command line and the script: both constant, so that no value can ever become code."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Final

# Line 1 of stdin is the request, the rest is the script. Short, because cmd.exe allows 8191 characters in all.
BOOTSTRAP: Final = (
    "$ErrorActionPreference='Stop';$lines=@($input);$script=[scriptblock]::Create(($lines[1..($lines.Count-1)] "
    '-join "`n"));& $script ([string]$lines[0])'
)
# winrm recognises an encoded line by exactly this beginning (2.19, 2.20) and passes it through untouched.
_PREFIX: Final = "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand "
# The local command whose functions are in sign_in_logs.ps1.
COUNT: Final = "Get-HttpProxySignIn"
# The line of exchange_shell.ps1 above which sign_in_logs.ps1 is put.
_PLACE: Final = "# What stands in sign_in_logs.ps1 comes here, where it is asked for.\n"


def encoded_command() -> str:
    """The command line for exec_command. The shell plugin's own encoder goes away in ansible-core 2.24."""
    return _PREFIX + base64.b64encode(BOOTSTRAP.encode("utf-16-le")).decode("ascii")


@cache
def script(*, logs: bool = False) -> str:
    """The constant script, as stdin carries it; ``logs``: with what counts sign-ins, which is long and seldom asked
    for."""
    own = _read("exchange_shell.ps1")
    return own.replace(_PLACE, f"{_read('sign_in_logs.ps1')}\n{_PLACE}") if logs else own


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="ascii")
