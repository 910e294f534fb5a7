# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Before modern authentication is turned off: would anybody be locked out by an authentication policy?"""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authentication_policies
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import FLAG

from .shell import Shell


class PoliciesUnseen(Refused):
    """Whether a policy would lock people out cannot be seen from this server, but perhaps from another one."""


def refuse_lockout(shell: Shell, plan: Plan, config: OrganizationConfig, despite: str | None) -> None:
    """Refused where the plan turns modern authentication off while a policy in force blocks everything else."""
    if any(change.after.get(FLAG) is False for change in plan.changes):
        refuse_blocking(
            shell,
            authentication_policies.blocking(shell.run([authentication_policies.READ]).results[0]),
            config,
            despite,
        )


def notice_lockout(
    shell: Shell, plan: Plan, config: OrganizationConfig, read: CmdletResult, despite: str | None
) -> list[str]:
    """The same on the fast way back, from policies that were read: what is unreadable does not stand in its way, it is
    said."""
    if not any(change.after.get(FLAG) is False for change in plan.changes):
        return []
    unread = authentication_policies.unreadable(read)
    if unread:
        return [f"{unread} If one does, its users cannot sign in now: look with Get-AuthenticationPolicy."]
    refuse_blocking(shell, authentication_policies.blocking(read), config, despite)
    return []


def notice_unseen(read: CmdletResult, servers: CmdletResult, *, despite: bool) -> list[str]:
    """PoliciesUnseen where this server cannot show the policies that others apply, so that one of them is asked first.

    With ``despite`` that is a warning: where none of them can be reached, the way out stays open.
    """
    others = authentication_policies.unseen(read, servers)
    if not others:
        return []
    text = (
        f"this server does not know authentication policies, and {', '.join(others)} may have one that blocks "
        f"legacy authentication."
    )
    if not despite:
        raise PoliciesUnseen(f"{text} Nothing was changed here; disable_hma asks those servers next.")
    return [f"{text} If so, its users cannot sign in now: look with Get-AuthenticationPolicy on one of these servers."]


def refuse_blocking(
    shell: Shell, found: list[authentication_policies.LegacyBlock], config: OrganizationConfig, despite: str | None
) -> None:
    """Whether a policy that blocks is in force. Only where there is one another read is needed."""
    asked = [policy for policy in found if policy.distinguished_name]
    users = shell.run([policy.users() for policy in asked]).results if asked else []
    assigned = {policy.name: result for policy, result in zip(asked, users, strict=True)}
    authentication_policies.refuse_lockout(
        found, assigned, default=config.default_authentication_policy, despite=despite
    )
