# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entra and Graph on one address, for the tenants of the scenario."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .graph import Graph
from .journal import Faults, Journal
from .reply_urls import Authorize
from .sign_in import SignIn
from .tenants import Tenants


class Entra(Tenants):
    """The tenants and the two services that are over them."""

    def __init__(self, tenants: list[dict[str, Any]], journal: Journal, faults: Faults, slash: str = "either") -> None:
        super().__init__(tenants)
        self._sign_in, self._graph = SignIn(self, journal, faults), Graph(self, journal, faults)
        self._authorize = Authorize(self, journal, slash)

    def routes(self) -> list[web.RouteDef]:
        return [*self._sign_in.routes(), *self._graph.routes(), *self._authorize.routes()]
