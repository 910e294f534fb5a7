# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of those who administer Exchange: who of them gets into an admin center that asks Entra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..base.comparison import fold, has
from ..entra.accounts import Account
from ..entra.permissions import READ_USERS
from ..exchange.administrators import Administrator
from .check import Check, Finding
from .inputs import Inputs
from .owa import NOT_USED, used
from .references import ARTICLE

_SYNCHRONIZE: Final = (
    "Bring these accounts into the scope of directory synchronization, or take them out of Organization Management. "
    "Remote PowerShell does not go through Entra: it is their way in until then."
)

_ELSEWHERE: Final = "Elsewhere hma_identity_entra with hma_audit_read: full looks at administrators."

SIGN_IN: Final = Check(
    "HMA-ADM-001", "Everyone who administers Exchange can sign in at Entra", "medium", "organization", on_bad="warn",
    why="After HMA accounts sign in at Entra, and where Outlook on the web does so the admin center does too. An "
        "administrator who is not synchronized does not get in, and finds out when something is to be repaired. The "
        "built-in Administrator never can. It is read where Outlook on the web uses OAuth, and with hma_identity_entra "
        "and hma_audit_read: full.",
    read="Get-RoleGroupMember 'Organization Management' with the groups in it, Get-User; with hma_identity_entra: "
        "Graph, GET /users/{name} (User.Read.All): enabled, synchronized, with the same security identifier.",
    remedy="Synchronize the accounts of administrators; keep remote PowerShell as the other way in.", source=ARTICLE,
)  # fmt: skip


def sign_in(inputs: Inputs) -> list[Finding]:
    """One finding for all of them, which names who does not get in. The built-in account is named, and is no fault."""
    check, found = SIGN_IN, inputs.web.administrators
    if not used(inputs) and inputs.web.error:
        return [check.not_applicable(inputs.name, f"{NOT_USED} {_ELSEWHERE}")]
    if found is None:
        return [check.unread(inputs.name, inputs.web.error or "", "Mend what the reason names; then run this again.")]
    people = [member for member in found.members if not member.built_in]
    note = " ".join(f"{member.name} is the built-in account, which never signs in at Entra."
                    for member in found.members if member.built_in)  # fmt: skip
    reason = _unread(inputs, found.unread)
    if reason:
        return [check.unread(inputs.name, f"{reason} {note}".strip(), _way_to_read(inputs, found.unread, reason))]
    wrong = [f"{member.name} {why}" for member in people if (why := _why_not(member, inputs.web.accounts))]
    right = f"{len(people) - len(wrong)} of {len(people)}"
    message = f"{'; '.join(wrong)}. {note}".strip() if wrong else note
    if wrong or not people:
        text = message or "nobody but the built-in account is a member of Organization Management."
        return [check.failed(inputs.name, text, _SYNCHRONIZE, expected="all of them", actual=right)]
    return [check.passed(inputs.name, message, expected="all of them", actual=right)]


def _unread(inputs: Inputs, members: Sequence[str]) -> str | None:
    """Why it is not known who gets in, or None where it is."""
    if members:
        return f"not all members of Organization Management could be read: {' '.join(members)}"
    if not inputs.web.asked:
        return "the accounts of the administrators were not looked for in the tenants (hma_identity_entra)."
    return inputs.web.why("accounts")


def _way_to_read(inputs: Inputs, members: Sequence[str], reason: str) -> str:
    if members:
        return (
            "Look who these members are (Get-RoleGroupMember 'Organization Management'; Set-ADServerSettings "
            "-ViewEntireForest $true shows those of another domain), and whether each can sign in at Entra."
        )
    if not inputs.web.asked or READ_USERS.least in reason:
        return f"Set hma_identity_entra, with {READ_USERS.least} for the application of each tenant."
    return "Mend what the reason names; then run this again."


def _why_not(member: Administrator, accounts: Sequence[Account]) -> str | None:
    if member.sign_in_name is None:
        return "has no sign-in name"
    named = [account for account in accounts if has(member.names, account.sign_in_name)]
    own = [account for account in named if account.synchronized and fold(account.sid or "") == fold(member.sid)]
    if not named:
        return f"({member.sign_in_name}) is in no tenant"
    if not own:
        return f"({member.sign_in_name}) has an account in Entra that is not synchronized from this one"
    return None if any(account.enabled for account in own) else f"({member.sign_in_name}) is disabled in Entra"


CHECKS: Final = (SIGN_IN,)
