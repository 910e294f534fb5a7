# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What block_legacy_auth asks before a wave: the rows. Their judges need accounts and sign-ins, and are in
``policies``."""

from __future__ import annotations

from typing import Final

from .check import Check
from .references import CMDLET, LEARN, NOT_STATED

_BLOCKING: Final = (
    f"{LEARN}/exchange/plan-and-deploy/post-installation-tasks/security-best-practices/block-legacy-authentication"
)
_MEASURED: Final = "The file that measure_sign_ins writes (hma_block_sign_ins)."
_READ: Final = "Organization read (View-Only Organization Management): "

SERVERS_APPLY: Final = Check(
    "HMA-POL-004", "Every server goes by authentication policies", "high", "server", gate=True,
    why="Exchange 2016, and 2019 before CU2, ignore an authentication policy: what is blocked on one server is open on "
        "the next one, and people are asked for passwords on the way between them.",
    read=f"{_READ}AdminDisplayVersion of Get-ExchangeServer.",
    remedy="Upgrade the server to Exchange 2019 CU2 or later, or take it out of the organization.",
    source=f"{CMDLET}/new-authenticationpolicy",
)  # fmt: skip
MODERN_FIRST: Final = Check(
    "HMA-POL-005", "Modern authentication is on, and goes to Entra", "high", "organization", gate=True,
    why="Whoever may not sign in with legacy authentication has no other way in than modern authentication.",
    read=f"{_READ}OAuth2ClientProfileEnabled of Get-OrganizationConfig, Get-AuthServer.",
    remedy="Run enable_hma first, then verify_hma.",
    source=_BLOCKING,
)  # fmt: skip
MEASURED: Final = Check(
    "HMA-POL-006", "Sign-ins were measured on every server, for long enough", "high", "server", gate=True,
    why="Who still uses legacy authentication is known from the logs alone; a server or a week that is not in them "
        "hides people who would be cut off.",
    read=_MEASURED,
    remedy="Run measure_sign_ins, and give the file that it writes. Where days are lacking at the beginning, give it "
           "more than hma_block_days asks for (-e hma_measure_days=30), as far as the logs go back.",
    source=NOT_STATED,
)  # fmt: skip
NAMED: Final = Check(
    "HMA-POL-007", "Everybody who is named is one account", "high", "organization", gate=True,
    why="A name that is no account, or more than one, is a person who is forgotten, or the wrong one.",
    read=f"{_READ}Get-User, Get-Mailbox, Get-DistributionGroupMember.",
    remedy="Name each person by the sign-in name, and each group by its address.", source=NOT_STATED,
)  # fmt: skip
NOBODY_CUT_OFF: Final = Check(
    "HMA-POL-008", "Nobody is cut off", "high", "organization", gate=True,
    why="A policy blocks NTLM, Kerberos and Basic alike: whoever has no modern authentication has no way to mail then.",
    read=f"{_MEASURED} Get-User; Graph, users of the tenants (User.Read.All).",
    remedy="Move these accounts to modern authentication, or name them in hma_block_exceptions with a reason.",
    source=_BLOCKING,
)  # fmt: skip
POLICIES_READY: Final = Check(
    "HMA-POL-009", "The policies are there, and as they are to be", "high", "organization", gate=True,
    why="A wave gives people a policy; what it blocks is decided, and judged, in wave 0.",
    read=f"{_READ}Get-AuthenticationPolicy.",
    remedy="Run block_legacy_auth with -e hma_block_wave=0.", source=f"{CMDLET}/set-authenticationpolicy",
)  # fmt: skip
LEFT_OUT: Final = Check(
    "HMA-POL-010", "Nobody is left out of the wave", "low", "organization", on_bad="warn",
    why="Whoever is left out keeps legacy authentication; the reason says what has to change first.",
    read=f"{_MEASURED} Get-User; Graph, users of the tenants (User.Read.All).",
    remedy="Mend what the reason names, measure again, and run the wave again.", source=NOT_STATED,
)  # fmt: skip
DOORS: Final = Check(
    "HMA-POL-011", "Every excluded server was measured too, or nobody signs in there", "medium", "server",
    on_bad="warn",
    why="A server is excluded because it is dead. Where it is not, people who sign in there are in no measurement, and "
        "the policy is theirs too.",
    read=f"{_READ}Get-ExchangeServer. {_MEASURED}",
    remedy="See that no client reaches it: that no name leads there, or that its services are off. Otherwise take it "
           "out of hma_servers_excluded, and measure it.",
    source=NOT_STATED,
)  # fmt: skip
CHECKS: Final = (SERVERS_APPLY, MODERN_FIRST, MEASURED, NAMED, NOBODY_CUT_OFF, POLICIES_READY, LEFT_OUT, DOORS)
