# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an Exchange organization or server; see the module hma_info for its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.directories import front_end, kinds_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.organization import CMDLETS, parse_organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.plan import Refused
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer


class ActionModule(HmaAction):
    """Reads only, in and out of check mode."""

    module = "hma_info"

    def apply(self, options: Options) -> dict[str, Any]:
        return {"changed": False, **getattr(self, f"_{options['scope']}")(options)}

    def _host(self, options: Options) -> dict[str, Any]:
        """Who answers on this connection; no Exchange shell is opened for it."""
        answer = self.shell(options).run([])
        return {"read": self._read(answer), "server": options["server"] or answer.host.fqdn, "through": bool(options["server"])}

    def _organization(self, options: Options) -> dict[str, Any]:
        answer = self.shell(options).run(CMDLETS)
        answer.require(CMDLETS)
        return {"read": self._read(answer), "organization": parse_organization(answer.results)}

    def _server(self, options: Options) -> dict[str, Any]:
        kinds = kinds_of(options["kinds"])
        cmdlets = [kind.get(options["server"] or THIS_SERVER) for kind in kinds]
        answer = self.shell(options).run(cmdlets)
        directories, unread = [], []
        for kind, cmdlet, result in zip(kinds, cmdlets, answer.results, strict=True):
            try:
                if result.errors:
                    raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
                directories.append(front_end(kind, result).facts())
            except (ExchangeError, Refused) as exc:
                unread.append({"what": kind.key, "reason": str(exc)})
        server = options["server"] or answer.host.fqdn
        return {"read": self._read(answer), "server": server, "directories": directories, "unread": unread}

    def _read(self, answer: Answer) -> dict[str, Any]:
        return {
            "host": self.host,
            "fqdn": answer.host.fqdn,
            "domain_controller": answer.domain_controller,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }
