# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an Exchange organization or server; see the module hma_info for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    mailboxes,
    organization_read,
    server_oauth,
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
    kinds_of,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _on_server
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.info import (
    Host,
    IdentityRead,
    OAuthRead,
    Options,
    OrganizationRead,
    Reading,
    ServerRead,
    ServerReadInFull,
    ServerReadItself,
    SwitchRead,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import straight_to_exchange
from ansible_collections.hybrid.exchange.plugins.plugin_utils._front_ends import front_ends
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.users import users_or_reason


class ActionModule(HmaAction[Options]):
    """Reads only, in and out of check mode."""

    module = "hma_info"
    options = Options

    def apply(self, options: Options) -> Result:
        return _SCOPES[options.scope](self, options)

    def _host(self, options: Options) -> Host | ServerRead:
        """Who answers on this connection. Over Exchange's own endpoint only a shell can say so; the others open
        none."""
        if options.directories and straight_to_exchange(self._connection):
            found = self._server(options)
            if options.read != "full":
                return found
            return replace(found, unread=[*found.unread, *_brief(_on_server.out_of_reach(self.host))])
        answer = self.shell(options).run([])
        return Host(
            read=Reading.of(self.host, answer), server=options.server or answer.host.fqdn, through=bool(options.server)
        )

    def _organization(self, options: Options) -> OrganizationRead:
        cmdlets = organization_read.cmdlets(options.read)
        answer = self.shell(options).run(cmdlets)
        answer.require(cmdlets)
        read = Reading.of(self.host, answer)
        organization = organization_read.parse_organization(answer.results, read=read.facts(), depth=options.read)
        return OrganizationRead(read=read, organization=organization)

    def _switch(self, options: Options) -> SwitchRead:
        """Whether modern authentication is on, or needed: what going back asks right before it takes something away."""
        answer = self.shell(options).run(web_listing.SWITCH)
        answer.require(web_listing.SWITCH)
        return SwitchRead(
            read=Reading.of(self.host, answer), switch=web_listing.parse_switch(answer.results, options.despite_owa)
        )

    def _server(self, options: Options) -> ServerRead:
        kinds, named = kinds_of(options.kinds), options.server or THIS_SERVER
        state = server_state.cmdlets(named) if options.read == "full" else ()
        cmdlets = [*(kind.get(named) for kind in kinds), *state]
        local = options.on_server
        asked = _on_server.ask(self.shell(options), cmdlets, local, through=options.server)
        answer = asked.answer
        directories, gaps = front_ends(self.host, kinds, cmdlets, answer.results)
        read, server = Reading.of(self.host, answer), options.server or answer.host.fqdn
        through = bool(options.server)
        if not state:
            return ServerRead(read=read, server=server, through=through, directories=directories, unread=_brief(gaps))
        found = server_state.parse(answer.results[len(kinds) : len(cmdlets)])
        in_full = ServerReadInFull(
            read=read,
            server=server,
            through=through,
            directories=directories,
            unread=_brief([*gaps, *found.unread]),
            certificates=found.certificates,
            components=found.components,
        )
        return ServerReadItself.of(in_full, _on_server.parse(self.host, local, asked)) if local else in_full

    def _oauth(self, options: Options) -> OAuthRead:
        """One cmdlet, which signs in to Exchange Online as the mailbox and asks for something: up to half a minute."""
        cmdlet = server_oauth.test(options.mailbox, options.cloud)
        answer = self.shell(options).run([cmdlet])
        answer.require([cmdlet])
        return OAuthRead(
            read=Reading.of(self.host, answer), oauth=server_oauth.parse_test(options.mailbox, answer.results[0])
        )

    def _identity(self, options: Options) -> IdentityRead:
        """Two cmdlets, or three; only where a page is full, another shell counts in smaller pages. The tenants are read
        first: it is they that refuse."""
        domains, page = options.domains, options.page
        users, unread = users_or_reason(options.tenants)
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
            read=Reading.of(self.host, answer).facts(),
            domains=domains,
            domains_from=options.domains_from,
            foreign=mailboxes.count_foreign(foreign, page, unread, domains=domains, users=users) if foreign else None,
            linked=mailboxes.count_linked(first["linked"], page) if first["linked"].ok else None,
            missing=mailboxes.count_missing(everyone, page, users or {}, unread) if everyone else None,
            unread=tuple(unread),
        )
        return IdentityRead(read=Reading.of(self.host, answer), identity=identity)


def _brief(gaps: Sequence[Unread]) -> list[dict[str, str]]:
    return [gap.brief_facts() for gap in gaps]


_SCOPES: Final[Mapping[str, Callable[[ActionModule, Options], Result]]] = {
    "host": ActionModule._host,
    "organization": ActionModule._organization,
    "switch": ActionModule._switch,
    "server": ActionModule._server,
    "identity": ActionModule._identity,
    "oauth": ActionModule._oauth,
}
