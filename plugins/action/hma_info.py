# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an Exchange organization or server; see the module hma_info for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    mailboxes,
    organization_read,
    server_state,
    web_listing,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.client_urls import reason_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.mailboxes import Identity
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    front_end,
    kinds_of,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.users import users_of


class ActionModule(HmaAction):
    """Reads only, in and out of check mode."""

    module = "hma_info"

    def apply(self, options: Options) -> dict[str, Any]:
        return {"changed": False, **_SCOPES[options["scope"]](self, options)}

    def _host(self, options: Options) -> dict[str, Any]:
        """Who answers on this connection. Over Exchange's own endpoint only a shell can say so; the others open
        none."""
        answer = self.shell(options).run([])
        return {
            "read": self._read(answer),
            "server": options["server"] or answer.host.fqdn,
            "through": bool(options["server"]),
        }

    def _organization(self, options: Options) -> dict[str, Any]:
        cmdlets = organization_read.cmdlets(options["read"])
        answer = self.shell(options).run(cmdlets)
        answer.require(cmdlets)
        read = self._read(answer)
        return {
            "read": read,
            "organization": organization_read.parse_organization(
                answer.results, read=read, depth=options["read"]
            ).facts(),
        }

    def _switch(self, options: Options) -> dict[str, Any]:
        """Whether modern authentication is on, or needed: what going back asks right before it takes something away."""
        answer = self.shell(options).run(web_listing.SWITCH)
        answer.require(web_listing.SWITCH)
        return {"read": self._read(answer), "switch": web_listing.switch_facts(answer.results)}

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
            except (ExchangeError, Refused, ParseError) as exc:
                unread.append({"what": kind.key, "reason": str(exc)})
        more = server_state.parse(answer.results[len(kinds) :]).facts() if state else {}
        return {
            "read": self._read(answer),
            "server": options["server"] or answer.host.fqdn,
            "directories": directories,
            **more,
            "unread": unread + more.get("unread", []),
        }

    def _identity(self, options: Options) -> dict[str, Any]:
        """Two cmdlets, or three; only where a page is full, another shell counts in smaller pages. The tenants are read
        first: it is they that refuse."""
        domains, page = options["domains"], options["page"]
        users, unread = _users(options["tenants"])
        shell = self.shell(options)
        answer = shell.run(
            [*mailboxes.count_cmdlets(domains, page), *([mailboxes.list_cmdlet(page)] if users is not None else [])]
        )
        first = dict(zip(("foreign", "linked", "missing"), answer.results, strict=False))
        unread += [Unread(part, reason_of("Get-Mailbox", result)) for part, result in first.items() if not result.ok]

        def every_page(part: str, pages: list[Cmdlet]) -> list[CmdletResult] | None:
            if part not in first or not first[part].ok:
                return None
            if not mailboxes.page_is_full(first[part], page):
                return [first[part]]
            again = shell.run(pages, domain_controller=answer.domain_controller)
            again.require(pages)
            return again.results

        foreign, everyone = (
            every_page("foreign", mailboxes.pages(domains, page)),
            every_page("missing", mailboxes.everyone_in_pages(page)),
        )
        identity = Identity(
            read=self._read(answer),
            domains=domains,
            domains_from=options["domains_from"],
            foreign=mailboxes.count_foreign(foreign, page, unread) if foreign else None,
            linked=mailboxes.count_linked(first["linked"], page) if first["linked"].ok else None,
            missing=mailboxes.count_missing(everyone, page, users or {}, unread) if everyone else None,
            unread=tuple(unread),
        )
        return {"read": self._read(answer), "identity": identity.facts()}

    def _read(self, answer: Answer) -> dict[str, Any]:
        return {
            "host": self.host,
            "fqdn": answer.host.fqdn,
            "transport": answer.transport,
            "domain_controller": answer.domain_controller,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def _users(tenants: list[Options]) -> tuple[dict[str, bool] | None, list[Unread]]:
    """The users of all tenants, or why they are not known: a permission that nothing else needs must not cost the other
    counts."""
    if not tenants:
        return None, []
    try:
        return users_of(tenants), []
    except (GraphError, Refused) as exc:
        return None, [Unread("missing", str(exc))]


_SCOPES: Final[Mapping[str, Callable[[ActionModule, Options], dict[str, Any]]]] = {
    "host": ActionModule._host,
    "organization": ActionModule._organization,
    "switch": ActionModule._switch,
    "server": ActionModule._server,
    "identity": ActionModule._identity,
}
