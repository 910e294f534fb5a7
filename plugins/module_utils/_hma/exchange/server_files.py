# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is of a server itself and not of Exchange's shell: the update level of its files, and IIS.

AdminDisplayVersion shows the cumulative update alone; the file version of ExSetup.exe shows what was put on it since.
Both commands are run by the script on the server, so neither is there over Exchange's own endpoint.
"""

from __future__ import annotations

from typing import Final

from .cmdlet import Cmdlet, CmdletResult
from .versions import Build, parse_file_version

VERSION: Final = Cmdlet(
    "Get-Command", {"Name": "ExSetup.exe"}, ("FileVersion",), on_error="continue", pin=False, local=True
)
RESTART_IIS: Final = Cmdlet("Restart-Service", {"Name": ("W3SVC", "WAS"), "Force": True}, pin=False, local=True)


def parse_version(result: CmdletResult) -> Build:
    """The build with its updates; Refused or ParseError where it is not there."""
    return parse_file_version(result.only(VERSION.name).text("FileVersion"))
