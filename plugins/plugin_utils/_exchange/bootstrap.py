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


def encoded_command() -> str:
    """The command line for exec_command. The shell plugin's own encoder goes away in ansible-core 2.24."""
    return _PREFIX + base64.b64encode(BOOTSTRAP.encode("utf-16-le")).decode("ascii")


@cache
def script() -> str:
    """The constant script, as stdin carries it."""
    return Path(__file__).with_name("exchange_shell.ps1").read_text(encoding="ascii")
