# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what the sign-in of Outlook on the web rests on; see the module hma_web_info for its options."""

from __future__ import annotations

from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    administrators,
    server_files,
    web_directories,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.administrators import Membership
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils import _on_server
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.info import Reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.web_info import (
    Options,
    OrganizationRead,
    ServerRead,
    Web,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer, Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.accounts import accounts_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError

_CONTROLLER: Final = "CurrentConfigDomainController"
STATUS: Final = Cmdlet("Get-ExchangeServer", {"Status": True}, ("Name", _CONTROLLER), on_error="continue")


class ActionModule(HmaAction[Options]):
    """Reads only, in and out of check mode. What could not be read is in ``unread``, with its reason."""

    module = "hma_web_info"
    options = Options

    def apply(self, options: Options) -> Result:
        return self._organization(options) if options.scope == "organization" else self._server(options)

    def _organization(self, options: Options) -> OrganizationRead:
        """The URLs of all servers, who administers Exchange, and the accounts of those that are named."""
        shell = self.shell(options)
        gets = [web_directories.get_urls(kind) for kind in web_directories.NOUNS]
        answer = shell.run([*gets, STATUS, administrators.MEMBERS])
        unread: list[Unread] = []
        urls: list[ClientUrl] = []
        for kind, cmdlet, result in zip(web_directories.NOUNS, gets, answer.results, strict=False):
            urls += _urls(kind, cmdlet, result, unread)
        alive = _alive(answer.results[len(gets)], unread)
        found = _members(shell, answer)
        try:
            named = administrators.names_in_entra(found.members, options.administrators)
            accounts = accounts_of(options.tenants, named, refuse_orphan)
        except (GraphError, Refused) as exc:
            accounts = []
            unread.append(Unread("accounts", str(exc)))
        web = Web(urls, alive, found, accounts, unread, asked=bool(options.tenants))
        return OrganizationRead(read=Reading.of(self.host, answer), web=web)

    def _server(self, options: Options) -> ServerRead:
        """Both directories in full, and the file version where the connection reaches the server itself."""
        named = options.server or THIS_SERVER
        gets = [web_directories.get(kind, named) for kind in web_directories.NOUNS]
        asked = _on_server.ask(self.shell(options), gets, [server_files.VERSION], through=options.server)
        answer = asked.answer
        version, gaps = self._version(asked)
        directories = []
        for kind, cmdlet, result in zip(web_directories.NOUNS, gets, answer.results, strict=False):
            try:
                if result.errors:
                    raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
                directories.append(web_directories.front_end(kind, result))
            except (ExchangeError, Refused, ParseError) as exc:
                gaps.append(Unread(kind, str(exc)))
        return ServerRead(
            read=Reading.of(self.host, answer),
            server=options.server or answer.host.fqdn,
            directories=directories,
            version=version,
            unread=[gap.brief_facts() for gap in gaps],
        )

    def _version(self, asked: _on_server.BothAnswers) -> tuple[str | None, list[Unread]]:
        """The file version, or why there is none."""
        try:
            if asked.own is None:
                raise Refused(asked.reason)
            if asked.own[0].errors:
                raise ExchangeError(cmdlet_failure(self.host, server_files.VERSION, asked.own[0].errors[0]))
            return str(server_files.parse_version(asked.own[0])), []
        except (ExchangeError, ParseError, Refused) as exc:
            return None, [Unread("version", str(exc))]


def _urls(kind: str, cmdlet: Cmdlet, result: CmdletResult, unread: list[Unread]) -> list[ClientUrl]:
    """The URLs of the front-end directories of a kind."""
    if result.errors:
        unread.append(Unread("urls", f"{cmdlet.name}: {result.errors[0].message}"))
        return []
    found = []
    for item in result.properties(cmdlet.name):
        try:
            found += web_directories.urls_of(kind, item)
        except ParseError as exc:
            unread.append(Unread("urls", str(exc)))
    return found


def _alive(result: CmdletResult, unread: list[Unread]) -> list[str]:
    """The servers that name a domain controller of theirs: with -Status each one is asked itself."""
    if result.errors:
        unread.append(Unread("alive", f"{STATUS.name}: {result.errors[0].message}"))
    return [item.label("Name", "") for item in result.properties(STATUS.name) if item.label(_CONTROLLER, "")]


def _members(shell: Shell, answer: Answer) -> administrators.Administrators:
    """The members, level by level of the groups; one more shell for each level."""
    membership = Membership()
    membership.begin(answer.results[-1])
    while cmdlets := membership.next_cmdlets():
        membership.take(shell.run(cmdlets, domain_controller=answer.domain_controller).results)
    return membership.administrators()
