# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What only a full read of each server shows: maintenance, and why a part of it was not read."""

from __future__ import annotations

from typing import Final

from ..base.command import PowerShell
from ..base.comparison import fold
from ..base.elements import Reason
from ..exchange.organization import UNASKED
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import CMDLET, READ_SERVER_FULL

FULL_READ: Final = "audit_hma with hma_audit_read: full reads the server itself."


def maintenance(inputs: Inputs) -> list[Finding]:
    return [_maintenance(inputs, server) for server in inputs.servers]


NOT_IN_MAINTENANCE: Final = Check(
    "HMA-MNT-001", "No server is in maintenance", "low", "server", on_bad="warn",
    why="A server in maintenance answers no client: a probe of it proves nothing until it is back.",
    read=f"{READ_SERVER_FULL}Get-ServerComponentState, ServerWideOffline.",
    remedy="Set-ServerComponentState '<server>' -Component ServerWideOffline -State Active -Requester Maintenance "
        "when the work is done.",
    source=f"{CMDLET}/get-servercomponentstate",
)  # fmt: skip


def _maintenance(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name = NOT_IN_MAINTENANCE, server.host, inputs.server_name(server)
    components = server.components
    if server.error or components is None:
        return check.unread(host, *why_not_read(server, "components"), server=name)
    state = str(components.get("ServerWideOffline", "unknown"))
    back = PowerShell(
        "Set-ServerComponentState",
        {"Component": "ServerWideOffline", "State": "Active", "Requester": "Maintenance"},
        (name,),
    )
    fix, message = "When the work is done, take the server back into service.", f"ServerWideOffline is {state}."
    return check.judge(
        host, fold(state) == "active", message, fix, expected="Active", actual=state, server=name, commands=(back,)
    )


def why_not_read(server: ServerEntry, what: str) -> tuple[Reason, str]:
    """Nobody asked for it, unless the rest of a full read is there."""
    if known := server.error or server.why_unread(what):
        return Reason(known), FULL_READ
    unasked = server.components is None and server.certificates is None
    return Reason(f"{UNASKED}." if unasked else "it was not read.", unasked), FULL_READ


CHECKS: Final = (NOT_IN_MAINTENANCE,)
