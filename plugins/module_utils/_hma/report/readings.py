# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Of the results that a run has of a server or a tenant: which one the report shows."""

from __future__ import annotations

from ..checks.inventory import TaskResult
from .found import Found


def server_read(entry: Found) -> Found:
    """Of the readings of a server the last one that saw its directories; of one that was not read that far what else
    there is."""
    readings = [entry["read"], entry["written"]]
    seen = next((reading for reading in readings if "directories" in reading), None)
    return seen or next((reading for reading in (entry["identified"], entry["read"]) if reading.flag), Found({}))


def tenant_read(entry: Found) -> Found:
    """Of the readings of a tenant the last one that saw its names."""
    readings = [entry["read"], entry["written"], entry["identified"]]
    seen = next((reading for reading in readings if "missing" in reading), None)
    return seen or next((reading for reading in readings[1:] if reading.flag), entry["read"])


def asked(found: Found) -> Found:
    """What clients were offered. What they are offered before the changes of a run says nothing of its end."""
    run = found["run"]
    return Found() if (run["playbook"].text, run["mode"].text) == ("enable_hma", "check") else found["probe"]


def error_text(read: Found) -> str:
    """Why a result is none; the empty text where it holds what was asked for, or where nobody asked for it."""
    if read["skipped"].flag:
        return ""
    reason = TaskResult(read.mapping).error or ""
    return reason if read["msg"].flag else reason[:1].upper() + reason[1:]
