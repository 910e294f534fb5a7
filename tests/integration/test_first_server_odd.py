# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first server of the inventory answers, and does not give the organization: an audit reads it on another one."""

from __future__ import annotations

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient

WORDS = "The setup of an update did not end on this server."


@pytest.mark.matrix
def test_an_audit_asks_another_server(lab: LabClient, play: Play) -> None:
    lab.fault(at="cmdlet", action="error", name="Get-ExchangeServer", host="EX1", message=WORDS)
    run = play("audit_hma")
    assert run.code == 2
    (report,) = reports(lab)
    found = {item["id"]: item["status"] for item in report["findings"]}
    assert "HMA-READ-001" not in found
    assert found["HMA-ORG-002"] == "pass"
    assert found["HMA-ID-001"] == "pass"
    # Why the first one did not is where the run broke.
    (problem,) = report["problems"]
    assert (problem["host"], problem["step"]) == ("ex1.corp.contoso.test", "Read the organization on the first server")
    assert WORDS in problem["message"]
    assert WORDS in run.text
