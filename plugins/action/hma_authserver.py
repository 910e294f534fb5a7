# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EvoSTS AuthServer of a tenant; see the module hma_authserver for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, metadata, trusted
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import (
    has_domain_name,
    parse_admin_display_version,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import (
    check_written,
    done_or_as_before,
    seen_again,
    write_endpoint,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import refuse_web
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

_BUILD = Cmdlet("Get-ExchangeServer", {"Identity": THIS_SERVER}, ("Name", "AdminDisplayVersion"))
_READ = (authserver.READ, _BUILD)


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """Which tenant's AuthServer, and how it is to be; None is left alone."""

    tenant_id: str
    domain_names: Sequence[str]
    enabled: bool | None
    default_authorization_endpoint: bool | None
    replace_default_authserver: str | None
    refresh_metadata: bool
    despite_owa: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Trust(WritingResult):
    """The AuthServer of the tenant as it is now, all AuthServers before, and what was or would be written."""

    auth_server: AuthServer
    before: Sequence[AuthServer]
    commands: Sequence[str]
    notes: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read, plan, and (unless in check mode) write and read back; the default endpoint changes as one unit."""

    module = "hma_authserver"
    options = Options

    def apply(self, options: Options) -> Trust:
        shell = self.shell(options)
        answer = shell.run(_READ)
        answer.require(_READ)
        servers, odd = authserver.parse_authservers(answer.results[0].properties(authserver.READ.name))
        if options.default_authorization_endpoint or not trusted.trusting(servers, options.tenant_id):
            authserver.require_all(odd)
        target = trusted.of_tenant(servers, options.tenant_id)
        plan = _plan(
            servers, target, options, domain_names=bool(options.domain_names) and _has_domain_name(answer.results[1])
        )
        refuse_web(shell, plan, options.despite_owa)
        after, warnings = _planned(target, plan) if self.predicting else target, list[str]()
        if plan.changes and not self.predicting:
            writer = Writer(shell, self.record(options), self.host, answer.domain_controller)
            after, warnings = _write(writer, plan, servers, target, answer.results[0])
        return Trust(
            account=Account.of(plan.predicted, predicting=self.predicting),
            auth_server=after,
            before=servers,
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
            notes=[*plan.notes, *warnings],
        )


def _write(
    writer: Writer, plan: Plan, servers: Sequence[AuthServer], target: AuthServer, seen: CmdletResult
) -> tuple[AuthServer, list[str]]:
    """The AuthServer as it reads back, and what Exchange warned of."""
    before = seen_again(plan.changes, seen)
    written = write_endpoint(writer, plan, servers, read_before=before, read_after=[authserver.READ])
    now, _odd = authserver.parse_authservers(written.read_back[0].properties(authserver.READ.name))
    with done_or_as_before(writer, plan, servers):
        check_written(writer, plan, now)
    return next(item for item in now if item.guid == target.guid), written.warnings


def _has_domain_name(server: CmdletResult) -> bool:
    """Asked only where there is a domain to write: nothing else rests on the build of the shell's server."""
    return has_domain_name(parse_admin_display_version(server.only(_BUILD.name).text("AdminDisplayVersion")))


def _plan(servers: Sequence[AuthServer], target: AuthServer, options: Options, *, domain_names: bool) -> Plan:
    trust = authserver.plan_trust(
        target, enabled=options.enabled, domain_names=options.domain_names if domain_names else []
    )
    notes = list(trust.notes)
    if options.domain_names and not domain_names:
        notes.append(
            "This Exchange version has no DomainName (2016 CU18, 2019 CU7 and later do); several tenants need it."
        )
    default = Plan()
    if options.default_authorization_endpoint is not None:
        default = authserver.plan_default(
            servers, target, default=options.default_authorization_endpoint, replace=options.replace_default_authserver
        )
    fetched = (metadata.refresh(target),) if options.refresh_metadata else ()
    return Plan((*trust.changes, *default.changes, *fetched), tuple(notes))


def _planned(target: AuthServer, plan: Plan) -> AuthServer:
    """The AuthServer of the tenant as the plan would leave it."""
    for change in plan.changes:
        if change.target["guid"] == target.guid:
            values: dict[str, Any] = {authserver.ATTRIBUTES[name]: value for name, value in change.after.items()}
            target = replace(target, **values)
    return target
