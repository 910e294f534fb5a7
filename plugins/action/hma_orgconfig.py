# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization switches; see the module hma_orgconfig for its options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import check_written, write_endpoint
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import refuse_lockout
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import write_plan


class ActionModule(HmaAction):
    """Read, plan, and (unless in check mode) write and read back. Switching on is one shell with the endpoint it rests on."""

    module = "hma_orgconfig"

    def apply(self, options: Options) -> dict[str, Any]:
        shell = self.shell(options)
        reads = [orgconfig.READ, *([authserver.READ] if options["oauth2_client_profile_enabled"] else [])]
        answer = shell.run(reads)
        answer.require(reads)
        before, servers = _parsed(answer.results)
        wanted = {name: options[name] for name in orgconfig.PROPERTIES}
        plan = _plan(before, servers, wanted, options)
        refuse_lockout(shell, plan, before, options["despite_policy"])
        after = {**before.facts(), **{name: value for name, value in wanted.items() if value is not None}}
        if plan.changes and not self.predicting:
            self._write(shell, plan, (before, servers), after, reads, answer.domain_controller, options)
        return {
            "changed": bool(plan.changes),
            "predicted": self.predicting and bool(plan.changes),
            "before": before.facts(),
            "after": after,
            "commands": [cmdlet.typed() for cmdlet in plan.cmdlets],
            "diff": plan.diff(),
        }

    def _write(
        self, shell: Shell, plan: Plan, state: tuple[OrganizationConfig, list[AuthServer]], after: dict[str, Any], reads: Sequence[Cmdlet],
        controller: str | None, options: Options,
    ) -> None:  # fmt: skip
        before, servers = state
        written = write_endpoint(shell, plan, servers, self.record(options), host=self.host, read_after=reads, domain_controller=controller)
        config, now = _parsed(written.read_back)
        if options["oauth2_client_profile_enabled"]:
            self._still_safe(shell, before, config, now, controller, options)
        check_written(self.host, plan, now)
        wrong = ", ".join(name for name, value in config.facts().items() if value != after[name])
        if wrong:
            raise ExchangeError(f"{self.host}: {plan.cmdlets[-1].typed()} was accepted, but {wrong} did not read back as written. Run this again.")

    def _still_safe(
        self, shell: Shell, before: OrganizationConfig, now: OrganizationConfig, servers: Sequence[AuthServer], controller: str | None, options: Options
    ) -> None:
        """Exchange writes nothing on a condition. What somebody did between our read and our write shows in the read-back of the
        same shell, and then what we switched on is off again at once.
        """
        reason = enabling.wrong_endpoint(servers, options["default_authorization_endpoint_of"])
        if reason is None or not now.oauth2_client_profile_enabled:
            return
        if before.oauth2_client_profile_enabled:
            raise ExchangeError(f"{self.host}: {reason} Somebody else changed it at the same moment. Modern authentication was on before and is on.")
        off = orgconfig.plan_organization(now, {"oauth2_client_profile_enabled": False})
        write_plan(shell, off, self.record(options), host=self.host, read_after=[orgconfig.READ], domain_controller=controller)
        raise ExchangeError(
            f"{self.host}: {reason} Somebody else changed it while modern authentication was switched on; it was switched off again. "
            "Find out who; then run this again."
        )


def _parsed(results: Sequence[CmdletResult]) -> tuple[OrganizationConfig, list[AuthServer]]:
    config = orgconfig.parse_organization_config(results[0].only(orgconfig.READ.name))
    return config, [authserver.parse_authserver(item) for result in results[1:] for item in result.properties(authserver.READ.name)]


def _plan(config: OrganizationConfig, servers: Sequence[AuthServer], wanted: dict[str, bool | None], options: Options) -> Plan:
    tenant_id = options["default_authorization_endpoint_of"]
    if tenant_id is None:
        if wanted["oauth2_client_profile_enabled"]:
            enabling.refuse_without_endpoint(servers)
        return orgconfig.plan_organization(config, wanted)
    if not wanted["oauth2_client_profile_enabled"] or wanted["mapi_http_enabled"] is not None:
        raise Refused("default_authorization_endpoint_of belongs to oauth2_client_profile_enabled: true, and to no other switch.")
    enabling.refuse_changed(Organization.from_facts(Properties(options["judged"], "judged")), config, servers)
    return enabling.plan_enable(config, servers, tenant_id, options["replace_default_authserver"])
