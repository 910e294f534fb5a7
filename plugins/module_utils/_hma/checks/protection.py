# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of Extended Protection: what it means beside Hybrid Modern Authentication. Nothing here is a fault."""

from __future__ import annotations

from typing import Final

from ..base.comparison import same
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import CSS, READ_SERVER_FULL
from .server_state import FULL_READ

PROTECTED: Final = Check(
    "HMA-EP-001", "Extended Protection beside HMA", "info", "server", on_bad="warn",
    why="Extended Protection binds Windows sign-in to the TLS connection; OAuth is not bound. Behind a balancer with "
        "another certificate Windows sign-in fails and OAuth works, so that a fault of the balancer looks like one of "
        "the clients that have no HMA yet.",
    read=f"{READ_SERVER_FULL}Get-*VirtualDirectory, ExtendedProtectionTokenChecking (that it is what IIS has is "
        "inferred).",
    remedy="Nothing for HMA. Where it is on, the balancer passes TLS through or has the servers' certificate.",
    source=f"{CSS}/Security/Extended-Protection/",
)  # fmt: skip
_OFF: Final = "None"
_HIDDEN: Final = "not shown"


def protected(inputs: Inputs) -> list[Finding]:
    """What each host of the inventory shows."""
    return [_server(inputs, server) for server in inputs.servers]


def _server(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name = PROTECTED, server.host, inputs.server_name(server)
    if server.error or server.directories is None:
        return check.not_applicable(host, f"its directories were not read. {FULL_READ}", server=name)
    found = dict.fromkeys((item.kind, item.token_checking or _HIDDEN) for item in server.directories)
    if all(value == _HIDDEN for _kind, value in found):
        return check.not_applicable(host, "none of its directories shows it.", server=name)
    actual = "; ".join(f"{kind}: {value}" for kind, value in found)
    on = dict.fromkeys(kind for kind, value in found if not same(value, _OFF) and value != _HIDDEN)
    message = (
        f"it is on for {', '.join(on)}: what stands in front must not end TLS with another certificate." if on else ""
    )
    return check.passed(host, message, actual=actual, server=name)


CHECKS: Final = (PROTECTED,)
