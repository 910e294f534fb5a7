# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judges of the way out of each server: Exchange fetches Entra's signing keys through it."""

from __future__ import annotations

from typing import Final

from ..base.comparison import fold
from .check import Check, Finding
from .inputs import Inputs
from .references import CSS, NOT_STATED, READ_ORGANIZATION


def proxies(inputs: Inputs) -> list[Finding]:
    """The form of each server's proxy, and whether all servers have the same."""
    return [*(_proxy(item.name, item.internet_web_proxy) for item in inputs.judged_clients), *_same(inputs)]


PROXY_FORM: Final = Check(
    "HMA-PROXY-001", "InternetWebProxy is an http URL", "medium", "server", on_bad="warn",
    why="Servers fetch Entra's signing keys from the internet. A proxy that is not written as http:// is not used.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, InternetWebProxy.",
    remedy="Set-ExchangeServer '<server>' -InternetWebProxy http://proxy:port",
    source=f"{CSS}/Diagnostics/HealthChecker/InternetWebProxyCheck/",
)  # fmt: skip


def _proxy(name: str, proxy: str | None) -> Finding:
    check = PROXY_FORM
    if not proxy:
        return check.not_applicable(
            name, "no InternetWebProxy is set: the server needs its own way to login.microsoftonline.com.", server=name
        )
    fix = (
        "Write the proxy as http://<host>:<port>: the parameter InternetWebProxy of Set-ExchangeServer for this server."
    )
    right = fold(str(proxy)).startswith("http://")
    return check.judge(
        name,
        right,
        f"InternetWebProxy is {proxy}; Exchange takes http:// only.",
        fix,
        expected="http://...",
        actual=str(proxy),
        server=name,
    )


SAME_PROXY: Final = Check(
    "HMA-PROXY-002", "All servers have the same InternetWebProxy", "low", "organization", on_bad="warn",
    why="A server whose way to Entra's signing keys is closed refuses every token, and only the clients that reach it "
        "are prompted. Servers of another site may need another proxy.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer, InternetWebProxy.",
    remedy="Where the difference is not meant: Set-ExchangeServer '<server>' -InternetWebProxy http://proxy:port",
    source=NOT_STATED,
)  # fmt: skip


def _same(inputs: Inputs) -> list[Finding]:
    servers_of: dict[str, list[str]] = {}
    for server in inputs.judged_clients:
        servers_of.setdefault(server.internet_web_proxy or "", []).append(server.name)
    seen = "; ".join(f"{proxy or 'none'}: {', '.join(names)}" for proxy, names in sorted(servers_of.items()))
    message = f"InternetWebProxy differs: {seen}."
    fix = "Make sure that each server reaches login.microsoftonline.com by its own proxy, or give all the same one."
    return [
        SAME_PROXY.judge(
            inputs.name, len(servers_of) < 2, message, fix, expected="the same for all", actual=seen or "no server"
        )
    ]


CHECKS: Final = (PROXY_FORM, SAME_PROXY)
