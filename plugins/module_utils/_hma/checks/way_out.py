# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of what each server reaches on the internet: the host that people sign in at, and Entra's metadata."""

from __future__ import annotations

from typing import Final

from ..base.command import Columns, PowerShell
from ..exchange.server_files import Way
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import ARTICLE, READ_SERVER_FULL
from .server_state import why_not_read

REACHED: Final = Check(
    "HMA-NET-001", "Every server reaches Entra", "high", "server",
    why="The article asks that all servers can connect to the internet: they fetch Entra's signing keys from there. A "
        "server that cannot refuses every token, and the people whom it serves are prompted.",
    read=f"{READ_SERVER_FULL}the server itself (winrm, or psrp to Windows PowerShell) asks AuthMetadataUrl of each "
        "enabled AuthServer of Entra and the host of its AuthorizationEndpoint, through its own InternetWebProxy where "
        "one is set, without credentials; the status of the answer is all that is read.",
    remedy="Open TCP 443 to these hosts, or set the proxy: Set-ExchangeServer '<server>' -InternetWebProxy "
        "http://proxy:port.",
    source=ARTICLE,
)  # fmt: skip
_OPEN: Final = "Open the way to it (TCP 443), or give the server a proxy (InternetWebProxy)."
_DNS: Final = "Let the server's DNS resolve names of the internet, or give it a proxy (InternetWebProxy), which does."
_TLS: Final = "Something in between answers with a certificate of its own: let these hosts through without inspection."
_PROXY: Final = "Look at the proxy: it has to be reached from the server, and to let it through without credentials."
# The names that .NET has for what goes wrong with a request; they are the same in every language.
_FIXES: Final = {
    "NameResolutionFailure": _DNS,
    "ProxyNameResolutionFailure": _PROXY,
    "RequestProhibitedByProxy": _PROXY,
    "TrustFailure": _TLS,
    "SecureChannelFailure": _TLS,
}
_LOOK: Final = "Look what answers there: the address of the AuthServer may be wrong, or something in between answers."
_PROXY_WANTS_CREDENTIALS: Final = 407
_IN_A_RUN: Final = "this playbook lets no server ask; audit_hma with hma_audit_read: full does."


def reached(inputs: Inputs) -> list[Finding]:
    """One finding for each host of the inventory."""
    return [_server(inputs, server) for server in inputs.servers]


def in_a_run(inputs: Inputs) -> list[Finding]:
    """It takes its time, so that no gate waits for it; what was not asked here is no gap of the run."""
    return [REACHED.not_applicable(inputs.name, _IN_A_RUN)]


def _server(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name, ways = REACHED, server.host, inputs.server_name(server), server.ways
    if server.error or ways is None:
        return check.unread(host, *why_not_read(server, "ways"), server=name)
    if not ways:
        return check.not_applicable(host, "no enabled AuthServer of Entra has an address to ask.", server=name)
    wrong = [way for way in ways if not way.reached]
    fixes = dict.fromkeys(_fix(way) for way in wrong)
    return check.judge(
        host, not wrong, f"{name} does not reach {'; '.join(map(_shown, wrong))}.", " ".join(fixes),
        expected=f"200 from {len(ways)} addresses", actual="; ".join(map(_shown, wrong or ways)), server=name,
        commands=(_show(name),),
    )  # fmt: skip


def _show(name: str) -> PowerShell:
    return PowerShell(
        "Get-ExchangeServer", {}, (name,), then=PowerShell("Format-List", values=(Columns(("InternetWebProxy",)),))
    )


def _shown(way: Way) -> str:
    through = f" through {way.proxy}" if way.proxy else ""
    return f"{way.url}{through} ({_answer(way)})"


def _answer(way: Way) -> str:
    if way.status:
        return f"HTTP {way.status}"
    return way.reason or "no answer"


def _fix(way: Way) -> str:
    if way.status == _PROXY_WANTS_CREDENTIALS:
        return _PROXY
    if way.status:
        return _LOOK
    return _FIXES.get(way.reason or "", _OPEN)


CHECKS: Final = (REACHED,)
