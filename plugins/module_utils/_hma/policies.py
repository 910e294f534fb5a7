# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Authentication policies that block legacy authentication: with modern authentication off, their users are locked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import values
from .cmdlet import Cmdlet, CmdletResult
from .command import OFF, PowerShell, Setting
from .comparison import fold
from .plan import Refused

_BLOCKS: Final = tuple(
    f"BlockLegacyAuth{protocol}" for protocol in ("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "Pop", "Rpc", "WebServices")
)
# 2019 CU2 and later have policies; 2016 and 2013 do not know the cmdlet. It takes no -DomainController.
READ: Final = Cmdlet("Get-AuthenticationPolicy", {}, ("Name", "Guid", "Identity", "DistinguishedName", *_BLOCKS), on_error="continue", pin=False)
_NO_CMDLET: Final = "commandnotfound"


@dataclass(frozen=True)
class Policy:
    """One policy that blocks legacy authentication for at least one protocol."""

    name: str
    keys: frozenset[str]
    distinguished_name: str | None
    blocked: tuple[str, ...]

    def users(self) -> Cmdlet:
        """Whether anybody has it. Only the distinguished name works in this filter; a quote in it is doubled."""
        quoted = (self.distinguished_name or "").replace("'", "''")
        parameters = {"Filter": f"AuthenticationPolicy -eq '{quoted}'", "ResultSize": "1"}
        return Cmdlet("Get-User", parameters, ("Name", "Identity"), on_error="continue")


def blocking(result: CmdletResult) -> list[Policy]:
    """The policies that block; Refused where they could not be read though this Exchange has them."""
    if any(_NO_CMDLET in fold(f"{error.id} {error.reason}") for error in result.errors):
        return []
    if result.errors:
        raise Refused(f"Whether an authentication policy blocks legacy authentication could not be read: {result.errors[0].message}")
    found = []
    for item in result.objects:
        where = f"Get-AuthenticationPolicy {item.get('Name', '')}".strip()
        blocked = tuple(name.removeprefix("BlockLegacyAuth") for name in _BLOCKS if item.get(name) is True)
        keys = frozenset(fold(str(item[key])) for key in ("Name", "Guid", "Identity", "DistinguishedName") if item.get(key))
        if blocked:
            found.append(Policy(values.text(item, "Name", where), keys, values.optional_text(item, "DistinguishedName", where), blocked))
    return found


def refuse_lockout(policies: Sequence[Policy], assigned: Mapping[str, CmdletResult], *, default: str | None, despite: str | None) -> None:
    """Refused while a policy in force blocks legacy authentication and was not named. What could not be read counts as in force."""
    for policy in policies:
        why = _in_force(policy, assigned.get(policy.name), default)
        if why is None or fold(despite or "") == fold(policy.name):
            continue
        unblock = PowerShell("Set-AuthenticationPolicy", {f"BlockLegacyAuth{name}": OFF for name in policy.blocked}, (policy.name,))
        raise Refused(
            f"Authentication policy '{policy.name}' blocks legacy authentication ({', '.join(policy.blocked)}) and {why}: with modern authentication "
            f"off, those users could not sign in at all. Unblock first: {unblock.text} ; or accept it by name: "
            f"{Setting('hma_disable_despite_policy', policy.name).text}"
        )


def _in_force(policy: Policy, users: CmdletResult | None, default: str | None) -> str | None:
    if default and fold(default) in policy.keys:
        return "is the organization's default"
    if users is None or users.errors:
        return "whom it is assigned to could not be read"
    return f"is assigned (to {users.objects[0].get('Name')} for one)" if users.objects else None
