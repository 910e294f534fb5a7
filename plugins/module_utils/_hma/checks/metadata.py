# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of Entra's metadata as Exchange keeps it: whether somebody fetches it, and whether that went wrong."""

from __future__ import annotations

from typing import Final

from ..base.command import PowerShell
from ..exchange.metadata import CAPABILITY, PART
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import LEARN, READ_ORGANIZATION_FULL
from .server_state import why_not_read

FRESH: Final = Check(
    "HMA-AUTH-010", "Exchange keeps the metadata of Entra fresh", "medium", "organization", on_bad="warn",
    why="Entra changes its signing keys without notice. An arbitration mailbox fetches them every eight hours; where "
        "it is missing or fails, Exchange refuses every token that is signed with a new key.",
    read=f"{READ_ORGANIZATION_FULL}Get-Mailbox -Arbitration, PersistedCapabilities has {CAPABILITY}; and the event log "
        "of each server, errors of MSExchange AuthAdmin in the last 24 hours (winrm, or psrp to Windows PowerShell, "
        "with an account that may read the log).",
    remedy="Set-AuthServer '<EvoSTS>' -RefreshAuthMetadata fetches it at once (enable_hma with hma_refresh_metadata: "
        "true); then find out why it was not fetched.",
    source=f"{LEARN}/exchange/clients/outlook-for-ios-and-android/use-hybrid-modern-auth",
)  # fmt: skip
_MAKE: Final = (
    "Recreate the arbitration mailbox 'Migration.8f3e7716-2011-43e4-96b1-aba62d229136' as Microsoft's page on "
    "arbitration mailboxes says, with this capability."
)
_MEND: Final = "Find out what the events say (most often the way to the internet, HMA-NET-001); then fetch it at once."
_LOG: Final = (
    "audit_hma with hma_audit_read: full reads it, with an account that may read the event log of the server "
    "(Event Log Readers)."
)


def fresh(inputs: Inputs) -> list[Finding]:
    """One finding for the mailbox, and one for the event log of each host of the inventory."""
    return [_mailbox(inputs), *(_events(inputs, server) for server in inputs.servers)]


def _mailbox(inputs: Inputs) -> Finding:
    check, found = FRESH, inputs.organization.metadata_mailboxes
    if found is None:
        fix = "audit_hma with hma_audit_read: full reads it, with View-Only Recipients."
        return check.unread(inputs.name, inputs.organization.why_unread(PART), fix)
    message = f"no arbitration mailbox has {CAPABILITY}: nobody fetches the metadata."
    actual = ", ".join(found) or "none"
    return check.judge(inputs.name, bool(found), message, _MAKE, expected="an arbitration mailbox", actual=actual)


def _events(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name, events = FRESH, server.host, inputs.server_name(server), server.events
    if server.error or events is None:
        reason, _fix = why_not_read(server, "events")
        return check.unread(host, reason, _LOG, server=name)
    if not events:
        return check.passed(host, expected="no errors in 24 hours", actual="none", server=name)
    numbers = ", ".join(sorted({str(event.id) for event in events}))
    message = f"{len(events)} errors of MSExchange AuthAdmin in 24 hours (event {numbers}), the last one at "
    return check.failed(
        host, f"{message}{events[0].time}: {events[0].message}", _MEND, expected="no errors in 24 hours",
        actual=f"{len(events)} errors", server=name, commands=_refresh(inputs),
    )  # fmt: skip


def _refresh(inputs: Inputs) -> tuple[PowerShell, ...]:
    trusted = [server for server in inputs.trust if server.is_azure_ad and server.enabled]
    return tuple(PowerShell("Set-AuthServer", {"RefreshAuthMetadata": True}, (server.name,)) for server in trusted)


CHECKS: Final = (FRESH,)
