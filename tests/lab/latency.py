# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things take on a real server, in seconds: a scenario says it, and whoever asks waits. Nobody else does.

``shell``: an Exchange shell opens. ``cmdlet``: any cmdlet. ``iis_read``: besides, a read that asks a server's IIS.
``set``: besides, a cmdlet that writes. ``token``: Entra signs in. ``graph``: an answer of Graph.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from .virtual_directories import kind_of

KEYS = frozenset({"shell", "cmdlet", "iis_read", "set", "token", "graph"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Latency:
    """The times of one lab."""

    def __init__(self, given: Mapping[str, float]) -> None:
        self._given = {key: float(value) for key, value in given.items()}

    async def wait(self, what: str) -> None:
        if self._given.get(what):
            await asyncio.sleep(self._given[what])

    def of_cmdlet(self, name: str, given: Mapping[str, Any]) -> float:
        """What a cmdlet takes, with all that it does."""
        verb, _dash, noun = name.partition("-")
        keys = ["cmdlet"]
        if verb.casefold() not in ("get", "test"):
            keys.append("set")
        elif kind_of(noun) and not given.get("ADPropertiesOnly"):
            keys.append("iis_read")
        return sum(self._given.get(key, 0.0) for key in keys)

    async def of_entra(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Entra's and Graph's share, in front of their answers."""
        if request.path.startswith("/v1.0/"):
            await self.wait("graph")
        elif request.path.endswith("/token"):
            await self.wait("token")
        return await handler(request)
