# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Text that came into a variable with more than was meant: a line end, a blank, what is no address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from ..base.comparison import fold, host_in
from ..base.values import shown

# What no name, path, id or secret of this collection has in it.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ufeff]")
_ENDS: Final = ("\n", "\r")
_PROXIES: Final = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]+")


def odd_text(value: str, *, secret: bool, password: bool = False) -> str | None:
    """What is wrong with a text as such, in words that follow the name of its variable. A secret is never shown, and a
    password, which people choose, may begin or end with a blank."""
    if value.endswith(_ENDS):
        return (
            "ends with a line end, which is no part of it: `echo` before ansible-vault encrypt_string puts one there, "
            "and so does a YAML block (|). Use printf '%s', or |-"
        )
    if _CONTROL.search(value):
        seen = "" if secret else f": {shown(value)}"
        return (
            f"has a line end or another character in it that nobody sees{seen}. In double quotes YAML makes one of \\n "
            f"and of \\t, as in CONTOSO\\name: use single quotes"
        )
    if not password and value != value.strip():
        return "begins or ends with a blank" + ("" if secret else f": {shown(value)}")
    return None


def is_proxy(value: str) -> bool:
    """Whether it is the address of a proxy: a host, with a port, a user and a scheme where they are needed."""
    try:
        parts = urlsplit(proxy_url(value))
        host = host_in(parts.geturl())
        right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    # Behind a backslash, as in CONTOSO\name, requests takes all for a path, and asks a host CONTOSO.
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment) and "\\" not in value
    return right and bare and fold(parts.scheme) in _PROXIES and _HOST.fullmatch(host) is not None


def proxy_url(value: str) -> str:
    """The address with a scheme: requests takes the host of proxy:8080 for one."""
    return value if "://" in value else f"http://{value}"
