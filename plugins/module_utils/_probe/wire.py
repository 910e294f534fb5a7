# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A connection that ends: whoever answers, and however slowly or lengthily, has a time and a size for all of
it."""

from __future__ import annotations

import io
import socket
import time
from typing import Any

# All that one answer may have: http.client alone would read a hundred headers of 64 KiB each, and any number of 100
# Continue.
ANSWER = 262144


class TooLong(Exception):
    """The answer is larger than any answer of Exchange to a request without a token."""


class Limited(io.RawIOBase):
    """What a connection brings, up to a moment and a size: a timeout of a socket begins anew with every byte."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        super().__init__()
        self._connection, self._end, self._room = connection, end, ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._room <= 0:
            raise TooLong
        self._connection.settimeout(_left(self._end))
        size = self._connection.recv_into(memoryview(buffer)[: self._room])
        self._room -= size
        return size


class Wire:
    """The part of a socket that http.client uses, on a connection whose time and size are limited."""

    def __init__(self, connection: socket.socket, end: float) -> None:
        self._connection, self._end = connection, end

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(_left(self._end))
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Limited(self._connection, self._end))

    def close(self) -> None:
        """Nothing: http.client lets go of a connection before it has read the body. Whoever opened it closes it."""


def _left(end: float) -> float:
    """The seconds that are left; a socket takes 0 for "do not wait", so nothing left is said at once."""
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def connect(host: str, port: int, end: float) -> socket.socket:
    """A connection to the first address of the host that takes one, all of them in the time that one may take."""
    failure = OSError("no address")
    for *_kind, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        scope = f"%{place[3]}" if len(place) > 3 and place[3] else ""
        try:
            return socket.create_connection((f"{place[0]}{scope}", port), _left(end))
        except OSError as exc:
            failure = exc
    raise failure
