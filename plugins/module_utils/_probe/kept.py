# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Connections that stay open from one question to the next one to the same server: of a dozen questions one
pays for TLS."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from .wire import TooLong

# The text beside a 401 is short. What is longer costs more than a new connection.
_TEXT = 65536


class Kept(threading.local):
    """What a worker keeps while it asks in turn, and nothing at other times."""

    def __init__(self) -> None:
        self._in_turn = False
        self._open: dict[Hashable, socket.socket] = {}

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        self._in_turn = True
        try:
            yield
        finally:
            self._in_turn = False
            for connection in self._open.values():
                connection.close()
            self._open.clear()

    def take(self, key: Hashable) -> socket.socket | None:
        """A connection of this key on which nothing was said since, or None."""
        connection = self._open.pop(key, None)
        if connection is None or _is_quiet(connection):
            return connection
        connection.close()
        return None

    def keep(self, key: Hashable, connection: socket.socket, response: http.client.HTTPResponse) -> bool:
        """Whether the connection was kept; its answer is read to the end before."""
        if not self._in_turn or not _ends(response):
            return False
        self._open[key] = connection
        return True


def _is_quiet(connection: socket.socket) -> bool:
    """Whether it is open and holds nothing: what nobody asked for must not be taken for the next answer."""
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return False


def _ends(response: http.client.HTTPResponse) -> bool:
    if response.will_close or response.length is None or response.length > _TEXT:
        return False
    try:
        response.read()
    except (OSError, TooLong, http.client.HTTPException):
        # The answer itself is there.
        return False
    return response.isclosed()
