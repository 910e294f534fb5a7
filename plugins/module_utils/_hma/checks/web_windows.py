# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of Windows authentication on the pages that are to send people to Entra."""

from __future__ import annotations

from typing import Final

from ..base.command import OFF, PowerShell
from ..exchange.server_objects import ExchangeServer
from ..exchange.web_directories import NOUNS, WINDOWS
from .check import Check, Finding
from .inputs import Inputs, stands_for
from .references import NOT_STATED
from .web_readings import ServerPages

WINDOWS_OFF: Final = Check(
    "HMA-OWA-008", "No page asks for a Windows sign-in before people are sent to Entra", "high", "server", gate=True,
    why="With WindowsAuthentication on, IIS answers 401 first and nobody is sent to Entra: the server would be "
        "changed, refuted and put back. The article does not turn it off, and neither does enable_owa_hma.",
    read="Get-OwaVirtualDirectory and Get-EcpVirtualDirectory of each server in full, WindowsAuthentication.",
    remedy="Find out who rests on it, then turn it off with Set-OwaVirtualDirectory and Set-EcpVirtualDirectory.",
    source=NOT_STATED,
)  # fmt: skip


def windows(inputs: Inputs) -> list[Finding]:
    """One per server whose directories were read; the role says of the others why it cannot change them."""
    check, found = WINDOWS_OFF, []
    for server in inputs.judged_clients:
        pages = pages_of(inputs, server)
        on = [item for item in pages.directories if item.settings[WINDOWS]] if pages else []
        message = f"{' and '.join(item.identity for item in on)}: WindowsAuthentication is on, so that IIS asks first."
        commands = [PowerShell(f"Set-{NOUNS[item.kind]}", {"Identity": item.identity, WINDOWS: OFF}) for item in on]
        if pages and pages.directories:
            found.append(
                check.judge(server.name, not on, message, check.remedy, server=server.name, commands=tuple(commands))
            )
    return found


def pages_of(inputs: Inputs, server: ExchangeServer) -> ServerPages | None:
    return next((item for item in inputs.web.servers if stands_for(item.server, server.name, server.fqdn)), None)


CHECKS: Final = (WINDOWS_OFF,)
