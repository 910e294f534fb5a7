# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a playbook cost, as data: the budgets of the tests, the lower bound and the simulation rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Cost:
    """Exchange shells, cmdlets in them (of these reads that ask IIS, and writes), sign-ins to Entra, answers of
    Graph."""

    shells: int = 0
    cmdlets: int = 0
    iis: int = 0
    sets: int = 0
    tokens: int = 0
    graph: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    def __mul__(self, times: int) -> Cost:
        return Cost(*(getattr(self, item.name) * times for item in fields(self)))

    def seconds(self, latency: Mapping[str, float]) -> float:
        """How long somebody waits who asks for it one thing after another."""
        times = {"shells": "shell", "cmdlets": "cmdlet", "iis": "iis_read", "sets": "set", "tokens": "token",
                 "graph": "graph"}  # fmt: skip
        return sum(getattr(self, name) * latency.get(key, 0.0) for name, key in times.items())
