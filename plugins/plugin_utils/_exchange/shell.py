# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which Exchange shell a connection gets; with ``_write`` and ``_action`` the only callers of this package."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold

from .contract import Answer, Shell
from .errors import ExchangeError
from .link import Link
from .runspace_shell import RunspaceShell
from .script_shell import ScriptShell

__all__ = ["Answer", "Shell", "open_shell", "straight_to_exchange"]

_EXCHANGE: Final = "microsoft.exchange"


def straight_to_exchange(connection: Any) -> bool:
    """Whether the connection is to Exchange's own endpoint, where even asking for a name takes an Exchange shell."""
    return getattr(connection, "transport", "") == "psrp" and (
        fold(str(connection.get_option("configuration_name"))) == _EXCHANGE
    )


def open_shell(connection: Any, *, host: str, exchange_user: str | None, exchange_password: str | None) -> Shell:
    """The shell for this connection, chosen by its own options; ExchangeError names the connections that work."""
    transport = getattr(connection, "transport", "")
    if transport not in ("winrm", "psrp"):
        raise ExchangeError(
            f"{host}: ansible_connection is {transport or 'unknown'}; an Exchange server is reached by winrm or psrp. "
            "Next: set ansible_connection for it (README, 'Your fleet')."
        )
    link = Link(connection, host)
    user, password = connection.get_option("remote_user"), connection.get_option("remote_password")
    if straight_to_exchange(connection):
        _one_account(host, exchange_user, user)
        return RunspaceShell(link)
    if bool(exchange_user) != bool(exchange_password):
        raise ExchangeError(
            f"{host}: of exchange_user and exchange_password only one is set, and with another account than "
            f"meant nothing is opened. "
            "Next: set both, or neither to use the connection's own."
        )
    if exchange_user and exchange_password:
        return ScriptShell(link, {"user": exchange_user, "password": exchange_password})
    # A null credential lets the script try delegation; what Windows answers to that is explained as the double hop.
    return ScriptShell(link, {"user": str(user), "password": str(password)} if user and password else None)


def _one_account(host: str, exchange_user: str | None, user: str | None) -> None:
    """Exchange's own endpoint is signed in to once. Running as another account than the one asked for would be a
    lie."""
    if exchange_user and fold(exchange_user) != fold(str(user or "")):
        raise ExchangeError(
            f"{host}: exchange_user is {exchange_user}, but over psrp to Exchange's own endpoint the shell "
            f"runs as the connection's user "
            f"({user or 'the owner of the ticket'}). Next: remove exchange_user for this host and sign in as "
            f"it with ansible_user."
        )
