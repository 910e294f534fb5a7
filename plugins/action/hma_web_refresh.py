# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server takes up its overrides, and restarts IIS where that is allowed; see the module hma_web_refresh."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import RESTART_IIS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import REFRESH
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options


class ActionModule(HmaAction):
    """Two commands. Neither leaves anything behind that could be taken back, so that nothing is recorded."""

    module = "hma_web_refresh"

    def apply(self, options: Options) -> dict[str, Any]:
        restart = options["restart_iis"]
        if restart and options["server"]:
            raise Refused(
                f"IIS of {options['server']} is restarted on that server itself, and it is reached through another one."
            )
        named = replace(REFRESH, parameters={**REFRESH.parameters, "Server": options["server"] or THIS_SERVER})
        cmdlets = [named, *([RESTART_IIS] if restart else [])]
        if not self.predicting:
            answer = self.shell(options).run(cmdlets)
            answer.require(cmdlets)
        return {"changed": restart, "commands": [cmdlet.typed() for cmdlet in cmdlets]}
