# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EvoSTS AuthServer of a tenant; see the module hma_authserver for its options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.versions import has_domain_name, parse_admin_display_version
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import check_written, write_endpoint
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell

_BUILD = Cmdlet("Get-ExchangeServer", {"Identity": THIS_SERVER}, ("Name", "AdminDisplayVersion"))
_READ = (authserver.READ, _BUILD)


class ActionModule(HmaAction):
    """Read, plan, and (unless in check mode) write and read back; the default endpoint changes as one unit."""

    module = "hma_authserver"

    def apply(self, options: Options) -> dict[str, Any]:
        shell = self.shell(options)
        answer = shell.run(_READ)
        answer.require(_READ)
        servers, odd = authserver.parse_authservers(answer.results[0].properties(authserver.READ.name))
        if options["default_authorization_endpoint"]:
            authserver.require_all(odd)
        target = authserver.of_tenant(servers, options["tenant_id"])
        plan = _plan(servers, target, options, domain_names=_has_domain_name(answer.results[1], options))
        after = target
        if plan.changes and not self.predicting:
            after = self._write(shell, plan, servers, target, answer.domain_controller, options)
        return {
            "changed": bool(plan.changes),
            "predicted": self.predicting and bool(plan.changes),
            "auth_server": after.facts() if not self.predicting else _predicted(target, plan),
            "before": [item.facts() for item in servers],
            "commands": [cmdlet.typed() for cmdlet in plan.cmdlets],
            "notes": list(plan.notes),
            "diff": plan.diff(),
        }

    def _write(self, shell: Shell, plan: Plan, servers: Sequence[AuthServer], target: AuthServer, controller: str | None, options: Options) -> AuthServer:
        written = write_endpoint(shell, plan, servers, self.record(options), host=self.host, read_after=[authserver.READ], domain_controller=controller)
        now, _odd = authserver.parse_authservers(written.read_back[0].properties(authserver.READ.name))
        check_written(self.host, plan, now)
        return next(item for item in now if item.guid == target.guid)


def _has_domain_name(server: CmdletResult, options: Options) -> bool:
    """Asked only where there is a domain to write: nothing else rests on the build of the shell's server."""
    if not options["domain_names"]:
        return False
    return has_domain_name(parse_admin_display_version(server.only(_BUILD.name).text("AdminDisplayVersion")))


def _plan(servers: Sequence[AuthServer], target: AuthServer, options: Options, *, domain_names: bool) -> Plan:
    wanted = options["domain_names"] if domain_names else []
    trust = authserver.plan_trust(target, enabled=options["enabled"], domain_names=wanted)
    notes = list(trust.notes)
    if options["domain_names"] and not domain_names:
        notes.append("This Exchange version has no DomainName (2016 CU18, 2019 CU7 and later do); several tenants need it.")
    default = Plan()
    if options["default_authorization_endpoint"] is not None:
        default = authserver.plan_default(servers, target, default=options["default_authorization_endpoint"], replace=options["replace_default_authserver"])
    return Plan((*trust.changes, *default.changes), tuple(notes))


def _predicted(target: AuthServer, plan: Plan) -> dict[str, Any]:
    facts = target.facts()
    for change in plan.changes:
        if change.cmdlet.parameters["Identity"] == target.guid:
            facts["domain_names"] = list(change.after.get("DomainName", facts["domain_names"]))
            facts["enabled"] = change.after.get("Enabled", facts["enabled"])
            facts["default"] = change.after.get("IsDefaultAuthorizationEndpoint", facts["default"])
    return facts
