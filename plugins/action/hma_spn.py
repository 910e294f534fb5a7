# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service principal names of Exchange Online in one tenant; see the module hma_spn for its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import summary
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import NamePlan, client_names, extra_host, name_of, parse_client_urls
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.handoff import write_script
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.names import change_names, read_plan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tokens import prove_names
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record


class ActionModule(HmaAction):
    """Read, plan, and (in mode apply, outside check mode) write once and read back."""

    module = "hma_spn"

    def apply(self, options: Options) -> dict[str, Any]:
        options |= options["tenant"] or {}
        tenant = Tenant.of(options)
        found = client_names(parse_client_urls(options["client_urls"]), options["extra_names"], options["ignored"])
        wanted = list(dict.fromkeys([*found.wanted, *(name_of(extra_host(name)) for name in options["names"])]))
        client = GraphClient(tenant, before_request=refuse_orphan)
        present = options["state"] == "present"
        domains, unread = _domains(client) if options["read_domains"] else (None, [])
        result = {
            "changed": False,
            "predicted": False,
            "wanted": wanted,
            "names": found.facts(),
            "script": None,
            "notes": [],
            "findings": [],
            "verified_domains": domains,
            "unread": unread,
            "read": _read(client),
        }
        if options["mode"] == "apply" and not self.predicting:
            return _proven({**result, **self._apply(client, wanted, present, options)}, tenant, options)
        principal, plan = read_plan(client, wanted, present=present)
        result |= {"before": plan.before, "after": plan.before, "missing": plan.changed if present else [], "diff": []}
        if options["mode"] == "apply" and plan.changed:
            result |= {"changed": True, "predicted": True, "after": plan.after, "diff": [_diff(principal.display_name, options["tenant_id"], plan)]}
        if options["mode"] == "handoff" and plan.changed and not self.predicting:
            result["script"] = str(write_script(options["handoff_dir"], options["tenant_id"], options["cloud"], plan.changed, present=present))
            result["notes"] = [f"Give {result['script']} to the team that owns Entra; then run this again."]
        return _proven(result, tenant, options)

    def _apply(self, client: GraphClient, wanted: list[str], present: bool, options: Options) -> dict[str, Any]:
        record: Record = self.record(options)
        tenant, number = options["tenant_id"], [""]
        target = {"type": "names", "tenant_id": fold(tenant)}

        def intent(plan: NamePlan) -> None:
            command = f"PATCH servicePrincipals(appId='00000002-0000-0ff1-ce00-000000000000') {'+' if present else '-'} {', '.join(plan.changed)}"
            before, after = ({"servicePrincipalNames": names} for names in (plan.before, plan.after))
            number[0] = record.intent(f"tenant {tenant} servicePrincipalNames", target, command, before, after)

        def outcome(right: bool | None, detail: str) -> None:
            record.outcome(number[0], {True: "done", False: "failed", None: "uncertain"}[right], detail)

        done = change_names(client, wanted, present=present, on_intent=intent, on_outcome=outcome, verify_seconds=float(options["verify_seconds"]))
        plan = NamePlan(done.before, done.sent or done.after, done.plan.changed)
        return {
            "changed": done.sent is not None,
            "before": done.before,
            "after": done.after,
            "missing": done.missing if present else [],
            "notes": done.notes,
            "diff": [_diff("Office 365 Exchange Online", tenant, plan)] if done.sent is not None else [],
        }


def _proven(result: dict[str, Any], tenant: Tenant, options: Options) -> dict[str, Any]:
    """With prove_tokens: what is registered has to be effective. In mode apply it may still become so, and is noted."""
    if not options["prove_tokens"] or options["state"] == "absent":
        return result
    missing = set(result["missing"])
    there = [name for name in result["wanted"] if name not in missing]
    seconds = 0 if options["mode"] == "apply" else options["verify_seconds"]
    findings = prove_names(tenant, there, seconds=seconds, before_request=refuse_orphan)
    bad = [item for item in findings if item.blocks]
    result["findings"] = [item.facts() for item in findings]
    if options["mode"] == "apply":
        return {**result, "notes": [*result["notes"], *(f"{item.object}: {item.message}" for item in bad)]}
    return {**result, "failed": True, "msg": summary(bad)} if bad else result


def _domains(client: GraphClient) -> tuple[list[str] | None, list[dict[str, str]]]:
    """The verified domains, or why they are not known: they take a permission that the names do not need."""
    try:
        return client.verified_domains(), []
    except GraphError as exc:
        return None, [{"what": "verified_domains", "reason": str(exc)}]


def _read(client: GraphClient) -> dict[str, str]:
    return {"where": client.where, "time": datetime.now(UTC).isoformat(timespec="seconds")}


def _diff(principal: str, tenant: str, plan: NamePlan) -> dict[str, str]:
    header = f"servicePrincipalNames of {principal} in tenant {tenant}"
    return {
        "before_header": header,
        "after_header": f"{header}    PATCH servicePrincipals with {len(plan.after)} names",
        "before": "".join(f"{name}\n" for name in sorted(plan.before)),
        "after": "".join(f"{name}\n" for name in sorted(plan.after)),
    }
