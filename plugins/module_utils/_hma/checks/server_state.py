# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What only a full read of each server shows: maintenance, and why a part of it was not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..base.command import PowerShell
from ..base.comparison import fold
from ..base.elements import Reason
from ..exchange.organization import UNASKED
from ..exchange.server_state import OFFLINE, PROXIES
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import CMDLET, READ_SERVER_FULL

FULL_READ: Final = "audit_hma with hma_audit_read: full reads the server itself."


def maintenance(inputs: Inputs) -> list[Finding]:
    return [_maintenance(inputs, server) for server in inputs.servers]


NOT_IN_MAINTENANCE: Final = Check(
    "HMA-MNT-001", "No server is in maintenance", "low", "server", on_bad="warn",
    why="A server in maintenance answers no client: a probe of it proves nothing until it is back. A setup that failed "
        "leaves single components out of service, and then clients of one kind get no answer.",
    read=f"{READ_SERVER_FULL}Get-ServerComponentState, ServerWideOffline and MapiProxy, EwsProxy, OabProxy, "
        "AutoDiscoverProxy, ActiveSyncProxy.",
    remedy="Set-ServerComponentState '<server>' -Component ServerWideOffline -State Active -Requester Maintenance "
        "when the work is done; a component is Active once every requester that holds it has set it so.",
    source=f"{CMDLET}/get-servercomponentstate",
)  # fmt: skip
# A requester takes back what it asked for, and nothing else.
_HELD: Final = (
    "Where it stays Inactive, another requester holds it (Functional: a setup that failed): LocalStates and "
    "RemoteStates of the component name it; finish that work, then set it Active as this requester."
)


def _maintenance(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name = NOT_IN_MAINTENANCE, server.host, inputs.server_name(server)
    if server.error or server.components is None:
        return check.unread(host, *why_not_read(server, "components"), server=name)
    state = str(server.components.get(OFFLINE, "unknown"))
    if fold(state) != "active":
        message = f"{OFFLINE} is {state}."
        fix = f"When the work is done, take the server back into service. {_HELD}"
        return check.failed(
            host, message, fix, expected="Active", actual=state, server=name, commands=(_active(name, OFFLINE),)
        )
    out = {kind: PROXIES[kind] for kind in inputs.settings.kinds if PROXIES[kind] in server.components}
    return _single(host, name, out) if out else check.passed(host, expected="Active", actual=state, server=name)


def _single(host: str, name: str, out: Mapping[str, str]) -> Finding:
    """Components of one kind of client, while the server as a whole is in service."""
    components = ", ".join(out.values())
    message = f"{components}: not Active, although {OFFLINE} is: the server answers no clients of {', '.join(out)}."
    fix = f"Look who took it out of service, and put it back. {_HELD}"
    commands = tuple(_active(name, component) for component in out.values())
    return NOT_IN_MAINTENANCE.failed(
        host, message, fix, expected="Active", actual=f"{components}: not Active", server=name, commands=commands
    )


def _active(server: str, component: str) -> PowerShell:
    return PowerShell(
        "Set-ServerComponentState",
        {"Component": component, "State": "Active", "Requester": "Maintenance"},
        (server,),
    )


def why_not_read(server: ServerEntry, what: str) -> tuple[Reason, str]:
    """Nobody asked for it, unless the rest of a full read is there."""
    if known := server.error or server.why_unread(what):
        return Reason(known), FULL_READ
    unasked = server.components is None and server.certificates is None
    return Reason(f"{UNASKED}." if unasked else "it was not read.", unasked), FULL_READ


CHECKS: Final = (NOT_IN_MAINTENANCE,)
