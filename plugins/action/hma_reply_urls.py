# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reply URLs of Exchange Online in one tenant; see the module hma_reply_urls for its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.reply_urls import reply_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import parse_client_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import result_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import REPLY_URLS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import (
    Wanted,
    book_of,
    plan_names_of,
    write_names,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant


class ActionModule(HmaAction):
    """Read, plan, and (in mode apply, outside check mode) write once and read back."""

    module = "hma_reply_urls"

    def apply(self, options: Options) -> dict[str, Any]:
        options |= options["tenant"]
        tenant = Tenant.of(options)
        found = reply_urls(parse_client_urls(options["urls"]), options["ignored"])
        wanted = _wanted(options, [*found.wanted, *options["reply_urls"]])
        client = GraphClient(tenant, before_request=refuse_orphan)
        read = {"where": client.where, "time": datetime.now(UTC).isoformat(timespec="seconds")}
        writes = wanted.mode == "apply" and not self.predicting
        done = (
            write_names(client, wanted, book_of(self.record(options)))
            if writes
            else plan_names_of(client, wanted, predicting=self.predicting)
        )
        return {
            **result_of(done.changes, predicting=done.predicted),
            "wanted": list(wanted.names),
            "found": found.facts(),
            "before": done.before,
            "after": done.after,
            "missing": done.missing,
            "notes": done.notes,
            "read": read,
        }


def _wanted(options: Options, urls: list[str]) -> Wanted:
    return Wanted(
        names=list(dict.fromkeys(urls)),
        present=options["state"] == "present",
        mode=options["mode"],
        tenant_id=options["tenant_id"],
        cloud=options["cloud"],
        handoff_dir="",
        verify_seconds=options["verify_seconds"],
        prove_tokens=False,
        of=REPLY_URLS,
    )
