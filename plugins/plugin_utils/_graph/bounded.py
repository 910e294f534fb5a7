# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Connections whose answers end: one deadline holds for status line, headers, interim answers and body
together.

A timeout of a socket begins anew with each byte, so a server that sends one byte a second, or ``100 Continue`` for
ever, outlives it. What is read here goes through one place that knows when the exchange has to be over.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from typing import Any

try:
    from requests.adapters import HTTPAdapter
except ImportError:
    # The session says which library is missing, before any of this is used.
    HTTPAdapter = object  # type: ignore[assignment,misc]


class Deadline:
    """When the exchange that is under way has to be over."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def start(self) -> None:
        self._end = self._clock() + self.seconds

    @property
    def left(self) -> float:
        return self._end - self._clock()


class TimedReader(io.RawIOBase):
    """What arrives on a socket, until the deadline."""

    def __init__(self, sock: Any, stream: Any, deadline: Deadline) -> None:
        super().__init__()
        # The buffer that http.client made is kept: it would take the socket's stream with it.
        self._sock, self._stream, self._deadline = sock, stream, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline.left
        if left <= 0:
            raise TimeoutError(f"the answer did not end within {self._deadline.seconds:.0f} s")
        given = self._sock.gettimeout()
        self._sock.settimeout(left if given is None else min(given, left))
        count: int | None = self._stream.raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()


def adapter(deadline: Deadline) -> Any:
    """An adapter of requests whose connections, a proxy's too, read until the deadline and no longer."""

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
            super().__init__(sock, *args, **options)
            self.fp = io.BufferedReader(TimedReader(sock, self.fp, deadline))

    def timed(manager: Any) -> None:
        """Whatever kind of connections a manager makes (a proxy's are others), they answer through the deadline."""
        kinds = manager.pool_classes_by_scheme
        connections = {
            scheme: type("Connection", (pool.ConnectionCls,), {"response_class": Response})
            for scheme, pool in kinds.items()
        }
        manager.pool_classes_by_scheme = {
            scheme: type("Pool", (pool,), {"ConnectionCls": connections[scheme]}) for scheme, pool in kinds.items()
        }

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options)
            timed(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
            known = set(self.proxy_manager)
            manager = super().proxy_manager_for(*args, **options)
            if set(self.proxy_manager) != known:
                timed(manager)
            return manager

    return Adapter()
