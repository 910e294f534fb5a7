# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Before modern authentication is turned off: would anybody be locked out, by an authentication policy or of
Outlook on the web?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, folded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import authentication_policies, web_listing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.authserver import DEFAULT
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.orgconfig import OrganizationConfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.web_listing import WebListing
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import DOMAINS, takes
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restore import FLAG

from .shell import Shell

# What Outlook on the web needs as much as Outlook does, once nobody gets in there without Entra.
_NEEDED: Final = frozenset({FLAG, DEFAULT, DOMAINS, "Enabled"})


class PoliciesUnseen(Refused):
    """Whether a policy would lock people out cannot be seen from this server, but perhaps from another one."""


def refuse_lockout(
    shell: Shell, plan: Plan, config: OrganizationConfig, despite: str | None, out_of_force: Collection[str] = ()
) -> None:
    """Refused where the plan turns modern authentication off while a policy in force blocks everything else.
    ``out_of_force``: those that block nobody by then."""
    if any(change.after.get(FLAG) is False for change in plan.changes):
        found = authentication_policies.blocking(shell.run([authentication_policies.READ]).results[0])
        released = folded(out_of_force)
        refuse_blocking(shell, [policy for policy in found if fold(policy.name) not in released], config, despite)


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


def refuse_web(shell: Shell, plan: Plan, despite: Sequence[str]) -> None:
    """Refused where the plan takes away what a directory that signs people in through Entra alone needs, or where that
    is not known."""
    if not takes_sign_in(plan):
        return
    listing = web_listing.parse_listing(shell.run(web_listing.LISTED).results)
    web_listing.refuse_web_lockout(listing, despite)
    unread = web_listing.unread_web(listing)
    if unread:
        raise Refused(f"{unread} disable_hma goes on nevertheless.")


def notice_web(plan: Plan, listing: WebListing, despite: Sequence[str], *, live: bool) -> list[str]:
    """The same on the fast way back: what is unreadable does not stand in its way, and neither does a lock-out that is
    there already; it is said."""
    if live and takes_sign_in(plan):
        web_listing.refuse_web_lockout(listing, despite)
    warnings = []
    if listing.oauth_only:
        warnings.append(
            f"Nobody can sign in to Outlook on the web or the admin center on "
            f"{web_listing.places(listing.oauth_only)} while modern authentication is off: run disable_owa_hma."
        )
    unread = web_listing.unread_web(listing)
    if unread:
        look = "Get-OwaVirtualDirectory and Get-EcpVirtualDirectory"
        warnings.append(
            f"{unread} If so, nobody can sign in there now: look with {look} (InternalAuthenticationMethods)."
        )
    return warnings


def takes_sign_in(plan: Plan) -> bool:
    """Whether a plan switches off, or takes an AuthServer or its domains away. A default endpoint that only moves to
    another AuthServer is none of these."""
    moves = any(change.after.get(DEFAULT) is True for change in plan.changes)
    return any(
        name in _NEEDED and takes(change.before[name], value) and not (moves and name == DEFAULT)
        for change in plan.changes
        for name, value in change.after.items()
    )
