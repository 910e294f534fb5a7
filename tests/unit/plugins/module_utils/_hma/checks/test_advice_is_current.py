# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are told to do still works: each row says when it was looked at, and names what changed since."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.catalogue import CHECKS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Check

from tests.tools.check_pages import page
from tests.unit.audit_story import Story
from tests.unit.test_checks import server, to

ALL = list(CHECKS.values())


@pytest.mark.parametrize("check", ALL, ids=list(CHECKS))
def test_each_row_says_when_its_advice_was_checked(check: Check) -> None:
    assert date.fromisoformat(check.checked) >= date(2026, 11, 26)
    (entry,) = [part for part in page().split("\n### ") if part.startswith(f"{check.id}\n")]
    assert f"(advice checked on {check.checked})" in entry


@pytest.mark.parametrize("check", ALL, ids=list(CHECKS))
def test_whoever_is_sent_to_the_wizard_again_knows_what_it_uploads(check: Check) -> None:
    if "run the hybrid configuration wizard" in check.remedy.casefold():
        assert "-ResetFirstPartyServicePrincipalKeyCredentials" in check.remedy


def test_nobody_is_sent_to_the_wizard_again_by_a_finding_without_that() -> None:
    changes = [to(["organizations", 0, "connectors"], []), to(["organizations", 0, "hybrid"], False)]
    sent = [item for item in Story(*changes).judge() if "Hybrid Configuration Wizard" in item.fix]
    assert {item.id for item in sent} == {"HMA-HYB-001", "HMA-HYB-003"}
    assert all("-ResetFirstPartyServicePrincipalKeyCredentials" in item.fix for item in sent)


def test_the_auth_certificate_is_not_exported() -> None:
    """Exchange blocks that since the update of October 2025."""
    remedy = CHECKS["HMA-CERT-003"].remedy
    assert remedy.index("MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate") == len("Run ")
    assert "Export-ExchangeCertificate does not work for it any more" in remedy


@pytest.mark.parametrize("version", ["Version 15.1 (Build 2507.75)", "Version 15.2 (Build 1748.53)"])
def test_a_server_without_updates_says_since_when(version: str) -> None:
    (finding,) = [
        item
        for item in Story(*server(1, version=version)).judge()
        if item.id == "HMA-LIFE-001" and item.status == "warn"
    ]
    assert "its last updates ended on 2026-10-31" in finding.message
