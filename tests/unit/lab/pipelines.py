# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pypsrp's versions do not share."""

from __future__ import annotations

from pypsrp.powershell import PowerShell
from pypsrp.shell import SignalCode


def ended(pipeline: PowerShell) -> PowerShell:
    """The pipeline, of which the server knows that it is done with. Only 0.9 has PowerShell.close(), which does the
    same."""
    pool = pipeline.runspace_pool
    pool.shell.signal(SignalCode.TERMINATE, command_id=pipeline.id)
    pool.pipelines.pop(pipeline.id, None)
    return pipeline
