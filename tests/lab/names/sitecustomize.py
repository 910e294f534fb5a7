# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS of a lab, for a process that has this folder on PYTHONPATH: HMA_LAB_NAMES is the lab's names.json.

The servers of a lab share one address, each with a port of its own. A real server has its own address and the port that
all of them have, so that asking for a server by name leads to its port here, whichever server's port was asked for.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any

_REAL = socket.getaddrinfo


def _names() -> dict[str, dict[str, int]]:
    with open(os.environ["HMA_LAB_NAMES"], encoding="utf-8") as file:
        found: dict[str, dict[str, int]] = json.load(file)
    return found


def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
    name = host.decode("ascii") if isinstance(host, bytes) else str(host or "")
    names = _names() if name.endswith(".test") else {}
    if name.endswith(".test") and name.lower() not in names:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if name.lower() in names:
        plain = int(port or 0) in {ports["http"] for ports in names.values()}
        return _REAL("127.0.0.1", names[name.lower()]["http" if plain else "https"], *arguments, **options)
    return _REAL(host, port, *arguments, **options)


if "HMA_LAB_NAMES" in os.environ:
    socket.getaddrinfo = getaddrinfo
