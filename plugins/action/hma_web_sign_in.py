# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How people sign in to Outlook on the web and ECP of a server; see the module hma_web_sign_in for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import RecordUnreadable, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import ClientUrl
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import web_sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_directories import WebDirectory
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import sign_in
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import change_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import Task
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.web_site import Found, read_site, write_site
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer

_RECYCLE: Final = (
    "The change may wait for the application pool's recycle (at the latest an iisreset) before people see it."
)


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """How people are to sign in on which server, and the recorded writes whose methods come back."""

    state: str
    server: str | None
    history: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class SignIn(WritingResult):
    """Both directories of the server before and after, where they are published, and the commands between."""

    server: str
    before: Sequence[WebDirectory]
    directories: Sequence[WebDirectory]
    urls: Sequence[ClientUrl]
    commands: Sequence[str]
    notes: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read both directories, plan, and (unless in check mode) write and read back, in one shell."""

    module = "hma_web_sign_in"
    options = Options

    def apply(self, options: Options) -> SignIn:
        state = options.state
        entra = state == "entra"
        task = self._task_of(options)
        found = read_site(task, safe=entra)
        plan = _plan(found, state, options)
        now, notes = web_sign_in.after(found.site, plan), list(plan.notes)
        if plan.changes and not self.predicting:
            now, warnings = write_site(task, found, plan, safe=entra)
            notes += [_RECYCLE, *warnings]
        return SignIn(
            account=Account.of(plan.predicted, predicting=self.predicting),
            server=found.server,
            before=found.site.both,
            directories=now.both,
            urls=[url for item in now.both for url in item.urls],
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
            notes=notes,
        )

    def _task_of(self, options: Options) -> Task:
        shell = self.shell(options)

        def writer(answer: Answer) -> Writer:
            return Writer(shell, self.record(options), self.host, answer.domain_controller)

        return Task.reading(shell, self.host, options.server, None if self.predicting else writer)


def _plan(found: Found, state: str, options: Options) -> Plan:
    if state == "entra":
        return web_sign_in.plan_entra(found.site)
    return web_sign_in.plan_forms(found.site) if state == "forms" else _plan_methods(found, options)


def _plan_methods(found: Found, options: Options) -> Plan:
    """The earlier methods, as recorded runs found them, or forms."""
    try:
        history = [change_of(item) for item in options.history]
    except RecordUnreadable as exc:
        raise Refused(str(exc)) from None
    return sign_in.switch_off(found.site, sign_in.of_server(history, found.server))
