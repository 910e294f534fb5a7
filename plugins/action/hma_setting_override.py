# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A setting override that Outlook on the web needs; see the module hma_setting_override for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import (
    OVERRIDES,
    plan_override,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import Task
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.overrides import read_overrides, write_overrides
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """Which overrides there are to be, or not to be."""

    overrides: Sequence[str]
    state: str


@dataclass(frozen=True, kw_only=True)
class OverridesWritten(WritingResult):
    """The commands that made or took away the overrides."""

    commands: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_setting_override"
    options = Options

    def apply(self, options: Options) -> OverridesWritten:
        shell = self.shell(options)
        found = read_overrides(Task.reading(shell, self.host))
        present = options.state == "present"
        plans = [plan_override(found.overrides, OVERRIDES[name], present=present) for name in _of(options)]
        plan = Plan(tuple(change for item in plans for change in item.changes))
        if plan.changes and not present and found.needed:
            raise Refused(found.needed)
        if plan.changes and not self.predicting:
            write_overrides(Writer(shell, self.record(options), self.host, found.answer.domain_controller), plan)
        return OverridesWritten(
            account=Account.of(plan.predicted, predicting=self.predicting),
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
        )


def _of(options: Options) -> list[str]:
    return list(dict.fromkeys(options.overrides))
