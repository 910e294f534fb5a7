# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task of the benchmark that runs cmdlets as a single task of a playbook would: with a shell of its own."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import open_shell


class ActionModule(ActionBase):
    """``cmdlets``: each with ``name``, ``parameters`` and ``returns``; ``of_server`` adds -Server with this one's."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        host = str((task_vars or {})["inventory_hostname"])
        shell = open_shell(self._connection, host=host, exchange_user=None, exchange_password=None)
        answer = shell.run([_cmdlet(item) for item in self._task.args["cmdlets"]])
        failed = [error.message for item in answer.results for error in item.errors]
        return {**result, "failed": bool(failed), "msg": "; ".join(failed), "objects": answer.results[0].objects}


def _cmdlet(given: dict[str, Any]) -> Cmdlet:
    of_server = {"Server": THIS_SERVER} if given.get("of_server") else {}
    return Cmdlet(given["name"], {**of_server, **given.get("parameters", {})}, tuple(given.get("returns", ())))
