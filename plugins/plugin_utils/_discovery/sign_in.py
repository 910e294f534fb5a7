# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How the server that was asked was reached, as variables for the inventory of all of them: values without
secrets, and the names of those that are secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import SignIn
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import Unreadable

from .._given import CONNECTION, OMITTED, value_of

# Of one host, and wrong for any other.
_OWN: Final = re.compile(r"ansible_(?:(?:winrm_|psrp_)?host|\w+_hostname_override)")
_SECRET: Final = ("pass", "secret")
# The URL of a proxy may hold a password, or be a token; proxies are given without their scheme as well.
_WITH_USER: Final = re.compile(r"://\S*@")
_PROXY: Final = "proxy"


def sign_in_of(
    connection: Any, variables: Mapping[str, Any], exchange_user: str | None, *, by_its_name: bool
) -> SignIn:
    """``by_its_name``: the server answers by its own name in the directory, so that nothing is its own."""
    given = {name: value_of(variables, name) for name in variables if CONNECTION.fullmatch(name)}
    usable = {
        name: value for name, value in given.items() if value is not OMITTED and not isinstance(value, Unreadable)
    }
    secrets = sorted(name for name, value in given.items() if is_secret(name, value))
    shared = {name: value for name, value in usable.items() if name not in secrets and not _OWN.fullmatch(name)}
    shared.setdefault("ansible_connection", str(connection.transport))
    user = connection.get_option("remote_user")
    if user and not {"ansible_user", "ansible_remote_user"} & set(shared) and not _named(shared, "_user"):
        shared["ansible_user"] = str(user)
    if not any("pass" in fold(name) for name in secrets) and connection.get_option("remote_password"):
        # Asked for at the terminal (-k).
        secrets.append("ansible_password")
    if exchange_user:
        shared["exchange_user"] = exchange_user
        secrets.append("exchange_password")
    own = {} if by_its_name else {name: value for name, value in usable.items() if _OWN.fullmatch(name)}
    return SignIn(shared, secrets, own if by_its_name else {"ansible_host": _address(connection), **own})


def _address(connection: Any) -> str:
    return str(connection.get_option("remote_addr"))


def is_secret(name: str, value: Any) -> bool:
    """Whether a variable of a connection is nobody's to read."""
    text = str(value)
    signs_in = bool(_WITH_USER.search(text)) or (_PROXY in fold(name) and "@" in text)
    return signs_in or any(word in fold(name) for word in _SECRET)


def _named(variables: Mapping[str, Any], end: str) -> bool:
    return any(name.endswith(end) for name in variables)
