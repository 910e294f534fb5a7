# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One server is asked for its organization: the action hma_discover and the inventory plugin share it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import (
    READS,
    STATUS,
    Fleet,
    parse_alive,
    parse_fleet,
)

from .._exchange.shell import Answer, Shell


@dataclass(frozen=True)
class Asked:
    """What a server showed, who answered, and which servers answer to Exchange (None where that was not read)."""

    fleet: Fleet
    answer: Answer
    alive: frozenset[str] | None


def ask(shell: Shell, *, status: bool) -> Asked:
    """``status``: whether each server is asked if it is there, which takes time for each that is not."""
    cmdlets = [*READS, STATUS] if status else [*READS]
    answer = shell.run(cmdlets)
    answer.require(cmdlets)
    fleet = parse_fleet(fold(answer.host.fqdn), answer.results)
    return Asked(fleet, answer, parse_alive(answer.results[len(READS)]) if status else None)
