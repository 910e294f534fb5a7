# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Authentication policies that block legacy authentication: with modern authentication off, their users are
locked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..base import elements
from ..base.command import OFF, PowerShell, Setting
from ..base.comparison import fold, folded, has, same
from ..base.elements import Unread
from ..base.errors import ParseError, Refused, RefusedEverywhere
from ..base.facts import Facts
from ..base.values import Properties
from .cmdlet import Cmdlet, CmdletResult
from .versions import parse_admin_display_version

PROTOCOLS: Final = ("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "Pop", "Rpc", "WebServices")
_LEGACY: Final = {f"BlockLegacyAuth{protocol}": protocol for protocol in PROTOCOLS}
_MODERN: Final = {f"BlockModernAuth{protocol}": protocol for protocol in PROTOCOLS}
# 2019 CU2 and later have policies; 2016 and 2013 do not know the cmdlet. It takes no -DomainController.
_NAME: Final = "Get-AuthenticationPolicy"
_KEYS: Final = ("Name", "Identity", "DistinguishedName", "Guid")
READ: Final = Cmdlet(_NAME, {}, (*_KEYS, *_LEGACY, *_MODERN), on_error="continue", pin=False)
_NO_CMDLET: Final = "commandnotfound"
# Which servers there are, to know whether another one has policies. That it cannot be read stands in nobody's way.
SERVERS: Final = Cmdlet("Get-ExchangeServer", {}, ("Name", "AdminDisplayVersion"), on_error="continue")


class LockedOut(RefusedEverywhere):
    """Somebody could not sign in at all: a policy blocks the only way in that is left."""

    def __init__(self, text: str, policy: str) -> None:
        super().__init__(text)
        self.policy = policy


@dataclass(frozen=True)
class AuthenticationPolicy(Facts):
    """A policy as the facts of the organization have it: the protocols for which it blocks legacy and modern
    authentication."""

    name: str
    blocks_legacy: list[str]
    blocks_modern: list[str]


def parse_policies(objects: Iterable[Properties], gaps: list[Unread]) -> list[AuthenticationPolicy]:
    """Every policy of the organization."""
    return elements.parsed("authentication_policies", objects, _parse_policy, gaps)


def _parse_policy(properties: Properties) -> AuthenticationPolicy:
    policy = properties.named("Name")
    return AuthenticationPolicy(properties.text("Name"), _blocked(policy, _LEGACY), _blocked(policy, _MODERN))


def _blocked(policy: Properties, protocols: Mapping[str, str]) -> list[str]:
    return [protocol for name, protocol in protocols.items() if policy.optional_flag(name)]


@dataclass(frozen=True)
class LegacyBlock:
    """A policy that blocks legacy authentication for at least one protocol, read as far as it can be."""

    name: str
    keys: frozenset[str]
    distinguished_name: str | None
    blocked: tuple[str, ...]

    def users(self) -> Cmdlet:
        """Whether anybody has it, in whichever domain of the forest: a shell's own scope is one domain. Only the
        distinguished name works in this filter; a quote in it is doubled."""
        quoted = (self.distinguished_name or "").replace("'", "''")
        given = {"Filter": f"AuthenticationPolicy -eq '{quoted}'", "ResultSize": "1", "IgnoreDefaultScope": True}
        return Cmdlet("Get-User", given, ("Name", "Identity"), on_error="continue", pin=False)


def has_no_policies(result: CmdletResult) -> bool:
    """Whether the server that was asked does not know the cmdlet."""
    return any(_NO_CMDLET in fold(f"{error.id} {error.reason}") for error in result.errors)


def unreadable(result: CmdletResult) -> str | None:
    """Why it is not known which policies block, or None. An Exchange that has no policies has none that blocks."""
    if not result.errors or has_no_policies(result):
        return None
    return (
        f"Whether an authentication policy blocks legacy authentication could not be read: {result.errors[0].message}"
    )


def unseen(result: CmdletResult, servers: CmdletResult) -> list[str]:
    """Servers of 2019 and later where the server that was asked has no such cmdlet: policies are theirs, and it cannot
    show them."""
    if not has_no_policies(result):
        return []
    return sorted(
        str(item.get("Name")) for item in servers.objects if _has_policies(str(item.get("AdminDisplayVersion")))
    )


def _has_policies(version: str) -> bool:
    """Since Exchange 2019. A version that cannot be read stands in nobody's way."""
    try:
        return parse_admin_display_version(version).number >= (15, 2)
    except ParseError:
        return False


def blocking(result: CmdletResult) -> list[LegacyBlock]:
    """The policies that block; Refused where they could not be read though this Exchange has them."""
    reason = unreadable(result)
    if reason:
        raise Refused(f"{reason} disable_hma goes on nevertheless.")
    policies = [_parse_block(policy) for policy in result.properties(_NAME)]
    return [policy for policy in policies if policy.blocked]


def _parse_block(policy: Properties) -> LegacyBlock:
    """A policy that is odd is named by what it shows, and counts as one that blocks where it may."""
    texts = {key: value for key in _KEYS if isinstance(value := policy.raw(key), str) and value}
    blocked = tuple(protocol for name, protocol in _LEGACY.items() if policy.raw(name) not in (None, False))
    name = next(iter(texts.values()), "(without a name)")
    return LegacyBlock(name, folded(texts.values()), texts.get("DistinguishedName"), blocked)


def refuse_lockout(
    policies: Sequence[LegacyBlock], assigned: Mapping[str, CmdletResult], *, default: str | None, despite: str | None
) -> None:
    """Refused while a policy in force blocks legacy authentication and was not named. What could not be read counts as
    in force."""
    for policy in policies:
        reason = _in_force(policy, assigned.get(policy.name), default)
        if reason is None or same(despite or "", policy.name):
            continue
        unblock = PowerShell(
            "Set-AuthenticationPolicy", {f"BlockLegacyAuth{name}": OFF for name in policy.blocked}, (policy.name,)
        )
        raise LockedOut(
            f"Authentication policy '{policy.name}' blocks legacy authentication "
            f"({', '.join(policy.blocked)}) and {reason}: with modern "
            f"authentication off, those users could not sign in at all. Unblock first: {unblock.text} ; or "
            f"accept it by name: "
            f"{Setting('hma_disable_despite_policy', policy.name).text}",
            policy.name,
        )


def _in_force(policy: LegacyBlock, users: CmdletResult | None, default: str | None) -> str | None:
    """Why a policy counts as in force, or None where nobody has it."""
    if default and has(policy.keys, default):
        return "is the organization's default"
    if users is None or users.errors:
        return "whom it is assigned to could not be read"
    first = next(iter(users.properties("Get-User")), None)
    return f"is assigned (to {first.label('Name', 'a user without a name')} for one)" if first else None
