# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take back what recorded runs changed; see the module hma_restore for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authentication_policies, authserver, orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS, parse_directory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import restore
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.auth_servers import endpoints, read_servers
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, change_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Kept, Restoration
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import by_guid, check_read_back, write_directories
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import notice_lockout, refuse_lockout
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer, Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import write_plan

_CONNECTORS = Cmdlet("Get-IntraOrganizationConnector", {}, ("Name", "Enabled"), on_error="continue")
_ORGANIZATION = (orgconfig.READ, authserver.READ)
# Switching off needs the first; where the others cannot be read it goes on without them, and says so.
_SWITCH = (orgconfig.READ, replace(authserver.READ, on_error="continue"), authentication_policies.READ)


class ActionModule(HmaAction):
    """Read, plan from the record, and (unless in check mode) write and read back."""

    module = "hma_restore"

    def apply(self, options: Options) -> dict[str, Any]:
        try:
            history = None if options["history"] is None else [change_of(item) for item in options["history"]]
            done: Restoration = getattr(self, f"_{options['scope']}")(options, history)
        except (Refused, RecordUnreadable) as exc:
            return {"failed": True, "msg": f"{self.host}: {exc}", "everywhere": True}
        return {
            "changed": bool(done.changes),
            "predicted": self.predicting and bool(done.changes),
            "live": done.live,
            "commands": [change.cmdlet.typed() for change in done.changes],
            "refused": [item.facts(self.host) for item in done.refused],
            "left": [item.facts(self.host) for item in done.left],
            "handled": done.handled,
            "diff": done.plan.diff(),
            "warnings": done.warnings,
        }

    def _organization(self, options: Options, history: Sequence[Recorded]) -> Restoration:
        shell = self.shell(options)
        answer = shell.run(_ORGANIZATION)
        answer.require(_ORGANIZATION)
        config = orgconfig.parse_organization_config(answer.results[0].only(orgconfig.READ.name))
        servers, unread = read_servers(answer.results[1].properties(authserver.READ.name), history)
        done = restore.restore_organization(config, servers, history)
        done.refused += unread
        refuse_lockout(shell, done.plan, config, options["despite_policy"])
        self._write_organization(shell, done, config.guid, answer, options)
        return done

    def _switch(self, options: Options, history: Sequence[Recorded] | None) -> Restoration:
        """Off, with what one shell reads; the first write is in the second one."""
        shell = self.shell(options)
        answer = shell.run(_SWITCH)
        answer.require(_SWITCH)
        config = orgconfig.parse_organization_config(answer.results[0].only(orgconfig.READ.name))
        servers, unread = endpoints(answer.results[1].properties(authserver.READ.name))
        done = restore.switch_off(config, servers, history)
        done.refused += [*unread, *_unread_endpoint(answer.results[1])]
        done.warnings = notice_lockout(shell, done.plan, config, answer.results[2], options["despite_policy"])
        self._write_organization(shell, done, config.guid, answer, options)
        return done

    def _write_organization(self, shell: Shell, done: Restoration, guid: str, answer: Answer, options: Options) -> None:
        """Write and read back. ``live`` is then what was read, not what was planned."""
        if not done.changes or self.predicting:
            return
        controller, reads = answer.domain_controller, _ORGANIZATION if answer.results[1].ok else _ORGANIZATION[:1]
        written = write_plan(shell, done.plan, self.record(options), host=self.host, read_after=reads, domain_controller=controller)
        config = written.read_back[0].only(orgconfig.READ.name)
        now = by_guid(item for result in written.read_back[1:] for item in result.properties(authserver.READ.name)) | {guid: config}
        check_read_back(self.host, done.changes, now)
        done.live = config.raw("OAuth2ClientProfileEnabled") is not False

    def _server(self, options: Options, history: Sequence[Recorded]) -> Restoration:
        shell = self.shell(options)
        own = restore.of_server(history, options["server"] or shell.run([]).host.fqdn)
        if not own:
            return Restoration(live=False)
        kinds = {guid: KINDS[steps[-1].target_text("kind")] for guid, steps in own.items()}
        cmdlets = [orgconfig.READ, _CONNECTORS, *(kind.get_one(guid) for guid, kind in kinds.items())]
        answer = shell.run(cmdlets)
        answer.require(cmdlets)
        config = orgconfig.parse_organization_config(answer.results[0].only(orgconfig.READ.name))
        pairs = zip(cmdlets[2:], answer.results[2:], strict=True)
        found = dict(zip(kinds, (self._found(*pair) for pair in pairs), strict=True))
        done = restore.restore_directories(
            {guid: parse_directory(kinds[guid], item) if item else None for guid, item in found.items()},
            own,
            live=config.may_be_on and not (self.predicting and options["predicted_off"]),
            connectors=_enabled(answer.results[1]),
            forced=options["despite_connector"],
        )
        if done.changes and not self.predicting:
            record, controller = self.record(options), answer.domain_controller
            write_directories(shell, done.changes, kinds, record, host=self.host, domain_controller=controller)
        return done

    def _found(self, cmdlet: Cmdlet, result: CmdletResult) -> Properties | None:
        """The one object; None where it is not there any more. Any other trouble is trouble."""
        if result.errors and "objectnotfound" in fold(f"{result.errors[0].id} {result.errors[0].reason}"):
            return None
        if result.errors:
            raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
        return result.only(cmdlet.name)


def _unread_endpoint(result: CmdletResult) -> list[Kept]:
    if not result.errors:
        return []
    text = f"the AuthServer objects could not be read, so that it is left as it is: {result.errors[0].message}"
    return [Kept("The default authorization endpoint", text)]


def _enabled(result: CmdletResult) -> list[str]:
    """Connectors that are on. Where that could not be read, hybrid free/busy may depend on OAuth: one is assumed."""
    if result.errors:
        return [f"(not readable: {result.errors[0].reason})"]
    return [item.label("Name", "without a name") for item in result.properties(_CONNECTORS.name) if item.raw("Enabled") is not False]
