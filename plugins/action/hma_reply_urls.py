# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply URLs of Exchange Online in one tenant; see the module hma_reply_urls for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.reply_urls import reply_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl, Names, parse_client_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import RecordOptions, WritingResult
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import REPLY_URLS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import (
    TenantReading,
    Wanted,
    names_done,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant


@dataclass(frozen=True, kw_only=True)
class Options(RecordOptions):
    """The tenant, which reply URLs it is to have, and what is done about it."""

    tenant: Tenant
    state: str
    mode: str
    urls: Sequence[ClientUrl]
    reply_urls: Sequence[str]
    ignored: Sequence[Mapping[str, str]]
    verify_seconds: int

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        read = {"tenant": Tenant.of(given["tenant"]), "urls": parse_client_urls(given["urls"])}
        return super().from_options({**given, **read})


@dataclass(frozen=True, kw_only=True)
class ReplyUrlsWritten(WritingResult):
    """The reply URLs of the tenant before and after, and those it is to have."""

    wanted: Sequence[str]
    found: Names
    before: Sequence[str]
    after: Sequence[str]
    missing: Sequence[str]
    notes: Sequence[str]
    read: TenantReading


class ActionModule(HmaAction[Options]):
    """Read, plan, and (in mode apply, outside check mode) write once and read back."""

    module = "hma_reply_urls"
    options = Options

    def apply(self, options: Options) -> ReplyUrlsWritten:
        found = reply_urls(options.urls, options.ignored)
        wanted = _wanted(options, [*found.wanted, *options.reply_urls])
        client = GraphClient(options.tenant, before_request=refuse_orphan)
        read = TenantReading.of(client)
        done = names_done(client, wanted, lambda: self.record(options), predicting=self.predicting)
        return ReplyUrlsWritten(
            account=Account.of(done.changes, predicting=done.predicted),
            wanted=wanted.names,
            found=found,
            before=done.before,
            after=done.after,
            missing=done.missing,
            notes=done.notes,
            read=read,
        )


def _wanted(options: Options, urls: list[str]) -> Wanted:
    return Wanted(
        names=list(dict.fromkeys(urls)),
        present=options.state == "present",
        mode=options.mode,
        tenant_id=options.tenant.tenant_id,
        cloud=options.tenant.cloud,
        handoff_dir="",
        verify_seconds=options.verify_seconds,
        prove_tokens=False,
        of=REPLY_URLS,
    )
