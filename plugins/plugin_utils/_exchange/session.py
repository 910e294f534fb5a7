# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An HTTP session that goes nowhere else, and reads no longer and no more than its guard allows."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from socket import SocketIO
from typing import TYPE_CHECKING, Any

try:
    from requests import Session
except ImportError:
    # guard.py uses this file where requests is there.
    Session = object  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from .guard import Exchange, Guard


class GuardedSession(Session):
    """Made in the place of the libraries' own. Sign-in handlers send through the adapter, so the adapter is what is
    guarded."""

    guard: Guard

    def __init__(self) -> None:
        super().__init__()
        # WS-Management has a compression of its own; that of HTTP is left out.
        self.headers["Accept-Encoding"] = "identity"

    def mount(self, prefix: str | bytes, adapter: Any) -> None:
        """Every adapter, those of the libraries too."""
        super().mount(prefix, adapter)
        current: list[Exchange] = []
        adapter.send = self._guarded(adapter.send, current)
        # How long to wait before asking again is not the server's to say.
        adapter.max_retries = adapter.max_retries.new(respect_retry_after_header=False)
        _meter_pools(adapter.poolmanager, current)
        adapter.proxy_manager_for = _then(adapter.proxy_manager_for, lambda manager: _meter_pools(manager, current))

    def _guarded(self, send: Callable[..., Any], current: list[Exchange]) -> Callable[..., Any]:
        def guarded(request: Any, *arguments: Any, **options: Any) -> Any:
            current[:] = [self.guard.exchange(_read_timeout(options.get("timeout")))]
            response = send(request, *arguments, **options)
            self.guard.judge(response)
            return response

        return guarded

    def resolve_redirects(self, *_arguments: Any, **_options: Any) -> Iterator[Any]:
        """None is ever followed."""
        return iter(())


class _MeteredIO(SocketIO):
    """The stream under an answer: each read is given what is left of the exchange's time, and is counted."""

    exchange: Exchange
    patience: float | None

    def readinto(self, b: Any) -> int | None:
        remaining = self.exchange.remaining()
        self._sock.settimeout(remaining if self.patience is None else min(self.patience, remaining))  # type: ignore[attr-defined]
        try:
            size = super().readinto(b)
        except TimeoutError:
            self.exchange.remaining()
            raise
        self.exchange.count(size or 0)
        return size


def _metered(current: list[Exchange]) -> type[http.client.HTTPResponse]:
    class MeteredResponse(http.client.HTTPResponse):
        """From its first byte on: status lines that only say 100 Continue count too."""

        def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            raw: Any = self.fp.raw
            # The sign-in handlers look for the certificate in this very object, so it stays and becomes a metered one.
            raw.__class__ = _MeteredIO
            raw.exchange, raw.patience = current[0], sock.gettimeout()

    return MeteredResponse


def _meter_pools(manager: Any, current: list[Exchange]) -> None:
    """Connections of all pools that this manager will make read metered answers."""
    response_class = _metered(current)

    def meter(connection: Any) -> None:
        connection.response_class = response_class

    def meter_pool(pool: Any) -> None:
        pool.ConnectionCls = _then(pool.ConnectionCls, meter)

    # A proxy's manager is asked for with each request, and is the same each time.
    if not hasattr(manager, "hma_metered"):
        manager.hma_metered = True
        manager.pool_classes_by_scheme = {
            scheme: _then(made, meter_pool) for scheme, made in manager.pool_classes_by_scheme.items()
        }


def _then(make: Callable[..., Any], after: Callable[[Any], None]) -> Callable[..., Any]:
    """A maker that does something to what it made."""

    def made(*arguments: Any, **options: Any) -> Any:
        result = make(*arguments, **options)
        after(result)
        return result

    return made


def _read_timeout(given: Any) -> float:
    """The longest of the timeouts of a request; without one a read waits for ever, and the guard's own time counts."""
    values = given if isinstance(given, (tuple, list)) else [given]
    return max((float(value) for value in values if isinstance(value, (int, float))), default=0.0)
