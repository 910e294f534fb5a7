# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Options and result of hma_policy_wave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import same
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import shown
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.policies.wave import Wanted

from .base import ExchangeOptions, Result
from .info import Reading

_WAVE: Final = re.compile(r"0|[1-9][0-9]*|last", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """Which wave, as the inventory describes it, and what it is judged by."""

    wave: str
    policy: str
    exceptions_policy: str
    protocols: Sequence[str]
    people: Sequence[str]
    groups: Sequence[str]
    exceptions: Sequence[Mapping[str, str]]
    replace_policies: Sequence[str]
    sign_ins: Sequence[str]
    servers_excluded: Sequence[str]
    days: int
    domains: Mapping[str, str]
    tenants: Sequence[Mapping[str, Any]]

    def __post_init__(self) -> None:
        if not _WAVE.fullmatch(self.wave):
            raise Refused(f"wave is {shown(self.wave)}; expected 0, the number of a wave, or last.")
        if same(self.policy, self.exceptions_policy):
            raise Refused(
                f"The policy that blocks and that of the exceptions have one name, {shown(self.policy)}: give them two "
                f"(hma_block_policy, hma_block_exceptions_policy)."
            )

    @property
    def wanted(self) -> Wanted:
        """The wave itself."""
        return Wanted(
            wave=self.wave,
            policy=self.policy,
            exceptions_policy=self.exceptions_policy,
            protocols=tuple(dict.fromkeys(self.protocols)),
            people=tuple(self.people),
            groups=tuple(self.groups),
            exceptions={item["name"]: item["reason"] for item in self.exceptions},
            replaces=tuple(self.replace_policies),
            days=self.days,
        )


@dataclass(frozen=True, kw_only=True)
class WaveRead(Result):
    """Who is in the wave, who gets the policy of the exceptions first (by GUID), a line for each person asked about."""

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
