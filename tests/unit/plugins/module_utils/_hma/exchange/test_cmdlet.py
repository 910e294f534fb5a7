# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cmdlets as data, and as an administrator would type them."""

from __future__ import annotations

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import THIS_SERVER, Cmdlet


def test_typed() -> None:
    cmdlet = Cmdlet(
        "Set-X", {"Server": THIS_SERVER, "A": None, "B": False, "Confirm": False, "Force": True, "L": ["a'b"], "N": 3}
    )
    assert cmdlet.typed("EX1") == "Set-X -Server 'EX1' -A $null -B $false -Confirm:$false -Force -L @('a''b') -N 3"
    assert cmdlet.typed().startswith("Set-X -Server $env:COMPUTERNAME")
