# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take back what recorded runs changed; see the module hma_restore for its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import (
    RecordUnreadable,
    Refused,
    RefusedEverywhere,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authentication_policies import LockedOut
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded, change_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Kept, Restoration
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    Result,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.giving_back import (
    Task,
    restore_server,
    switch_off,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.lockout import PoliciesUnseen
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.overrides import restore_overrides
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.policies import (
    restore_organization_after_policies,
    restore_policies,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Answer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.web_site import restore_sign_in
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.written import runs_of_policy
from ansible_collections.hybrid.exchange.plugins.plugin_utils._turns import Turns

_SCOPES: Final[Mapping[str, Callable[[Task, Sequence[Recorded] | None], Restoration]]] = {
    "organization": restore_organization_after_policies,
    "switch": switch_off,
    "server": restore_server,
    "sign_in": restore_sign_in,
    "overrides": restore_overrides,
    "policies": restore_policies,
}


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """What is taken back, by which recorded changes, and what may be done although something speaks against it."""

    scope: str
    history: Sequence[Mapping[str, Any]] | None
    server: str | None
    despite_policy: str | None
    despite_unseen_policies: bool
    despite_connector: bool
    despite_owa: Sequence[str]
    predicted_off: bool
    throttle: int


@dataclass(frozen=True, kw_only=True)
class Failed(Result):
    """Why nothing was taken back, and whether it would be the same on every server."""

    failed: bool = True
    everywhere: bool
    # The records of the runs that gave people the policy that stands in the way.
    way_out: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class PoliciesNotSeen(Failed):
    """The same where another server may be able to see the authentication policies."""

    everywhere: bool = False
    policies_unseen: bool = True


@dataclass(frozen=True)
class _Kept(Facts):
    """Something that was not taken back, and why."""

    object: str
    reason: str
    host: str


@dataclass(frozen=True, kw_only=True)
class Restored(WritingResult):
    """What was or would be taken back, and what was not. ``live``: modern authentication is on."""

    live: bool
    commands: Sequence[str]
    refused: Sequence[_Kept]
    left: Sequence[_Kept]
    handled: Sequence[str]
    warnings: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read, plan from the record, and (unless in check mode) write and read back."""

    module = "hma_restore"
    options = Options

    def apply(self, options: Options) -> Restored | Failed:
        try:
            history = None if options.history is None else [change_of(item) for item in options.history]
            done = _SCOPES[options.scope](self._task_of(options), history)
        except PoliciesUnseen as exc:
            return PoliciesNotSeen(msg=f"{self.host}: {exc}")
        except LockedOut as exc:
            runs = runs_of_policy(local_path(options.record_dir), exc.policy)
            return Failed(msg=f"{self.host}: {exc}", everywhere=True, way_out=runs)
        except (Refused, RecordUnreadable) as exc:
            # An answer of this server that is odd is this server's: another one may do it.
            everywhere = isinstance(exc, (RefusedEverywhere, RecordUnreadable))
            return Failed(msg=f"{self.host}: {exc}", everywhere=everywhere)
        return Restored(
            account=Account.of(done.plan.predicted, predicting=self.predicting),
            live=done.live,
            commands=[change.cmdlet.typed() for change in done.changes],
            refused=self._named(done.refused),
            left=self._named(done.left),
            handled=done.handled,
            warnings=done.warnings,
        )

    def _named(self, kept: Sequence[Kept]) -> list[_Kept]:
        return [_Kept(item.object, item.reason, self.host) for item in kept]

    def _task_of(self, options: Options) -> Task:
        shell = self.shell(options)

        def writer(answer: Answer) -> Writer:
            return Writer(shell, self.record(options), self.host, answer.domain_controller)

        return Task(
            shell=shell,
            writer=None if self.predicting else writer,
            host=self.host,
            server=options.server,
            despite_policy=options.despite_policy,
            despite_unseen_policies=options.despite_unseen_policies,
            despite_connector=options.despite_connector,
            despite_owa=options.despite_owa,
            predicted_off=self.predicting and options.predicted_off,
            turns=Turns(self.module, options.throttle),
        )
