# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth on the virtual directories of a server; see the module hma_vdir_oauth for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    Kind,
    differing_properties,
    front_end,
    kinds_of,
    parse_directory,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import write_plan


class ActionModule(HmaAction):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_vdir_oauth"

    def apply(self, options: Options) -> dict[str, Any]:
        shell = self.shell(options)
        directories, controller, server = self._read(shell, options)
        plan = _plan(directories, options)
        after = {item.guid: item.facts() for item in directories}
        notes: list[str] = []
        if plan.changes and not self.predicting:
            after, notes = self._write(shell, plan, directories, controller, options)
        elif plan.changes:
            after = _predicted(directories, plan)
        return {
            "changed": bool(plan.changes),
            "predicted": self.predicting and bool(plan.changes),
            "server": server,
            "directories": list(after.values()),
            "commands": [cmdlet.typed() for cmdlet in plan.cmdlets],
            "notes": [*plan.notes, *notes],
            "diff": plan.diff(),
        }

    def _read(self, shell: Shell, options: Options) -> tuple[list[Directory], str | None, str]:
        kinds = kinds_of(options["kinds"])
        cmdlets = [kind.get(options["server"] or THIS_SERVER) for kind in kinds]
        answer = shell.run(cmdlets)
        found, wrong = [], []
        for kind, cmdlet, result in zip(kinds, cmdlets, answer.results, strict=True):
            try:
                if result.errors:
                    raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
                found.append(front_end(kind, result))
            except (Refused, ParseError) as exc:
                wrong.append(str(exc))
        if wrong:
            # All of them at once, before anything is written to this server.
            raise Refused(" ".join(wrong))
        return found, answer.domain_controller, options["server"] or answer.host.fqdn

    def _write(
        self, shell: Shell, plan: Plan, directories: Sequence[Directory], controller: str | None, options: Options
    ) -> tuple[dict[str, dict[str, Any]], list[str]]:
        kinds = {item.guid: KINDS[item.kind] for item in directories}
        written = write_plan(
            shell, plan, self.record(options), host=self.host, read_back=lambda change: _read_back(kinds, change), domain_controller=controller
        )
        after = {item.guid: item.facts() for item in directories}
        for change, result in zip(plan.changes, written.read_back, strict=True):
            kind = kinds[change.cmdlet.parameters["Identity"]]
            now = parse_directory(kind, result.only(f"Get-{kind.noun}"))
            wrong = differing_properties(change, now)
            if wrong or now.guid != change.cmdlet.parameters["Identity"]:
                raise ExchangeError(
                    f"{self.host}: {change.cmdlet.typed()} was accepted, but {', '.join(wrong) or 'another object'} did not read back as written. "
                    "Look at the server's event log; nothing after it was enabled."
                )
            after[now.guid] = now.facts()
        notes = ["The change may wait for the application pool's recycle (at the latest an iisreset) before clients see it."]
        return after, notes + written.warnings


def _plan(directories: Sequence[Directory], options: Options) -> Plan:
    """Every refusal at once, before anything is written."""
    changes: list[Change] = []
    refusals: list[str] = []
    for directory in directories:
        try:
            change = plan_oauth(directory, present=options["state"] == "present", mapi_empty=options["mapi_empty"])
        except Refused as exc:
            refusals.append(str(exc))
        else:
            changes += [change] if change else []
    if refusals:
        raise Refused(" ".join(refusals))
    return Plan(tuple(changes))


def _predicted(directories: Sequence[Directory], plan: Plan) -> dict[str, dict[str, Any]]:
    planned = {change.cmdlet.parameters["Identity"]: change.after for change in plan.changes}
    after = {item.guid: replace(item, settings={**item.settings, **planned.get(item.guid, {})}).facts() for item in directories}
    # By directory: what was right already was read, and may have become wrong when the gate reads it again.
    return {key: {**facts, "predicted": key in planned} for key, facts in after.items()}


def _read_back(kinds: dict[str, Kind], change: Change) -> Cmdlet:
    guid = change.cmdlet.parameters["Identity"]
    return kinds[guid].get_one(guid)
