# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Authentication policies and the people who have them: read in one shell, written in batches, read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies import assignment, people, policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.back import (
    State,
    of_policies,
    out_of_force,
    plan_back,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.people import OddAccount, Person
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.policy import Policy
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.history import Recorded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import Restoration

from .errors import ExchangeError
from .giving_back import Task, restore_organization
from .shell import Answer, Shell
from .write import Writer

# So many people are written in one shell, with their intents on disk before it and their outcomes after it.
BATCH: Final = 250
_POLICIES: Final = (policy.CONFIG, policy.READ)
_EVERYTHING: Final = (*_POLICIES, people.USERS)
_FEW: Final = 3


@dataclass(frozen=True)
class PoliciesRead:
    """The organization, its policies, and everybody where they were asked for."""

    config: OrganizationConfig
    policies: list[Policy]
    people: list[Person]
    answer: Answer
    # Accounts that could not be read.
    odd: Sequence[OddAccount] = ()


def read_policies(shell: Shell, *, everybody: bool = False) -> PoliciesRead:
    cmdlets: Sequence[Cmdlet] = _EVERYTHING if everybody else _POLICIES
    answer = shell.run(cmdlets)
    answer.require(cmdlets)
    config = orgconfig.parse_organization_config(answer.results[0].only(policy.CONFIG.name))
    found, odd = people.parse_apart(answer.results[2]) if everybody else ([], [])
    return PoliciesRead(config, policy.parse_policies(answer.results[1]), found, answer, odd)


def write_policies(writer: Writer, plan: Plan) -> None:
    """Policies and the default, in one shell, which reads them back."""
    config, policies = writer.write(plan, read_after=_POLICIES).read_back
    now = orgconfig.parse_organization_config(config.only(policy.CONFIG.name))
    found = policy.parse_policies(policies)
    for change in plan.changes:
        writer.check_read_back(change, policy.found_of(change, found, now))


def write_people(
    writer: Writer, changes: Sequence[Change], size: int = BATCH, tell: Callable[[str], None] | None = None
) -> None:
    """Batch by batch, then everybody once more. ExchangeError names who was not written, or does not read back.

    ``tell`` is told how far it is.
    """
    failures: list[str] = []
    written = 0
    for batch in assignment.batches(changes, size):
        failures += writer.write_each(Plan(batch))
        written += len(batch)
        if tell and written < len(changes):
            tell(f"{written} of {len(changes)} people are written")
    if failures:
        raise ExchangeError(
            f"{writer.host}: {len(failures)} of {len(changes)} people could not be written. "
            f"{' '.join(failures[:_FEW])} "
            f"The others have their policy. Run this again when it is mended: it reads first and does what is left."
        )
    _check_people(writer, changes)


def _check_people(writer: Writer, changes: Sequence[Change]) -> None:
    now = read_policies(writer.shell, everybody=True)
    by_guid = {person.guid: person for person in now.people}
    for change in changes:
        writer.check_read_back(change, assignment.found_of(by_guid.get(change.target["guid"]), now.policies))


def restore_policies(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """What recorded runs changed of policies: the default first, then people, then the policies."""
    steps = of_policies(history or [])
    if not steps:
        return Restoration(live=False)
    read, state = _state(task)
    done = plan_back(state, steps)
    if done.changes and task.writer is not None:
        _take_back(task.writer(read.answer), done.changes)
    return done


def restore_organization_after_policies(task: Task, history: Sequence[Recorded] | None) -> Restoration:
    """The organization, after the policies, which go back first. In check mode they are still there: those that would
    be out of force by then lock nobody out."""
    steps = of_policies(history or [])
    if task.writer is not None or not steps:
        return restore_organization(task, history)
    _read, state = _state(task)
    return restore_organization(task, history, out_of_force(state, plan_back(state, steps)))


def _state(task: Task) -> tuple[PoliciesRead, State]:
    read = read_policies(task.shell, everybody=True)
    known = {person.guid: person for person in read.people}
    return read, State(read.config, read.policies, known, read.odd)


def _take_back(writer: Writer, changes: Sequence[Change]) -> None:
    for kind, write in _ORDER:
        own = [change for change in changes if change.target["type"] == kind]
        if own:
            write(writer, own)


def _write(writer: Writer, changes: Sequence[Change]) -> None:
    write_policies(writer, Plan(tuple(changes)))


_ORDER: Final[tuple[tuple[str, Callable[[Writer, Sequence[Change]], None]], ...]] = (
    (policy.DEFAULT_TARGET, _write),
    (assignment.USER_TARGET, write_people),
    (policy.POLICY_TARGET, _write),
)
