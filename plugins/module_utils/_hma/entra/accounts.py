# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. An account in Entra, as far as it says who signs in with it on premises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from ..base.facts import Facts

# What an account is to somebody of Active Directory: True where it is synchronized, so that it may be theirs, and can
# sign in; None where it is synchronized and blocked from signing in; False where it was made in the cloud.
Standing: TypeAlias = "bool | None"
BLOCKED: Final[Standing] = None


@dataclass(frozen=True)
class Account(Facts):
    """One account of a tenant. ``sid`` is that of the account on premises that it is synchronized from."""

    sign_in_name: str
    tenant: str
    enabled: bool
    synchronized: bool
    sid: str | None
