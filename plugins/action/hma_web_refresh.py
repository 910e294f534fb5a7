# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server takes up its overrides, and restarts IIS where that is allowed; see the module hma_web_refresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.server_files import (
    RESTART_IIS,
    VERSION,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.setting_overrides import REFRESH
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ExchangeOptions, Result


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """Which server, and whether its IIS is restarted too."""

    server: str | None
    restart_iis: bool


@dataclass(frozen=True, kw_only=True)
class Refreshed(Result):
    """The commands that the server was given."""

    commands: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Two commands. Neither leaves anything behind that could be taken back, so that nothing is recorded."""

    module = "hma_web_refresh"
    options = Options

    def apply(self, options: Options) -> Refreshed:
        restart = options.restart_iis
        if restart and options.server:
            raise Refused(
                f"IIS of {options.server} is restarted on that server itself, and it is reached through another one."
            )
        named = replace(REFRESH, parameters={**REFRESH.parameters, "Server": options.server or THIS_SERVER})
        cmdlets = [named, *([RESTART_IIS] if restart else [])]
        # In check mode a read of the same kind says whether this connection reaches the server itself.
        sent = ([VERSION] if restart else []) if self.predicting else cmdlets
        if sent:
            self.shell(options).run(sent).require(sent)
        return Refreshed(changed=restart, commands=[cmdlet.typed() for cmdlet in cmdlets])
