# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth on the virtual directories of a server; see the module hma_vdir_oauth for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan, result_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
    front_end,
    kinds_of,
    plan_oauth,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import (
    give_back_urls,
    parse_read_back,
    read_back,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

_LOOK: Final = "Look at the server's event log; nothing after it was enabled."
_RECYCLE: Final = (
    "The change may wait for the application pool's recycle (at the latest an iisreset) before clients see it."
)


@dataclass(frozen=True)
class _Wanted:
    """Which directories of which server, and whether they are to have OAuth; no server is the one that answers."""

    server: str | None
    kinds: Sequence[str]
    present: bool
    mapi_empty: str


class ActionModule(HmaAction):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_vdir_oauth"

    def apply(self, options: Options) -> dict[str, Any]:
        wanted = _Wanted(options["server"], options["kinds"], options["state"] == "present", options["mapi_empty"])
        shell = self.shell(options)
        directories, controller, server = self._read(shell, wanted)
        plan = _plan(directories, wanted)
        now, notes, given_back = directories, list(plan.notes), list[str]()
        if plan.changes and not self.predicting:
            now, warnings, given_back = _write(
                Writer(shell, self.record(options), self.host, controller), plan, directories
            )
            notes += [_RECYCLE, *warnings]
        return {
            **({"warnings": [f"{self.host}: {text}" for text in given_back]} if given_back else {}),
            **result_of(plan.predicted, predicting=self.predicting),
            "server": server,
            "directories": _predicted(directories, plan)
            if plan.changes and self.predicting
            else [item.facts() for item in now],
            "commands": [cmdlet.typed() for cmdlet in plan.cmdlets],
            "notes": notes,
        }

    def _read(self, shell: Shell, wanted: _Wanted) -> tuple[list[Directory], str | None, str]:
        kinds = kinds_of(wanted.kinds)
        cmdlets = [kind.get(wanted.server or THIS_SERVER) for kind in kinds]
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
        return found, answer.domain_controller, wanted.server or answer.host.fqdn


def _write(
    writer: Writer, plan: Plan, directories: Sequence[Directory]
) -> tuple[list[Directory], list[str], list[str]]:
    """The directories as they read back, what Exchange warned, and what had to be given back."""
    written = writer.write(plan, read_back=read_back)
    before = {item.guid: item for item in directories}
    found = [parse_read_back(change, result) for change, result in zip(plan.changes, written.read_back, strict=True)]
    found, given_back = give_back_urls(writer, before, found)
    for change, item in zip(plan.changes, found, strict=True):
        # Another object than the one that was asked for has none of its properties.
        writer.check_read_back(change, item.settings if item.guid == change.target["guid"] else {}, _LOOK)
    now = {**before, **{item.guid: item for item in found}}
    return list(now.values()), written.warnings, given_back


def _plan(directories: Sequence[Directory], wanted: _Wanted) -> Plan:
    """Every refusal at once, before anything is written."""
    changes: list[Change] = []
    refusals: list[str] = []
    for directory in directories:
        try:
            change = plan_oauth(directory, present=wanted.present, mapi_empty=wanted.mapi_empty)
        except Refused as exc:
            refusals.append(str(exc))
        else:
            changes += [change] if change else []
    if refusals:
        raise Refused(" ".join(refusals))
    return Plan(tuple(changes))


def _predicted(directories: Sequence[Directory], plan: Plan) -> list[dict[str, Any]]:
    planned = {change.target["guid"]: change.after for change in plan.changes}
    after = (replace(item, settings={**item.settings, **planned.get(item.guid, {})}) for item in directories)
    # By directory: what was right already was read, and may have become wrong when the gate reads it again.
    return [{**item.facts(), "predicted": item.guid in planned} for item in after]
