# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What every Exchange shell is to its callers: a list of cmdlets in, results in the same order out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult

from . import failures
from .errors import ExchangeError


@dataclass(frozen=True)
class HostIdentity:
    """Who answered: NetBIOS name, fully qualified name, version and edition of its PowerShell."""

    name: str
    fqdn: str
    powershell: str
    edition: str


@dataclass(frozen=True)
class Answer:
    """Results in the order of the cmdlets, who answered, the domain controller that served the reads, and the
    transport."""

    host: HostIdentity
    results: list[CmdletResult]
    domain_controller: str | None
    transport: str

    def require(self, cmdlets: Sequence[Cmdlet]) -> None:
        """ExchangeError for the first cmdlet that had to work and did not."""
        for cmdlet, result in zip(cmdlets, self.results, strict=True):
            if result.errors and cmdlet.on_error == "stop":
                raise ExchangeError(failures.cmdlet_failure(self.host.fqdn, cmdlet, result.errors[0]))


class Shell(Protocol):
    """An Exchange shell. Unreachable: nothing was written; ExchangeError: it said no, or a write is uncertain."""

    def run(self, cmdlets: Sequence[Cmdlet], *, domain_controller: str | None = None) -> Answer:
        """Run the list in one go; it stops at the first error of a cmdlet whose ``on_error`` is "stop"."""
