# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Going back with policies, in the reverse order of the waves: the default, then people, then the policies.

Only what is still as the runs left it goes back. While modern authentication is off nobody gets a policy that blocks
the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..base.comparison import fold, same
from ..base.display import few
from ..base.errors import Refused
from ..exchange.change import Change
from ..exchange.orgconfig import OrganizationConfig
from ..record.history import Recorded
from ..record.restoration import Restoration, by_guid, value_before
from .assignment import POLICY, USER_TARGET, assign
from .people import OddAccount, Person
from .policy import (
    DEFAULT,
    DEFAULT_TARGET,
    EXISTS,
    POLICY_TARGET,
    SWITCHES,
    Policy,
    name_of,
    named,
    plan_default,
    removal,
    set_switches,
)

if TYPE_CHECKING:
    from ..exchange.change import Value

TARGETS = frozenset({POLICY_TARGET, DEFAULT_TARGET, USER_TARGET})
_LOCKS_OUT = (
    "modern authentication is off, and the policy that was there before blocks the rest: nobody who has it could sign "
    "in. It is left as it is; run enable_hma first."
)
_UNDER_DEFAULT = (
    "its policy '{policy}' blocks nothing, and without it the default '{default}' would block it. It is left as it is; "
    "take the default back first."
)


@dataclass(frozen=True)
class State:
    """What is there now. ``odd``: the accounts that could not be read."""

    config: OrganizationConfig
    policies: Sequence[Policy]
    people: Mapping[str, Person]
    odd: Sequence[OddAccount] = ()

    @property
    def on(self) -> bool:
        return self.config.oauth2_client_profile_enabled is True


def of_policies(history: Iterable[Recorded]) -> list[Recorded]:
    """The recorded writes to policies, to the default, and to people."""
    return [step for step in history if step.target["type"] in TARGETS]


def plan_back(state: State, history: Sequence[Recorded]) -> Restoration:
    """The writes that take the recorded ones back, and of each object that is left as it is the reason."""
    done = Restoration(live=state.on, handled=[step.id for step in history])
    of_default = [step for step in history if step.is_of(DEFAULT_TARGET)]
    default = _default(state, of_default, done)
    # A default that is as it was before the runs is no reason: people are as they were, too.
    stays = None if of_default and not done.refused else _default_now(state)
    people = _people(state, [step for step in history if step.is_of(USER_TARGET)], stays, done)
    left = _in_use(state, default, people)
    policies = _policies(state, [step for step in history if step.is_of(POLICY_TARGET)], left, done)
    done.changes = [*default, *people, *policies]
    return done


def out_of_force(state: State, done: Restoration) -> list[str]:
    """The policies that nobody has, or that block nothing, when these writes are made. Who could not be read may have
    any of them."""
    written = {kind: [change for change in done.changes if change.target["type"] == kind] for kind in TARGETS}
    in_use = _in_use(state, written[DEFAULT_TARGET], written[USER_TARGET])
    after = {fold(change.target["name"]): change.after for change in written[POLICY_TARGET]}
    free = [policy.name for policy in state.policies if not state.odd and fold(policy.name) not in in_use]
    switches = {policy.name: {**policy.switches, **after.get(fold(policy.name), {})} for policy in state.policies}
    return [name for name, found in switches.items() if name in free or not any(found[it] for it in SWITCHES)]


def _default(state: State, steps: Sequence[Recorded], done: Restoration) -> list[Change]:
    if not steps:
        return []
    title, config = steps[-1].object, state.config
    if any(fold(step.target_text("guid")) != config.guid for step in steps):
        done.refuse(title, f"it is another organization's than '{config.name}', which answered.")
        return []
    now = name_of(state.policies, config.default_authentication_policy)
    wanted = _wanted(state, title, DEFAULT, now, steps, done)
    return [] if wanted is _STAYS else list(plan_default(config, state.policies, wanted).changes)


def _default_now(state: State) -> Policy | None:
    return named(state.policies, name_of(state.policies, state.config.default_authentication_policy) or "")


def _people(state: State, steps: Sequence[Recorded], stays: Policy | None, done: Restoration) -> list[Change]:
    """``stays``: a default that does not go back. Whoever is an exception to it keeps that policy."""
    changes = []
    for guid, own in by_guid(steps).items():
        person, title = state.people.get(guid), own[-1].object
        if person is None:
            done.refuse(title, _missing(state, guid))
            continue
        now = name_of(state.policies, person.policy)
        wanted = _wanted(state, title, POLICY, now, own, done)
        if wanted is None and _excepted(state, now, stays):
            done.refuse(title, _UNDER_DEFAULT.format(policy=now, default=stays.name if stays else ""))
        elif wanted is not _STAYS and not same(now, wanted):
            changes.append(assign(person, now, wanted))
    return changes


def _missing(state: State, guid: str) -> str:
    """Why an account is not among those that were read."""
    odd = {item.guid: item.error for item in reversed(state.odd)}
    if guid in odd:
        return f"the account could not be read, so that it is left as it is: {odd[guid]}"
    unread = f", or is one that could not be read: {odd[None]}" if None in odd else "."
    return f"the account is no longer there, or outside of what this run may see{unread}"


def _excepted(state: State, now: str | None, default: Policy | None) -> bool:
    """Whether somebody's policy blocks nothing, and the default would."""
    own = named(state.policies, now) if now else None
    return own is not None and not own.blocks and default is not None and bool(default.blocks)


# Stands for a policy that is left as it is; no policy has an empty name.
_STAYS = ""


def _wanted(
    state: State, title: str, name: str, now: str | None, steps: Sequence[Recorded], done: Restoration
) -> str | None:
    """The policy before the recorded runs; _STAYS where it is left alone, and why is said."""
    try:
        before: str | None = value_before(title, name, now, steps)
    except Refused as exc:
        done.refuse(title, str(exc))
        return _STAYS
    if before is None or same(now, before):
        return before
    policy = named(state.policies, before)
    if policy is None:
        done.refuse(title, f"the authentication policy '{before}', which was there before, is no longer there.")
        return _STAYS
    if policy.blocks and not state.on:
        done.refuse(title, _LOCKS_OUT)
        return _STAYS
    return before


def _in_use(state: State, default: Sequence[Change], people: Sequence[Change]) -> dict[str, list[str]]:
    """By the name of a policy, folded, who has it when default and people are back."""
    after = {change.target["guid"]: change.after[POLICY] for change in people}
    found: dict[str, list[str]] = {}
    for person in state.people.values():
        name = after.get(person.guid, name_of(state.policies, person.policy))
        if isinstance(name, str):
            found.setdefault(fold(name), []).append(person.title)
    own = default[0].after[DEFAULT] if default else name_of(state.policies, state.config.default_authentication_policy)
    if isinstance(own, str):
        found.setdefault(fold(own), []).insert(0, "everybody without another one (it is the default)")
    return found


def _policies(
    state: State, steps: Sequence[Recorded], in_use: Mapping[str, list[str]], done: Restoration
) -> list[Change]:
    own: dict[str, list[Recorded]] = {}
    for step in steps:
        own.setdefault(fold(step.target_text("name")), []).append(step)
    # Who could not be read may have any of them.
    odd = [f"an account that could not be read ({item.error})" for item in state.odd]
    return [change for name, of in own.items() if (change := _policy(state, of, [*in_use.get(name, []), *odd], done))]


def _policy(state: State, steps: Sequence[Recorded], users: Sequence[str], done: Restoration) -> Change | None:
    title, policy = steps[-1].object, named(state.policies, steps[-1].target_text("name"))
    now: Mapping[str, Value] = policy.properties() if policy else dict.fromkeys((EXISTS, *SWITCHES), False)
    try:
        before = {
            name: bool(value_before(title, name, value, steps))
            for name, value in now.items()
            if any(name in step.after for step in steps)
        }
    except Refused as exc:
        done.refuse(title, str(exc))
        return None
    if policy is None:
        if before.get(EXISTS, True):
            done.refuse(title, "it is no longer there; somebody removed it after the run.")
        return None
    if before.get(EXISTS) is False:
        if users:
            done.refuse(title, f"it is still in use: {few(users)}.")
            return None
        return removal(policy)
    differing = {name: value for name, value in before.items() if name in SWITCHES and policy.switches[name] != value}
    if any(differing.values()) and not state.on:
        done.refuse(title, _LOCKS_OUT)
        return None
    return set_switches(policy, differing) if differing else None
