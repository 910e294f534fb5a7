# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Whether a name resolves and a port answers, as the control node sees it: connected to, and nothing sent."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import Place

_TOGETHER: Final = 32
LAST_PORT: Final = 65535
SECONDS: Final = 5.0
# As the connection plugins take them where the inventory names no port.
_DEFAULT_PORT: Final = {"winrm": 5986, "psrp": 5986}


def place_of(connection: Any) -> tuple[str, int]:
    """Where a connection plugin goes to."""
    transport = str(connection.transport)
    port = connection.get_option("port")
    if not port:
        protocol = connection.get_option("protocol" if transport == "psrp" else "scheme")
        port = 5985 if protocol == "http" else _DEFAULT_PORT.get(transport, 0)
    return str(connection.get_option("remote_addr")), int(port)


def places(
    wanted: Mapping[str, tuple[str, int]], *, connect: Callable[..., Any] = socket.create_connection
) -> dict[str, Place]:
    """Each place by its key. Many are asked at once; each has its own time."""
    if not wanted:
        return {}
    keys: Sequence[str] = list(wanted)
    with ThreadPoolExecutor(max_workers=min(_TOGETHER, len(keys))) as pool:
        found = pool.map(lambda key: _asked(*wanted[key], connect), keys)
        return dict(zip(keys, found, strict=True))


def _asked(host: str, port: int, connect: Callable[..., Any]) -> Place:
    if not 0 < port <= LAST_PORT:
        # The resolver would take the rest of it by 65536 for the port.
        return Place(host, port, None, False, f"{port} is no port: ansible_port is a number from 1 to {LAST_PORT}")
    try:
        connect((host, port), timeout=SECONDS).close()
    except socket.gaierror as exc:
        passing = exc.errno == socket.EAI_AGAIN
        return Place(host, port, None if passing else False, False, f"the name is not known to DNS ({exc.strerror})")
    except UnicodeError:
        return Place(host, port, False, False, "it is no name of a host")
    except TimeoutError:
        return Place(host, port, True, False, f"no answer within {SECONDS:.0f} seconds")
    except OSError as exc:
        return Place(host, port, True, False, exc.strerror or type(exc).__name__)
    return Place(host, port, True, True, "")
