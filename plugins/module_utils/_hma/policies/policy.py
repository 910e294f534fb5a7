# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Authentication policies as objects that are written: what they block, who the default is, what changes.

The cmdlets of policies take no domain controller, so that nothing here is pinned to one: all of it goes where the
shell's server looks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ..base.comparison import folded, has, same
from ..base.errors import Refused
from ..base.values import Properties
from ..exchange import orgconfig
from ..exchange.authentication_policies import PROTOCOLS
from ..exchange.authentication_policies import READ as _READ
from ..exchange.change import Change, Plan
from ..exchange.cmdlet import Cmdlet, CmdletResult
from ..exchange.orgconfig import OrganizationConfig

if TYPE_CHECKING:
    from ..exchange.change import Value

READ: Final = replace(_READ, on_error="stop")
CONFIG: Final = replace(orgconfig.READ, pin=False)
POLICY_TARGET: Final = "authentication_policy"
DEFAULT_TARGET: Final = "default_policy"
EXISTS: Final = "Exists"
DEFAULT: Final = "DefaultAuthenticationPolicy"
_LEGACY: Final = "BlockLegacyAuth"
_MODERN: Final = "BlockModernAuth"
SWITCHES: Final = tuple(f"{_LEGACY}{protocol}" for protocol in PROTOCOLS)


@dataclass(frozen=True)
class Policy:
    """A policy and its switches; ``keys`` are the texts that stand for it, folded."""

    name: str
    distinguished_name: str
    keys: frozenset[str]
    switches: Mapping[str, bool]
    blocks_modern: frozenset[str]

    @property
    def blocks(self) -> frozenset[str]:
        """The protocols for which it blocks legacy authentication."""
        return frozenset(name[len(_LEGACY) :] for name, on in self.switches.items() if on)

    def properties(self) -> dict[str, Value]:
        return {EXISTS: True, **self.switches}


def parse_policies(result: CmdletResult) -> list[Policy]:
    """Every policy. ParseError names one that cannot be read, for it may be the one that matters."""
    return [_policy(item.named("Name")) for item in result.properties(READ.name)]


def _policy(item: Properties) -> Policy:
    texts = [item.label(key, "") for key in ("Name", "Identity", "DistinguishedName", "Guid")]
    return Policy(
        name=item.text("Name"),
        distinguished_name=item.label("DistinguishedName", ""),
        keys=folded(text for text in texts if text),
        switches={name: item.flag(name) for name in SWITCHES},
        blocks_modern=frozenset(protocol for protocol in PROTOCOLS if item.optional_flag(f"{_MODERN}{protocol}")),
    )


def named(policies: Iterable[Policy], name: str) -> Policy | None:
    return next((policy for policy in policies if same(policy.name, name)), None)


def name_of(policies: Iterable[Policy], text: str | None) -> str | None:
    """The name of the policy that a text of Exchange stands for; the text itself where it stands for none of them."""
    if not text:
        return None
    return next((policy.name for policy in policies if has(policy.keys, text)), text)


def title(name: str) -> str:
    return f"Authentication policy '{name}'"


def target(name: str) -> dict[str, str]:
    return {"type": POLICY_TARGET, "name": name}


def refuse_both(policy: Policy | None, blocked: Iterable[str]) -> None:
    """Refused where a policy blocks modern authentication, too, for a protocol whose legacy one it blocks."""
    both = sorted(policy.blocks_modern & frozenset(blocked)) if policy else []
    if policy and both:
        raise Refused(
            f"{title(policy.name)} blocks modern authentication for {', '.join(both)}: with legacy authentication "
            f"blocked too nobody who has it gets in there. Take the policy's BlockModernAuth switches back first, or "
            f"name another policy."
        )


def plan_policy(policies: Sequence[Policy], name: str, wanted: Mapping[str, bool]) -> Plan:
    """One policy with these switches (by protocol, as in the switch); the other switches are left as they are."""
    policy = named(policies, name)
    switches = {f"{_LEGACY}{protocol}": on for protocol, on in wanted.items()}
    refuse_both(policy, (protocol for protocol, on in wanted.items() if on))
    if policy is None:
        on = {switch: True for switch, value in switches.items() if value}
        # By its reference page Exchange 2019 has no -Confirm for it.
        cmdlet = Cmdlet("New-AuthenticationPolicy", {"Name": name, **on}, pin=False, confirm=False)
        after: dict[str, Value] = {EXISTS: True, **{switch: switch in on for switch in SWITCHES}}
        return Plan((_change(name, dict.fromkeys(after, False), after, cmdlet),))
    differing = {switch: value for switch, value in switches.items() if policy.switches[switch] is not value}
    if not differing:
        return Plan()
    return Plan((_set(policy, differing),))


def set_switches(policy: Policy, wanted: Mapping[str, bool]) -> Change:
    return _set(policy, wanted)


def removal(policy: Policy) -> Change:
    """The write that takes a policy away."""
    before = policy.properties()
    cmdlet = Cmdlet("Remove-AuthenticationPolicy", {"Identity": policy.name}, pin=False)
    return _change(policy.name, before, dict.fromkeys(before, False), cmdlet)


def plan_default(config: OrganizationConfig, policies: Sequence[Policy], name: str | None) -> Plan:
    """The policy of everybody who has none of his own; None takes it away."""
    now = name_of(policies, config.default_authentication_policy)
    if same(now, name):
        return Plan()
    cmdlet = Cmdlet("Set-OrganizationConfig", {DEFAULT: name}, pin=False)
    owner = {"type": DEFAULT_TARGET, "guid": config.guid, "name": config.name}
    shown = f"Default authentication policy of organization '{config.name}'"
    return Plan((Change(shown, owner, {DEFAULT: now}, {DEFAULT: name}, cmdlet),))


def found_of(change: Change, policies: Sequence[Policy], config: OrganizationConfig) -> dict[str, Value]:
    """The properties of the object of a change, as they read back."""
    if change.target["type"] == DEFAULT_TARGET:
        return {DEFAULT: name_of(policies, config.default_authentication_policy)}
    policy = named(policies, change.target["name"])
    return policy.properties() if policy else dict.fromkeys((EXISTS, *SWITCHES), False)


def _set(policy: Policy, wanted: Mapping[str, bool]) -> Change:
    before = {switch: policy.switches[switch] for switch in wanted}
    cmdlet = Cmdlet("Set-AuthenticationPolicy", {"Identity": policy.name, **wanted}, pin=False)
    return _change(policy.name, before, wanted, cmdlet)


def _change(name: str, before: Mapping[str, Value], after: Mapping[str, Value], cmdlet: Cmdlet) -> Change:
    return Change(title(name), target(name), before, after, cmdlet)
