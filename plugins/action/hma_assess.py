# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what was read; see the module hma_assess for its options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SETTINGS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import facts, gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.custom import custom_findings, custom_gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.declared import Settings, declared
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Gate, Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inventory import facts_of_run
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.names import autodiscover_hosts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.policy import (
    Decision,
    apply_policy,
    check_policy,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import text_table
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options, plain
from ansible_collections.hybrid.exchange.plugins.plugin_utils._dns import resolves
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

_BREACH: Final = {"fail": {"fail"}, "warn": {"fail", "warn"}, "never": set()}
# What a failed task shows of a finding that stops; Ansible prints the whole result of such a task in one line.
_SHOWN: Final = ("id", "status", "object", "message", "fix", "commands")


class ActionModule(HmaAction):
    """Pure judgement: no connection is used, and nothing is written but the record of an overridden gate."""

    module = "hma_assess"

    def apply(self, options: Options) -> dict[str, Any]:
        settings = _settings(options)
        policy, custom = settings.get("policy") or {}, settings.get("custom_checks") or []
        check_policy(policy, {**{key: check.gate for key, check in CHECKS.items()}, **custom_gates(custom)})
        inputs = Inputs.from_facts(self._facts(options), Settings.from_options(settings), self._gate(options))
        if options["resolve"] and inputs.read:
            inputs = inputs.with_resolved(resolves(autodiscover_hosts(inputs)))
        document = facts.document(inputs)
        judged, decisions = apply_policy(
            [*gates.findings(options["gate"], inputs), *custom_findings(custom, document)], policy
        )
        self._recorded(options, decisions)
        return self._result(options, inputs, judged, decisions, document)

    def _facts(self, options: Options) -> Options:
        """The facts, if need be only those that this run made: results live in variables of fixed names."""
        return facts_of_run(options["facts"], self.run_id)

    def _gate(self, options: Options) -> Gate:
        return Gate(options["gate"], datetime.now(UTC), options["read"], self.predicting, tuple(self.inventory))

    def _result(
        self,
        options: Options,
        inputs: Inputs,
        judged: list[Finding],
        decisions: list[Decision],
        document: dict[str, Any],
    ) -> dict[str, Any]:
        audit = options["gate"] == "audit"
        stopping = [item for item in judged if (item.status in _BREACH[options["fail_on"]] if audit else item.blocks)]
        fails = bool(stopping) and options["fail"]
        return {
            "changed": False,
            "failed": fails,
            "stops": bool(stopping),
            "msg": _message(judged, stopping, decisions, audit=audit),
            "findings": [_short(item) for item in stopping] if fails else [item.facts() for item in judged],
            "warnings": _warnings(judged, decisions, audit=audit),
            "overridden": [item.facts() for item in decisions],
            "facts": document if audit and not fails else None,
            "default_tenant_id": inputs.default.tenant_id if inputs.read and inputs.default else None,
            "writer": inputs.writer if inputs.read else None,
            "newer_reader": inputs.newer_reader if inputs.read else None,
        }

    def _recorded(self, options: Options, decisions: Sequence[Decision]) -> None:
        """An override is a decision somebody made: it goes into the record of the run, before what it lets through."""
        if not decisions or self.predicting or options["gate"] == "audit":
            return
        record: Record = self.record(options)
        for item in decisions:
            record.decision(**item.facts())


def _settings(options: Options) -> Options:
    """The settings that are given; for the rest, what the public variables of the run say. Both have the types of the
    option."""
    given = {name: value for name, value in (options["settings"] or {}).items() if value is not None}
    variables = declared(options["facts"].get("settings") or {}, list(SETTINGS), options["gate"])
    judged = ArgumentSpecValidator(SETTINGS).validate(variables)
    if judged.error_messages:
        raise Refused(f"facts: settings: {'; '.join(judged.error_messages)}")
    return {**plain(judged.validated_parameters), **given}


def _short(finding: Finding) -> dict[str, Any]:
    found = finding.facts()
    return {name: found[name] for name in _SHOWN}


def _message(
    judged: Sequence[Finding], stopping: Sequence[Finding], decisions: Sequence[Decision], *, audit: bool
) -> str:
    """A line that counts; below it, as a table, what stops the run (in an audit: everything that is not right)."""
    checks = "1 check" if len(judged) == 1 else f"{len(judged)} checks"
    what = (
        ("counts against the policy" if audit else "stops the run")
        if len(stopping) == 1
        else ("count against the policy" if audit else "stop the run")
    )
    count = f"{checks}, {len(stopping)} of them {what}."
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
