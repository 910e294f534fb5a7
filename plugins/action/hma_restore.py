# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take back what recorded runs changed; see the module hma_restore for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import result_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, change_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import (
    Task,
    restore_organization,
    restore_server,
    switch_off,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import PoliciesUnseen
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.overrides import restore_overrides
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.web_site import restore_sign_in
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

_SCOPES: Final[Mapping[str, Callable[[Task, Sequence[Recorded] | None], Restoration]]] = {
    "organization": restore_organization,
    "switch": switch_off,
    "server": restore_server,
    "sign_in": restore_sign_in,
    "overrides": restore_overrides,
}


class ActionModule(HmaAction):
    """Read, plan from the record, and (unless in check mode) write and read back."""

    module = "hma_restore"

    def apply(self, options: Options) -> dict[str, Any]:
        try:
            history = None if options["history"] is None else [change_of(item) for item in options["history"]]
            done = _SCOPES[options["scope"]](self._task_of(options), history)
        except PoliciesUnseen as exc:
            return {"failed": True, "msg": f"{self.host}: {exc}", "everywhere": False, "policies_unseen": True}
        except (Refused, RecordUnreadable) as exc:
            return {"failed": True, "msg": f"{self.host}: {exc}", "everywhere": True}
        return {
            **result_of(done.plan.predicted, predicting=self.predicting),
            "live": done.live,
            "commands": [change.cmdlet.typed() for change in done.changes],
            "refused": [item.facts(self.host) for item in done.refused],
            "left": [item.facts(self.host) for item in done.left],
            "handled": done.handled,
            "warnings": done.warnings,
        }

    def _task_of(self, options: Options) -> Task:
        shell = self.shell(options)

        def writer(answer: Answer) -> Writer:
            return Writer(shell, self.record(options), self.host, answer.domain_controller)

        return Task(
            shell=shell,
            writer=None if self.predicting else writer,
            host=self.host,
            server=options["server"],
            despite_policy=options["despite_policy"],
            despite_unseen_policies=options["despite_unseen_policies"],
            despite_connector=options["despite_connector"],
            despite_owa=options["despite_owa"],
            predicted_off=self.predicting and options["predicted_off"],
        )
