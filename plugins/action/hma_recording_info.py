# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a server or a tenant for a recording; see the module hma_recording_info for its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.probe.targets import Server, Tls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import (
    ServerAnswers,
    TenantAnswers,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ExchangeOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.exchange import read_challenges, read_server
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.tenant import read_tenant


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """What is read: a server, with the organization or without it, or a tenant."""

    scope: str
    server: str | None
    organization: bool
    place: Mapping[str, Any] | None
    timeout: int
    tenant: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Read(Result):
    """What was read, with everybody's names, and what could not be."""

    reading: ServerAnswers | TenantAnswers
    unread: str = ""


class ActionModule(HmaAction[Options]):
    """Reads only, in and out of check mode."""

    module = "hma_recording_info"
    options = Options

    def apply(self, options: Options) -> Read:
        if options.scope == "tenant":
            return _tenant(Tenant.of(options.tenant or {}))
        found = read_server(self.shell(options), options.server, organization=options.organization)
        if options.place is None:
            return Read(reading=found)
        try:
            server = Server.from_options(options.place, Tls())
            challenges = read_challenges(found.readings, server, options.timeout)
        except (ParseError, Refused) as exc:
            return Read(reading=found, unread=f"its web site was not asked: {exc}")
        return Read(reading=replace(found, challenges=challenges))


def _tenant(tenant: Tenant) -> Read:
    client = GraphClient(tenant, before_request=refuse_orphan)
    return Read(reading=read_tenant(client, tenant.tenant_id, tenant.cloud))
