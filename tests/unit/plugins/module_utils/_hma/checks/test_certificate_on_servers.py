# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server without the auth certificate is one finding, the same in every playbook, whichever server was read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates

from tests.unit.audit_story import Story, unread, wrong
from tests.unit.test_checks import server

READER, OTHER = "ex1.corp.contoso.test", "ex2.corp.contoso.test"


@pytest.mark.parametrize(("number", "host"), [(0, READER), (1, OTHER)])
@pytest.mark.parametrize("gate", ["enable", "verify", "audit"])
def test_a_server_without_it_fails_where_the_servers_are_read(gate: str, number: int, host: str) -> None:
    findings = Story(*server(number, auth_certificate="missing")).judge(gate)
    assert wrong(findings) == {"HMA-CERT-003"}
    (missing,) = [item for item in findings if item.id == "HMA-CERT-003" and item.status == "fail"]
    assert missing.object == host
    # Seen to be missing, it stops the switch; the audit grades it by its row.
    assert missing.blocks is (gate != "audit")
    assert "MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate $true" in missing.fix
    if gate == "audit":
        assert {item.status for item in findings if item.id == "HMA-CERT-001"} == {"pass"}


def test_the_server_that_was_read_is_known_before_anything_is_written() -> None:
    findings = Story(*server(0, auth_certificate="missing"), full=False).judge("preflight")
    assert [(item.id, item.object) for item in findings if item.blocks] == [("HMA-CERT-003", READER)]
    assert {item.status for item in findings if item.id == "HMA-CERT-001"} == {"not_applicable"}


def test_in_a_fast_audit_the_server_that_was_read_is_judged_and_the_others_are_gaps() -> None:
    findings = Story(*server(0, auth_certificate="missing"), full=False).judge("audit")
    assert wrong(findings) == {"HMA-CERT-003"}
    statuses = {item.object: item.status for item in findings if item.id == "HMA-CERT-003"}
    assert statuses[READER] == "fail"
    assert statuses[OTHER] == "not_checked"


def test_a_certificate_that_was_not_read_is_a_gap_by_name_and_does_not_stop() -> None:
    case = Story().case()
    servers = [replace(item, certificates=None) for item in case.servers]
    findings = gates.judge("enable", replace(case, servers=servers))
    assert unread(findings) == {"HMA-CERT-003"}
    assert not [item for item in findings if item.blocks]
