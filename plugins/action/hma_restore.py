# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take back what recorded runs changed; see the module hma_restore for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma import authserver, orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.directories import KINDS, parse_directory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.organization import only
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.plan import Change, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import Recorded, RecordUnreadable, change_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.restore import (
    Restoration,
    of_server,
    restore_directories,
    restore_endpoint,
    restore_organization,
    turned_on,
    unlike,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.errors import ExchangeError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.failures import cmdlet_failure
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._lockout import refuse_lockout
from ansible_collections.hybrid.exchange.plugins.plugin_utils._write import write_plan

_CONNECTORS = Cmdlet("Get-IntraOrganizationConnector", {}, ("Name", "Enabled"), on_error="continue")
_ORGANIZATION = (orgconfig.READ, authserver.READ)


class ActionModule(HmaAction):
    """Read, plan from the record, and (unless in check mode) write and read back."""

    module = "hma_restore"

    def apply(self, options: Options) -> dict[str, Any]:
        try:
            history = [change_of(item) for item in options["history"] or []]
        except RecordUnreadable as exc:
            raise Refused(str(exc)) from None
        done: Restoration = getattr(self, f"_{options['scope']}")(options, history)
        return {
            "changed": bool(done.changes),
            "predicted": self.predicting and bool(done.changes),
            "commands": [change.cmdlet.typed() for change in done.changes],
            "refused": [{**item, "host": self.host} for item in done.refused],
            "left": [{**item, "host": self.host} for item in done.left],
            "handled": done.handled,
            "diff": done.plan.diff(),
        }

    def _organization(self, options: Options, history: Sequence[Recorded]) -> Restoration:
        shell = self.shell(options)
        answer = shell.run(_ORGANIZATION)
        answer.require(_ORGANIZATION)
        config = orgconfig.parse_organization_config(only(answer.results[0], orgconfig.READ.name))
        servers, odd = authserver.parse_authservers(answer.results[1].objects)
        if options["scope"] == "organization":
            done = restore_organization(config, servers, history)
        else:
            done = restore_endpoint(servers, None if options["history"] is None else history)
        _say_unread(done, odd, authserver.maybe_default(answer.results[1].objects, servers))
        refuse_lockout(shell, done.plan, config, options["despite_policy"])
        if done.changes and not self.predicting:
            written = write_plan(shell, done.plan, self.record(options), host=self.host, read_after=_ORGANIZATION, domain_controller=answer.domain_controller)
            now: dict[str, Mapping[str, Any]] = {config.guid: only(written.read_back[0], orgconfig.READ.name)}
            now |= {fold(str(item.get("Guid"))): item for item in written.read_back[1].objects}
            self._check(done.changes, now)
        return done

    _endpoint = _organization

    def _server(self, options: Options, history: Sequence[Recorded]) -> Restoration:
        shell = self.shell(options)
        own = of_server(history, options["server"] or shell.run([]).host.fqdn)
        if not own:
            return Restoration()
        kinds = {guid: KINDS[str(steps[-1].target["kind"])] for guid, steps in own.items()}
        cmdlets = [orgconfig.READ, _CONNECTORS, *(kind.get_one(guid) for guid, kind in kinds.items())]
        answer = shell.run(cmdlets)
        answer.require(cmdlets)
        config = orgconfig.parse_organization_config(only(answer.results[0], orgconfig.READ.name))
        found = dict(zip(kinds, (self._found(*pair) for pair in zip(cmdlets[2:], answer.results[2:], strict=True)), strict=True))
        done = restore_directories(
            {guid: parse_directory(kinds[guid], item) if item else None for guid, item in found.items()},
            own,
            flag=(config.oauth2_client_profile_enabled and not (self.predicting and options["predicted_off"]), turned_on(history)),
            connectors=_enabled(answer.results[1]),
            forced=options["despite_connector"],
        )
        if done.changes and not self.predicting:
            self._write(shell, done, kinds, answer.domain_controller, options)
        return done

    def _write(self, shell: Shell, done: Restoration, kinds: Mapping[str, Any], controller: str | None, options: Options) -> None:
        def read_back(change: Change) -> Cmdlet:
            one: Cmdlet = kinds[change.cmdlet.parameters["Identity"]].get_one(change.cmdlet.parameters["Identity"])
            return one

        written = write_plan(shell, done.plan, self.record(options), host=self.host, read_back=read_back, domain_controller=controller)
        self._check(done.changes, {fold(str(only(item, "the read-back").get("Guid"))): item.objects[0] for item in written.read_back})

    def _found(self, cmdlet: Cmdlet, result: CmdletResult) -> Mapping[str, Any] | None:
        """The one object; None where it is not there any more. Any other trouble is trouble."""
        if result.errors and "objectnotfound" in fold(f"{result.errors[0].id} {result.errors[0].reason}"):
            return None
        if result.errors:
            raise ExchangeError(cmdlet_failure(self.host, cmdlet, result.errors[0]))
        return only(result, cmdlet.name)

    def _check(self, changes: Sequence[Change], now: Mapping[str, Mapping[str, Any]]) -> None:
        for change in changes:
            wrong = unlike(change, now)
            if wrong:
                raise ExchangeError(f"{self.host}: {change.cmdlet.typed()} was accepted, but {', '.join(wrong)} did not read back as written. Run this again.")


def _say_unread(done: Restoration, odd: Sequence[Unread], defaults: Sequence[str]) -> None:
    """An AuthServer that could not be read is neither gone nor taken back: what is odd about it is said instead."""
    reasons = {str(gap.object): gap.reason for gap in odd}
    for item in done.refused:
        item["reason"] = next((reason for name, reason in reasons.items() if f"'{name}'" in item["object"]), item["reason"])
    said = " ".join(item["object"] for item in done.refused)
    for name in defaults:
        if f"'{name}'" not in said:
            done.refuse(f"AuthServer '{name}'", f"{reasons.get(name, 'it could not be read.')} Whether it is the default endpoint is not known.")


def _enabled(result: CmdletResult) -> list[str]:
    """Connectors that are on. Where that could not be read, hybrid free/busy may depend on OAuth: one is assumed."""
    if result.errors:
        return [f"(not readable: {result.errors[0].reason})"]
    return [str(item.get("Name")) for item in result.objects if item.get("Enabled") is not False]
