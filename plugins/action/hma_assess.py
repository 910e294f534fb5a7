# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what was read; see the module hma_assess for its options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts, gates, inventory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.custom import custom_findings, custom_gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs, writer_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.names import autodiscover_hosts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import Decision, apply_policy, check_policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import client_names, parse_client_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import text_table
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._dns import resolves
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

_BREACH = {"fail": {"fail"}, "warn": {"fail", "warn"}, "never": set()}


class ActionModule(HmaAction):
    """Pure judgement: no connection is used, and nothing is written but the record of an overridden gate."""

    module = "hma_assess"

    def apply(self, options: Options) -> dict[str, Any]:
        check_policy(options["policy"], {**{key: check.gate for key, check in CHECKS.items()}, **custom_gates(options["custom_checks"])})
        servers, tenants = self._entries(options)
        document = facts.document(options["organization"], servers, tenants, options["identity"])
        inputs = _case(options, servers, tenants, self.inventory) if options["organization"] else None
        found = _findings(options["gate"], inputs, servers, tenants)
        judged, decisions = apply_policy([*found, *custom_findings(options["custom_checks"], document)], options["policy"])
        self._recorded(options, decisions)
        audit = options["gate"] == "audit"
        stopping = [item for item in judged if (item.status in _BREACH[options["fail_on"]] if audit else item.blocks)]
        default = inputs.default if inputs else None
        return {
            "changed": False,
            "failed": bool(stopping),
            "stops": bool(stopping),
            "msg": _message(judged, stopping, decisions, audit=audit),
            "findings": [item.facts() for item in judged],
            "warnings": _warnings(judged, decisions, audit=audit),
            "overridden": [item.facts() for item in decisions],
            "facts": document if audit else None,
            "default_tenant_id": default["tenant_id"] if default else None,
            "writer": writer_of(options["organization"], servers) if inputs else None,
        }

    def _entries(self, options: Options) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What this run read, and what it predicts: in check mode, before enabling, and nowhere else."""
        results = {name: inventory.own(options[name], self.run_id) for name in ("servers_read", "servers_predicted", "tenants_read", "tenants_predicted")}
        predicted = inventory.NO_PREDICTIONS
        if self.predicting and options["gate"] == "enable":
            trusts = [item for item in options["authservers_predicted"] if inventory.of_run(item, self.run_id)]
            predicted = inventory.predictions(results["servers_predicted"], results["tenants_predicted"], trusts)
        declared = {"ids": options["tenant_ids"], "domains": options["tenant_domains"], "clouds": options["tenant_clouds"]}
        servers = inventory.servers(options["servers"], results["servers_read"], predicted)
        return servers, inventory.tenants(options["tenants"], declared, results["tenants_read"], predicted)

    def _recorded(self, options: Options, decisions: Sequence[Decision]) -> None:
        """An override is a decision somebody made: it goes into the record of the run, before what it lets through."""
        if not decisions or self.predicting or options["gate"] == "audit":
            return
        record: Record = self.record(options)
        for item in decisions:
            record.decision(**item.facts())


def _findings(gate: str, inputs: Inputs | None, servers: list[dict[str, Any]], tenants: list[dict[str, Any]]) -> list[Finding]:
    hosts = gates.without_organization(servers, tenants)
    if gate == "hosts":
        return hosts
    # Where nobody read the organization, what is wrong with the inventory may be why.
    return gates.judge(gate, inputs) if inputs else [*gates.organization_unread(servers), *(item for item in hosts if item.blocks)]


def _case(options: Options, servers: list[dict[str, Any]], tenants: list[dict[str, Any]], inventory: Sequence[str]) -> Inputs:
    organization = options["organization"]
    inputs = Inputs(
        organization=organization,
        now=datetime.now(UTC),
        names=client_names(parse_client_urls(organization["client_urls"]), options["spn_extra_names"], options["spn_ignored"]),
        kinds=options["kinds"],
        servers=servers,
        tenants=tenants,
        excluded=options["servers_excluded"],
        default_tenant=options["default_tenant"],
        replace_default=options["replace_default_authserver"],
        incomplete_because=options["incomplete_because"],
        full=options["gate"] != "audit" or options["read"] == "full",
        identity=options["identity"] or None,
        unsynced_accepted=options["unsynced_accepted"],
        inventory=inventory,
    )
    return inputs.with_resolved(resolves(autodiscover_hosts(inputs))) if options["resolve"] else inputs


def _message(judged: Sequence[Finding], stopping: Sequence[Finding], decisions: Sequence[Decision], *, audit: bool) -> str:
    """A line that counts; below it, as a table, what stops the run (in an audit: everything that is not right)."""
    count = f"{len(judged)} checks, {len(stopping)} of them {'count against the policy' if audit else 'stop the run'}."
    overridden = [f"Overridden: {item.id}: {item.reason}" for item in decisions]
    table = text_table(judged if audit else stopping)
    return "\n".join(part for part in (count, *overridden, table) if part)


def _warnings(judged: Sequence[Finding], decisions: Sequence[Decision], *, audit: bool) -> list[str]:
    said = [f"gate {item.id} is overridden: {item.reason}" for item in decisions]
    return said if audit else said + [f"{item.id} {item.object}: {item.message} {item.advice}" for item in judged if item.status == "warn"]
