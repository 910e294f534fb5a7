# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an Exchange organization or server; see the module hma_info for its options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma import identity, organization, server_state
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import THIS_SERVER
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.directories import front_end, kinds_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.plan import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.urls import reason_of
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
        """Who answers on this connection. Over Exchange's own endpoint only a shell can say so; the others open none."""
        answer = self.shell(options).run([])
        return {"read": self._read(answer), "server": options["server"] or answer.host.fqdn, "through": bool(options["server"])}

    def _organization(self, options: Options) -> dict[str, Any]:
        cmdlets = organization.cmdlets(options["read"])
        answer = self.shell(options).run(cmdlets)
        answer.require(cmdlets)
        read = self._read(answer)
        return {"read": read, "organization": organization.parse_organization(answer.results, read=read, depth=options["read"])}

    def _server(self, options: Options) -> dict[str, Any]:
        kinds, named = kinds_of(options["kinds"]), options["server"] or THIS_SERVER
        state = server_state.cmdlets(named) if options["read"] == "full" else ()
        cmdlets = [*(kind.get(named) for kind in kinds), *state]
        answer = self.shell(options).run(cmdlets)
        directories, unread = [], []
        for kind, cmdlet, result in zip(kinds, cmdlets, answer.results, strict=False):
            try:
                if result.errors:
                    raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
                directories.append(front_end(kind, result).facts())
            except (ExchangeError, Refused) as exc:
                unread.append({"what": kind.key, "reason": str(exc)})
        more = server_state.parse(answer.results[len(kinds) :]) if state else {}
        return {
            "read": self._read(answer),
            "server": options["server"] or answer.host.fqdn,
            "directories": directories,
            **more,
            "unread": unread + more.get("unread", []),
        }

    def _identity(self, options: Options) -> dict[str, Any]:
        """Two cmdlets; only where their page is full, a second shell counts in smaller pages."""
        domains, page = options["domains"], options["page"]
        shell = self.shell(options)
        answer = shell.run(identity.whole(domains, page))
        foreign, linked = answer.results
        unread = [{"what": what, "reason": reason_of("Get-Mailbox", result)} for what, result in (("foreign", foreign), ("linked", linked)) if not result.ok]
        found = [foreign]
        if foreign.ok and identity.full(foreign, page):
            pages = identity.pages(domains, page)
            again = shell.run(pages, domain_controller=answer.domain_controller)
            again.require(pages)
            found = again.results
        counted = {
            "foreign": identity.counted(found, page) if foreign.ok else None,
            "linked": identity.counted([linked], page) if linked.ok else None,
        }
        return {
            "read": self._read(answer),
            "identity": {"read": self._read(answer), "domains": domains, "yardstick": options["yardstick"], **counted, "unread": unread},
        }

    def _read(self, answer: Answer) -> dict[str, Any]:
        return {
            "host": self.host,
            "fqdn": answer.host.fqdn,
            "transport": answer.transport,
            "domain_controller": answer.domain_controller,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }
