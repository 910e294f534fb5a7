# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of hma_servers_excluded: whether each entry leaves a server out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from ..base.comparison import fold
from .check import Check, Finding
from .inputs import Inputs
from .references import NOT_STATED, READ_ORGANIZATION

EXCLUSIONS_USED: Final = Check(
    "HMA-COV-005", "Every entry of hma_servers_excluded leaves a server out", "low", "organization", on_bad="warn",
    why="An entry with a name that no server has leaves nothing out, and the server that was meant is judged; one "
        "whose server has a host in the inventory is without effect.",
    read=f"{READ_ORGANIZATION}Get-ExchangeServer against hma_servers_excluded and the inventory.",
    remedy="Correct the name, or take the entry out of hma_servers_excluded.", source=NOT_STATED,
)  # fmt: skip


def exclusions(inputs: Inputs) -> list[Finding]:
    """Names that leave nothing out. An object that could not be read may be a server's; a removed server's entry does
    no harm, so all of this warns."""
    odd = {_first_label(name) for gap in inputs.organization.unread for name in (gap.server, gap.object) if name}
    return [
        _no_effect(item.name, text)
        for item in inputs.settings.servers_excluded
        if (text := _why_no_effect(inputs, item.name, odd))
    ] or [EXCLUSIONS_USED.passed(inputs.name, actual=f"{len(inputs.settings.servers_excluded)} entries")]


def _why_no_effect(inputs: Inputs, name: str, odd: Collection[str]) -> str | None:
    server = next(
        (item for item in inputs.organization.servers if fold(name) in {fold(item.name), fold(item.fqdn)}), None
    )
    if server is None:
        return None if _first_label(name) in odd else f"organization '{inputs.name}' has no server of this name"
    host = inputs.host_of(server)
    return f"host {host.host} of the inventory is this server, so that it is judged and written to" if host else None


def _no_effect(name: str, why: str) -> Finding:
    fix = "Correct the name, or take the entry out of hma_servers_excluded; a server to leave out has no host either."
    return EXCLUSIONS_USED.failed(
        name, f"hma_servers_excluded names {name}, which leaves nothing out: {why}.", fix,
        expected="a server that has no host", actual=name,
    )  # fmt: skip


def _first_label(name: str) -> str:
    """EX1 of EX1, of its full name, and of the identity of one of its directories."""
    return fold(name).partition("\\")[0].partition(".")[0]


CHECKS: Final = (EXCLUSIONS_USED,)
