# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of the update level of each server, which its version in Active Directory does not show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..base.errors import ParseError
from ..exchange.builds import NEWEST_UPDATES, UPDATES_CHECKED
from ..exchange.versions import Build, end_of_updates, parse_file_version
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import LEARN, READ_SERVER_FULL
from .server_state import why_not_read

UPDATED: Final = Check(
    "HMA-LIFE-003", "Every server has the newest updates", "medium", "server", on_bad="warn",
    why="Microsoft supports a hybrid with current updates alone, and servers behind one name should behave alike. HMA "
        "itself works without them.",
    read=f"{READ_SERVER_FULL}the file version of ExSetup.exe, asked on the server itself (winrm, or psrp to Windows "
        f"PowerShell), against the newest updates that were known on {UPDATES_CHECKED}, and against the other servers "
        "of the same cumulative update.",
    remedy="Install the newest security or hotfix update of the server's cumulative update.",
    source=f"{LEARN}/exchange/new-features/build-numbers-and-release-dates",
)  # fmt: skip
_INSTALL: Final = "Install the newest security or hotfix update; one server after the other."
_MOVE: Final = "Move to Exchange Server SE, or to a cumulative update that still gets updates."


def updates(inputs: Inputs) -> list[Finding]:
    """One finding for each host of the inventory. A server that is behind another of the same cumulative update is
    behind, whatever the table knows."""
    found = [item for item in (_build(server) for server in inputs.servers) if item]
    return [_server(inputs, server, found) for server in inputs.servers]


def _build(server: ServerEntry) -> Build | None:
    try:
        return parse_file_version(server.version) if server.version and not server.error else None
    except ParseError:
        return None


def _server(inputs: Inputs, server: ServerEntry, seen: Iterable[Build]) -> Finding:
    check, host, name, build = UPDATED, server.host, inputs.server_name(server), _build(server)
    if build is None:
        return check.unread(host, *why_not_read(server, "version"), server=name)
    if build.product in ("2010", "2013"):
        return check.not_applicable(host, "HMA-LIFE-001 says it: there are no updates for it.", server=name)
    level = build.number[:3]
    if level not in NEWEST_UPDATES and _older(build):
        message = f"{build.label} is a cumulative update that gets no updates."
        return check.failed(
            host, message, _MOVE, expected="a cumulative update that gets updates", actual=str(build), server=name
        )
    known, update = NEWEST_UPDATES.get(level, (build.number[3], ""))
    newest = Build((*level, max(known, *(item.number[3] for item in seen if item.number[:3] == level))))
    which = f" ({update})" if newest.number[3] == known and update else ""
    message = f"it has {build}; there is {newest}{which}.{_no_more(build)}"
    return check.judge(
        host, build >= newest, message, _INSTALL, expected=f"{newest}{which} or newer", actual=str(build), server=name
    )


def _older(build: Build) -> bool:
    """Whether a newer cumulative update of its product is in the table; one past the table is newer, not old."""
    return any(level[:2] == build.number[:2] and level > build.number[:3] for level in NEWEST_UPDATES)


def _no_more(build: Build) -> str:
    end = end_of_updates(build)
    return f" Exchange Server {build.product} gets no others after {end.isoformat()}." if end else ""


CHECKS: Final = (UPDATED,)
