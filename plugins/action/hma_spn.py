# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service principal names of Exchange Online in one tenant; see the module hma_spn for its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import summary
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import (
    Names,
    client_names,
    extra_host,
    name_of,
    parse_client_urls,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import result_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import (
    Done,
    Wanted,
    book_of,
    plan_names_of,
    proven,
    write_names,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant


class ActionModule(HmaAction):
    """Read, plan, and (in mode apply, outside check mode) write once and read back."""

    module = "hma_spn"

    def apply(self, options: Options) -> dict[str, Any]:
        options |= options["tenant"] or {}
        tenant = Tenant.of(options)
        found = client_names(parse_client_urls(options["client_urls"]), options["extra_names"], options["ignored"])
        wanted = _wanted(options, found)
        client = GraphClient(tenant, before_request=refuse_orphan)
        domains, unread = _domains(client) if options["read_domains"] else (None, [])
        read = {"where": client.where, "time": datetime.now(UTC).isoformat(timespec="seconds")}
        writes = wanted.mode == "apply" and not self.predicting
        done = (
            write_names(client, wanted, book_of(self.record(options)))
            if writes
            else plan_names_of(client, wanted, predicting=self.predicting)
        )
        done = proven(done, wanted, tenant)
        return {
            **result_of(done.changes, predicting=done.predicted),
            "wanted": list(wanted.names),
            "names": found.facts(),
            "before": done.before,
            "after": done.after,
            "missing": done.missing,
            "script": done.script,
            "notes": done.notes,
            "findings": [item.facts() for item in done.findings],
            "verified_domains": domains,
            "unread": unread,
            "read": read,
            **_failure(done, wanted),
        }


def _wanted(options: Options, found: Names) -> Wanted:
    names = list(dict.fromkeys([*found.wanted, *(name_of(extra_host(name)) for name in options["names"])]))
    return Wanted(
        names=names,
        present=options["state"] == "present",
        mode=options["mode"],
        tenant_id=options["tenant_id"],
        cloud=options["cloud"],
        handoff_dir=options["handoff_dir"],
        verify_seconds=options["verify_seconds"],
        prove_tokens=options["prove_tokens"],
    )


def _failure(done: Done, wanted: Wanted) -> dict[str, object]:
    """Names that have no effect fail a run that only looks."""
    return {"failed": True, "msg": summary(done.unproven)} if done.unproven and wanted.mode != "apply" else {}


def _domains(client: GraphClient) -> tuple[list[str] | None, list[dict[str, str]]]:
    """The verified domains, or why they are not known: they take a permission that the names do not need."""
    try:
        return client.verified_domains(), []
    except GraphError as exc:
        return None, [{"what": "verified_domains", "reason": str(exc)}]
