# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and results of hma_access, one result for each scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.answers import (
    NamesAnswer,
    Place,
    ServerAnswer,
    SettingsAnswer,
    TenantAnswer,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.rows import Row
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl, parse_client_urls

from .._graph.tenant import Tenant
from .base import ExchangeOptions, Result


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """What is looked at; for the table the hosts whose results are read, the result of the task for ``names``, and what
    the first task of every playbook says of the variables (``settings``)."""

    scope: str
    server: str | None
    tenant: Tenant | None
    client_urls: Sequence[ClientUrl]
    connect_to: Mapping[str, str]
    servers: Sequence[str]
    tenants: Sequence[str]
    names: NamesAnswer
    settings: SettingsAnswer
    playbooks: Sequence[str]
    dir: str

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        read = {
            "tenant": Tenant.of(given["tenant"]) if given["tenant"] else None,
            "client_urls": parse_client_urls(given["client_urls"]),
            "names": NamesAnswer.from_result(given["names"]),
            "settings": SettingsAnswer.from_result(given["settings"]),
        }
        return super().from_options({**given, **read})


@dataclass(frozen=True, kw_only=True)
class ServerAccess(ServerAnswer, Result):
    """A server's answer, as far as it was reached."""


@dataclass(frozen=True, kw_only=True)
class TenantAccess(TenantAnswer, Result):
    """A tenant's answer, as far as it was reached."""


@dataclass(frozen=True, kw_only=True)
class NamesAccess(Result):
    """The published names, and what became of a connection to each."""

    places: Mapping[str, Place]


@dataclass(frozen=True, kw_only=True)
class AccessTable(Result):
    """All answers, as data, as lines for a terminal, and in a file."""

    complete: bool
    rows: Sequence[Row]
    table: Sequence[str]
    screen: Sequence[str]
    file: str
