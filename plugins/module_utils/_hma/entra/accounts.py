# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An account in Entra, as far as it says who signs in with it on premises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ..base.facts import Facts


class AccountState(IntEnum):
    """What an account in Entra is to somebody of Active Directory, the best last: made in the cloud, so that it is
    nobody's there; synchronized and blocked from signing in; synchronized."""

    CLOUD = 1
    BLOCKED = 2
    SYNCHRONIZED = 3


@dataclass(frozen=True)
class Account(Facts):
    """One account of a tenant. ``sid`` is that of the account on premises that it is synchronized from."""

    sign_in_name: str
    tenant: str
    enabled: bool
    synchronized: bool
    sid: str | None
