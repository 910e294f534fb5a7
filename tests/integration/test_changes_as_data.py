# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that Exchange accepts and does not keep: the task's changes say what was read instead."""

from __future__ import annotations

from pathlib import Path

from tests.integration.test_modules import EX2, call
from tests.lab.client import LabClient


def test_what_was_read_instead_stands_beside_what_was_written(lab: LabClient, tmp_path: Path) -> None:
    lab.fault(at="cmdlet", action="ignored", name="Set-WebServicesVirtualDirectory", host="EX2")
    result = call(lab, tmp_path, EX2, "hma_vdir_oauth", {"kinds": ["ews"]})
    assert result["failed"]
    assert "OAuthAuthentication did not read back as written. Look at the server's event log" in result["msg"]
    [change] = result["changes"]
    assert (change["result"], change["after"], change["read_back"]) == (
        "done",
        {"OAuthAuthentication": True},
        {"OAuthAuthentication": False},
    )
