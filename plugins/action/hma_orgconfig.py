# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization switches; see the module hma_orgconfig for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authserver, enabling, orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import AuthServer
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import (
    Account,
    Plan,
    differing,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.orgconfig import Options, Switched
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.endpoint import (
    check_written,
    done_or_as_before,
    write_endpoint,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import refuse_lockout, refuse_web
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

if TYPE_CHECKING:
    from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Value


@dataclass(frozen=True)
class _State:
    """The organization, and its AuthServers where modern authentication is to be switched on."""

    config: OrganizationConfig
    servers: Sequence[AuthServer]

    @classmethod
    def of(cls, results: Sequence[CmdletResult]) -> _State:
        """From the two reads. Refused where an AuthServer that may be the default endpoint, or Entra's, could not be
        read."""
        config = orgconfig.parse_organization_config(results[0].only(orgconfig.READ.name))
        servers, odd = authserver.parse_authservers(
            item for result in results[1:] for item in result.properties(authserver.READ.name)
        )
        authserver.require_all(odd)
        return cls(config, servers)


class ActionModule(HmaAction[Options]):
    """Read, plan, and (unless in check mode) write and read back. Switching on is one shell with the endpoint it rests
    on."""

    module = "hma_orgconfig"
    options = Options

    def apply(self, options: Options) -> Switched:
        shell = self.shell(options)
        reads = [orgconfig.READ, *([authserver.READ] if options.on else [])]
        answer = shell.run(reads)
        answer.require(reads)
        before = _State.of(answer.results)
        plan = _plan(before, options)
        refuse_lockout(shell, plan, before.config, options.despite_policy)
        refuse_web(shell, plan, options.despite_owa)
        after = _as_wanted(before.config, options)
        if plan.changes and not self.predicting:
            writer = Writer(shell, self.record(options), self.host, answer.domain_controller)
            now = _State.of(write_endpoint(writer, plan, before.servers, read_after=reads).read_back)
            _check(writer, plan, before, now, options)
            _refuse_other(writer, plan, differing(after.facts(), now.config.facts()))
        return Switched(
            account=Account.of(plan.predicted, predicting=self.predicting),
            before=before.config,
            after=after,
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
        )


def _as_wanted(config: OrganizationConfig, options: Options) -> OrganizationConfig:
    oauth, mapi = options.oauth2_client_profile_enabled, options.mapi_http_enabled
    return replace(
        config,
        oauth2_client_profile_enabled=config.oauth2_client_profile_enabled if oauth is None else oauth,
        mapi_http_enabled=config.mapi_http_enabled if mapi is None else mapi,
    )


def _check(writer: Writer, plan: Plan, before: _State, now: _State, options: Options) -> None:
    """ExchangeError where what was written is not what is there, or is not safe any more."""
    with done_or_as_before(writer, plan, before.servers):
        if options.on:
            _still_safe(writer, before, now, options.default_authorization_endpoint_of)
        check_written(writer, plan, now.servers)
        for change in plan.changes:
            if change.target["type"] == "organization":
                writer.check_read_back(change, now.config.properties())


def _refuse_other(writer: Writer, plan: Plan, wrong: Mapping[str, Value]) -> None:
    """What this run did not write has to be as it was, too: somebody else is at work where it is not."""
    if wrong:
        raise ExchangeError(
            f"{writer.host}: {plan.cmdlets[-1].typed()} was accepted, but {', '.join(wrong)} did not read "
            f"back as written. Run this again."
        )


def _still_safe(writer: Writer, before: _State, now: _State, tenant_id: str | None) -> None:
    """Exchange writes nothing on a condition. What somebody did between our read and our write shows in the read-back
    of the same shell, and then what we switched on is off again at once.
    """
    reason = enabling.wrong_endpoint(now.servers, tenant_id)
    if reason is None or not now.config.may_be_on:
        return
    if before.config.oauth2_client_profile_enabled:
        raise ExchangeError(
            f"{writer.host}: {reason} Somebody else changed it at the same moment. Modern authentication was "
            f"on before and is on."
        )
    off = orgconfig.plan_organization(now.config, {"oauth2_client_profile_enabled": False})
    writer.write(off, read_after=[orgconfig.READ])
    raise ExchangeError(
        f"{writer.host}: {reason} Somebody else changed it while modern authentication was switched on; it "
        f"was switched off again. "
        "Find out who; then run this again."
    )


def _plan(state: _State, options: Options) -> Plan:
    if options.default_authorization_endpoint_of is None:
        if options.on:
            enabling.refuse_without_endpoint(state.servers)
        return orgconfig.plan_organization(state.config, options.switches)
    if not options.on or options.mapi_http_enabled is not None:
        raise Refused(
            "default_authorization_endpoint_of belongs to oauth2_client_profile_enabled: true, and to no other switch."
        )
    if options.judged is None:
        raise Refused("default_authorization_endpoint_of needs judged, the organization as the gate saw it.")
    enabling.refuse_changed(options.judged, state.config, state.servers)
    return enabling.plan_enable(
        state.config, state.servers, options.default_authorization_endpoint_of, options.replace_default_authserver
    )
