# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in a wave and why; see the module hma_policy_wave for its options."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, folded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import summary
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import (
    authentication_policies,
    authserver,
    orgconfig,
    server_objects,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies import (
    findings,
    measurement,
    people,
    policy,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.groups import Membership
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.measurement import MeasuredSignIns
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.names import OPTIONS, PROTOCOLS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import Forest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import IN, Known, Server, Wave
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.info import Reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.policy_wave import Options, WaveRead
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer, Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.users import users_or_reason
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import read_safely

_MEASURED: Final = frozenset(PROTOCOLS.values())
# Servers without the cmdlet are what HMA-POL-004 is about.
_READS: Final[tuple[Cmdlet, ...]] = (
    policy.CONFIG,
    authentication_policies.READ,
    authserver.READ,
    server_objects.SERVERS,
    people.USERS,
    people.MAILBOXES,
)


class ActionModule(HmaAction[Options]):
    """Reads only, in and out of check mode."""

    module = "hma_policy_wave"
    options = Options

    def apply(self, options: Options) -> WaveRead:
        measured = measurement.merged([_file(path) for path in options.sign_ins])
        shell = self.shell(options)
        answer = shell.run(_READS)
        answer.require(_READS)
        known = self._known(options, shell, answer, measured)
        wanted = options.wanted
        wave = Wave.of(wanted, known)
        placed = wave.placed()
        foreign = wave.foreign_lines()
        found = findings.findings(wave, placed, self.inventory, options.sign_ins)
        return WaveRead(
            msg=summary(found),
            read=Reading.of(self.host, answer),
            wave=wanted.wave,
            policy=wanted.policy,
            stops=findings.to_stop(found),
            findings=found,
            people=[item.person.guid for item in placed if item.place == IN],
            exceptions=[person.guid for person in wave.excepted(placed)],
            lines=[*(item.line for item in placed), *foreign],
            counts=findings.counted(placed, foreign),
            block_legacy={option: name in wanted.blocks for option, name in OPTIONS.items() if name in _MEASURED},
            block_nothing=dict.fromkeys(OPTIONS, False),
        )

    def _known(self, options: Options, shell: Shell, answer: Answer, measured: MeasuredSignIns) -> Known:
        config, policies, auth_servers, servers, users, mailboxes = answer.results
        parsed, odd = authserver.parse_authservers(auth_servers.properties(authserver.READ.name))
        authserver.require_all(odd)
        everybody = people.with_addresses(people.parse_users(users), mailboxes)
        forest = Forest.of(everybody, options.domains)
        members = _members(shell, options.groups)
        accounts, unread = users_or_reason(options.tenants)
        clients_reach, excluded = _servers(servers, options.servers_excluded)
        return Known(
            config=orgconfig.parse_organization_config(config.only(policy.CONFIG.name)),
            policies=_policies(self.host, policies),
            auth_servers=parsed,
            servers=clients_reach,
            excluded=excluded,
            forest=forest,
            members=members.people,
            groups_unread=members.unread,
            groups_empty=members.empty,
            accounts=accounts,
            accounts_unread=" ".join(gap.reason for gap in unread) or "no tenant was asked",
            measurement=measured,
            now=datetime.now(UTC),
            runs_as=self._runs_as(options),
        )

    def _runs_as(self, options: Options) -> str:
        """The account of this run in Exchange; empty where a ticket says who it is."""
        return options.exchange_user or str(self._connection.get_option("remote_user") or "")


def _file(path: str) -> MeasuredSignIns:
    """A file of sign-ins. Whoever could write it would decide who is blocked."""
    place = local_path(path)
    try:
        data, refusal = read_safely(place)
    except OSError as exc:
        raise Refused(
            f"{place} cannot be read ({exc.strerror}). Name the file that measure_sign_ins wrote (hma_block_sign_ins)."
        ) from None
    if refusal:
        raise Refused(f"{refusal} Nobody is blocked by it: copy it to a folder of yours, and look at it first.")
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(f"{place} is no JSON. Name the file that measure_sign_ins wrote (hma_block_sign_ins).") from None
    return measurement.parse(found, str(place))


def _policies(host: str, result: CmdletResult) -> list[policy.Policy]:
    if authentication_policies.has_no_policies(result):
        return []
    if result.errors:
        raise ExchangeError(cmdlet_failure(host, authentication_policies.READ, result.errors[0]))
    return policy.parse_policies(result)


def _servers(result: CmdletResult, excluded: Sequence[str]) -> tuple[list[Server], list[Server]]:
    """Every server but Edge, and those of them that are excluded; one that cannot be parsed is there without its
    build."""
    judged: list[Server] = []
    left_out: list[Server] = []
    out = folded(name.split(".")[0] for name in excluded)
    for item in result.properties(server_objects.SERVERS.name):
        own = left_out if fold(item.label("Name", "")) in out else judged
        name, version = item.label("Name", "(without a name)"), item.label("AdminDisplayVersion", "nothing")
        try:
            server = server_objects.parse_server(item)
        except ParseError:
            own += [Server(name, None, version)] if server_objects.is_concerned(item) else []
            continue
        own += [] if server.edge else [Server(server.name, server.build, version)]
    return judged, left_out


def _members(shell: Shell, groups: Sequence[str]) -> Membership:
    """The members, level by level; one more shell for each level."""
    found = Membership()
    found.begin(groups)
    while cmdlets := found.next_cmdlets():
        found.take(shell.run(cmdlets).results)
    return found
