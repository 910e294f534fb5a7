# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authentication policy and the organization's default; see the module hma_auth_policy for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies import policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.names import OPTIONS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.policy import Policy
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.policies import (
    PoliciesRead,
    read_policies,
    write_policies,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """One policy, what it blocks by protocol (None is left alone), and whether it is the default (None likewise)."""

    name: str
    block_legacy: Mapping[str, bool | None] | None
    default: bool | None

    @property
    def wanted(self) -> dict[str, bool]:
        """By the names that the switches have."""
        return {OPTIONS[option]: on for option, on in (self.block_legacy or {}).items() if on is not None}


@dataclass(frozen=True, kw_only=True)
class PolicyWritten(WritingResult):
    """The commands that made or changed the policy and the default."""

    commands: Sequence[str]


class ActionModule(HmaAction[Options]):
    """Read, plan, and (unless in check mode) write and read back."""

    module = "hma_auth_policy"
    options = Options

    def apply(self, options: Options) -> PolicyWritten:
        shell = self.shell(options)
        read = read_policies(shell)
        changes = list(policy.plan_policy(read.policies, options.name, options.wanted).changes)
        changes += _default(read, options)
        plan = Plan(tuple(changes))
        _refuse_off(read.config, changes, _blocks(policy.named(read.policies, options.name), options))
        if plan.changes and not self.predicting:
            write_policies(Writer(shell, self.record(options), self.host, read.answer.domain_controller), plan)
        return PolicyWritten(
            account=Account.of(plan.predicted, predicting=self.predicting),
            commands=[cmdlet.typed() for cmdlet in plan.cmdlets],
        )


def _default(read: PoliciesRead, options: Options) -> tuple[Change, ...]:
    """Made the default, or no longer it; where another one is, that one stays."""
    now = policy.name_of(read.policies, read.config.default_authentication_policy)
    if options.default is None or (options.default is False and not same(now, options.name)):
        return ()
    known = policy.named(read.policies, options.name)
    name = known.name if known else options.name
    return policy.plan_default(read.config, read.policies, name if options.default else None).changes


def _blocks(known: Policy | None, options: Options) -> bool:
    """Whether the policy blocks anything when this is done."""
    before = dict.fromkeys(known.blocks, True) if known else {}
    return any({**before, **options.wanted}.values())


def _refuse_off(config: OrganizationConfig, changes: Sequence[Change], blocks: bool) -> None:
    """Refused where people would lose their only way in: somebody has the policy already, or gets it as the default."""
    in_force = [change for change in changes if not change.cmdlet.name.startswith("New-") and _gives(change)]
    if in_force and blocks and config.oauth2_client_profile_enabled is not True:
        raise Refused(
            f"Modern authentication is off in organization '{config.name}' (OAuth2ClientProfileEnabled): whoever has "
            f"what is blocked here could not sign in at all ({in_force[0].object}). Run enable_hma first."
        )


def _gives(change: Change) -> bool:
    return any(value is not None and value is not False for value in change.after.values())
