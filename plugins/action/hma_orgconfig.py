# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization switches; see the module hma_orgconfig for its options."""

from __future__ import annotations

from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma import orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.organization import only
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._lockout import refuse_lockout
from ansible_collections.hybrid.exchange.plugins.plugin_utils._write import write_plan


class ActionModule(HmaAction):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_orgconfig"

    def apply(self, options: Options) -> dict[str, Any]:
        shell = self.shell(options)
        answer = shell.run([orgconfig.READ])
        answer.require([orgconfig.READ])
        before = orgconfig.parse_organization_config(only(answer.results[0], orgconfig.READ.name))
        wanted = {name: options[name] for name in orgconfig.PROPERTIES}
        plan = orgconfig.plan_organization(before, wanted)
        refuse_lockout(shell, plan, before, options["despite_policy"])
        after = {**before.facts(), **{name: value for name, value in wanted.items() if value is not None}}
        if plan.changes and not self.predicting:
            written = write_plan(shell, plan, self.record(options), host=self.host, read_after=[orgconfig.READ], domain_controller=answer.domain_controller)
            now = orgconfig.parse_organization_config(only(written.read_back[0], orgconfig.READ.name)).facts()
            if now != after:
                wrong = ", ".join(name for name in now if now[name] != after[name])
                raise ExchangeError(f"{self.host}: {plan.cmdlets[0].typed()} was accepted, but {wrong} did not read back as written. Run this again.")
        return {
            "changed": bool(plan.changes),
            "predicted": self.predicting and bool(plan.changes),
            "before": before.facts(),
            "after": after,
            "commands": [cmdlet.typed() for cmdlet in plan.cmdlets],
            "diff": plan.diff(),
        }
