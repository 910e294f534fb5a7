# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authentication policy of many people; see the module hma_user_policy for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies import assignment, people, policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import Forest, Person
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import (
    ExchangeOptions,
    RecordOptions,
    WritingResult,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.policies import (
    PoliciesRead,
    read_policies,
    write_people,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.shell import Shell
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._progress import Waiting


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions, RecordOptions):
    """Who is to have which policy (empty: none of their own), which others it may take the place of (None: any), and
    how many are written in one shell."""

    people: Sequence[str]
    policy: str
    replaces: Sequence[str] | None
    batch: int


@dataclass(frozen=True, kw_only=True)
class PeopleWritten(WritingResult):
    """How many people were named, and how many of them had the policy already."""

    named: int
    had_it: int


class ActionModule(HmaAction[Options]):
    """Read everybody, plan, and (unless in check mode) write batch by batch and read back."""

    module = "hma_user_policy"
    options = Options

    def apply(self, options: Options) -> PeopleWritten:
        shell = self.shell(options)
        read = read_policies(shell, everybody=True)
        # Whoever is left out would be taken for nobody.
        people.require_all(read.odd)
        wanted = assignment.require(read.policies, options.policy) if options.policy else None
        # Whoever has no policy of its own has the default.
        given = wanted or policy.named(read.policies, policy.name_of(read.policies, _default(read)) or "")
        if given and given.blocks and read.config.oauth2_client_profile_enabled is not True:
            raise Refused(
                f"Modern authentication is off in organization '{read.config.name}' (OAuth2ClientProfileEnabled), and "
                f"the policy '{given.name}' blocks the rest: whoever gets it could not sign in at all. Run enable_hma "
                f"first."
            )
        named = _named(shell, read, options.people)
        if options.replaces is not None:
            assignment.require_replaceable(named, read.policies, wanted.name if wanted else None, options.replaces)
        changes = assignment.plan_people(named, read.policies, wanted.name if wanted else None)
        if changes and not self.predicting:
            writer = Writer(shell, self.record(options), self.host, read.answer.domain_controller)
            write_people(writer, changes, options.batch, Waiting(self.host, None, soon=False).tell)
        account = Account.of(Plan(tuple(changes)).predicted, predicting=self.predicting)
        return PeopleWritten(
            # Of thousands it is as large as the changes themselves, and Ansible handles each result many times.
            account=account if self._task.diff else replace(account, diff=()),
            named=len(named),
            had_it=len(named) - len(changes),
        )


def _default(read: PoliciesRead) -> str | None:
    return read.config.default_authentication_policy


def _named(shell: Shell, read: PoliciesRead, names: Sequence[str]) -> list[Person]:
    """The accounts of the names. Other addresses than the primary one take a read of every mailbox."""
    forest = Forest.of(read.people, {})
    if all(len(forest.find(name)) == 1 for name in names):
        return assignment.resolved(forest, names)
    answer = shell.run([people.MAILBOXES])
    answer.require([people.MAILBOXES])
    with_addresses = people.with_addresses(read.people, answer.results[0])
    return assignment.resolved(Forest.of(with_addresses, {}), names)
