# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and result of hma_policy_wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import Wanted

from .base import ExchangeOptions, Result
from .info import Reading


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """Which wave, as the inventory describes it, and what it is judged by."""

    wanted: Wanted
    sign_ins: Sequence[str]
    servers_excluded: Sequence[str]
    domains: Mapping[str, str]
    tenants: Sequence[Mapping[str, Any]]

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        wanted = Wanted(
            wave=given["wave"],
            policy=given["policy"],
            exceptions_policy=given["exceptions_policy"],
            protocols=tuple(dict.fromkeys(given["protocols"])),
            people=tuple(given["people"]),
            groups=tuple(given["groups"]),
            exceptions={item["name"]: item["reason"] for item in given["exceptions"]},
            replaces=tuple(given["replace_policies"]),
            days=given["days"],
        )
        return super().from_options({**given, "wanted": wanted})


@dataclass(frozen=True, kw_only=True)
class WaveRead(Result):
    """Who is in the wave (by GUID), who gets the policy of the exceptions, and one line for each person asked about."""

    read: Reading
    wave: str
    policy: str
    stops: bool
    findings: Sequence[Finding]
    people: Sequence[str]
    exceptions: Sequence[str]
    lines: Sequence[str]
    counts: Mapping[str, int]
    block_legacy: Mapping[str, bool]
    block_nothing: Mapping[str, bool]
