# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what was read; see the module hma_assess for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts, gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.custom import (
    CustomCheck,
    custom_findings,
    custom_gates,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import Settings
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Gate, Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import facts_of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.names import autodiscover_hosts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import (
    Decision,
    apply_policy,
    check_policy,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import text_table
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.assess import Assessment, Blocking, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._dns import resolves
from ansible_collections.hybrid.exchange.plugins.plugin_utils._found import FactsAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

_BREACH: Final = {"fail": {"fail"}, "warn": {"fail", "warn"}, "never": set()}


class ActionModule(FactsAction[Options]):
    """Pure judgement: no connection is used, and nothing is written but the record of an overridden gate."""

    module = "hma_assess"
    options = Options

    def apply(self, options: Options) -> Assessment:
        settings = options.settings
        policy = settings.get("policy") or {}
        custom = [CustomCheck.from_options(item) for item in settings.get("custom_checks") or []]
        check_policy(policy, {**{key: check.gate for key, check in CHECKS.items()}, **custom_gates(custom)})
        found = facts_of_run(_with_the_last_reading(options), self.run_id)
        inputs = Inputs.from_facts(found, Settings.from_options(settings), self._gate(options))
        if options.resolve and inputs.read:
            inputs = inputs.with_resolved(resolves(autodiscover_hosts(inputs)))
        findings = [*gates.findings(options.gate, inputs), *custom_findings(custom, facts.document(inputs))]
        judged, decisions = apply_policy(findings, policy)
        if self.predicting and options.gate == "enable" and inputs.read and not any(item.blocks for item in judged):
            judged = [*judged, *gates.cured_by_the_switch(inputs)]
        self._record_decisions(options, decisions)
        return _assessment(options, inputs, judged, decisions)

    def _gate(self, options: Options) -> Gate:
        return Gate(options.gate, datetime.now(UTC), options.read, self.predicting, self.inventory)

    def _record_decisions(self, options: Options, decisions: Sequence[Decision]) -> None:
        """An override is a decision somebody made: it goes into the record of the run, before what it lets through."""
        if not decisions or self.predicting or options.audit:
            return
        record: Record = self.record(options)
        for item in decisions:
            record.decision(**item.facts())


def _with_the_last_reading(options: Options) -> Mapping[str, Any]:
    """A reading in which nothing is, is one too: what was read before a write proves nothing after it."""
    return options.facts if options.organization is None else {**options.facts, "organization": options.organization}


def _assessment(
    options: Options, inputs: Inputs, judged: Sequence[Finding], decisions: Sequence[Decision]
) -> Assessment:
    stopping = [item for item in judged if _stops(options, item)]
    fails = bool(stopping) and options.fail
    return Assessment(
        failed=fails,
        stops=bool(stopping),
        msg=_message(judged, stopping, decisions, audit=options.audit),
        findings=[Blocking.of(item) for item in stopping] if fails else judged,
        warnings=_warnings(judged, decisions, audit=options.audit),
        overridden=decisions,
        facts=facts.document(inputs) if options.audit and not fails else None,
        default_tenant_id=inputs.default.tenant_id if inputs.read and inputs.default else None,
        writer=inputs.writer if inputs.read else None,
        newer_reader=inputs.newer_reader if inputs.read else None,
    )


def _stops(options: Options, finding: Finding) -> bool:
    return finding.status in _BREACH[options.fail_on] if options.audit else finding.blocks


def _message(
    judged: Sequence[Finding], stopping: Sequence[Finding], decisions: Sequence[Decision], *, audit: bool
) -> str:
    """A line that counts; below it, as a table, what stops the run (in an audit: everything that is not right).

    Each check once, however many objects it is of, as the report counts.
    """
    number, wrong = (len({item.id for item in found}) for found in (judged, stopping))
    checks = "1 check" if number == 1 else f"{number} checks"
    what = (
        ("counts against the policy" if audit else "stops the run")
        if wrong == 1
        else ("count against the policy" if audit else "stop the run")
    )
    count = f"{checks}, {wrong} of them {what}."
    overridden = [f"Overridden: {item.id}: {item.reason}" for item in decisions]
    table = text_table(judged if audit else stopping)
    return "\n".join(part for part in (count, *overridden, table) if part)


def _warnings(judged: Sequence[Finding], decisions: Sequence[Decision], *, audit: bool) -> list[str]:
    said = [f"gate {item.id} is overridden: {item.reason}" for item in decisions]
    return (
        said
        if audit
        else said
        + [f"{item.id} {item.object}: {item.message} {item.advice}" for item in judged if item.status == "warn"]
    )
