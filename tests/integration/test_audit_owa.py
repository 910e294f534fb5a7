# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of an organization whose Outlook on the web somebody switched over by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient

CHECKS = ("HMA-OWA-001", "HMA-OWA-002", "HMA-OWA-003", "HMA-OWA-005", "HMA-OVR-002", "HMA-ADM-001")


def findings(lab: LabClient) -> dict[str, set[tuple[str, str]]]:
    """By check: status and object of each finding of the last report."""
    found: list[dict[str, Any]] = reports(lab)[-1]["findings"]
    return {check: {(item["status"], item["object"]) for item in found if item["id"] == check} for check in CHECKS}


@pytest.mark.matrix
@pytest.mark.scenario("owa_on")
def test_what_is_right_and_what_drifted(lab: LabClient, play: Play) -> None:
    options = {
        "hma_audit_read": "full",
        "hma_audit_probe": True,
        "hma_identity_entra": True,
        "hma_audit_fail_on": "never",
    }
    run = play("audit_hma", **options)
    assert run.code == 0, run.output
    found = findings(lab)
    assert {status for check in CHECKS for status, _object in found[check]} == {"pass", "not_applicable"}, found
    assert {check for check in CHECKS if ("not_applicable", "Contoso") in found[check]} == {"HMA-OVR-002"}
    assert len(found["HMA-OWA-005"]) == 16
    assert lab.writes() == []

    # A hardening script, a lost reply URL, an administrator whose account is disabled.
    for kind in ("Ecp", "Owa"):
        lab.write(f"Set-{kind}VirtualDirectory", "EX2", {"FormsAuthentication": True})
    urls = ["https://mail.contoso.test/owa", "https://mail.corp.contoso.test/owa", "https://mail.corp.contoso.test/ecp"]
    lab.change(["tenants", 1, "service_principals", 0, "reply_urls"], urls)
    # As the article registers them by hand: no page with the slash at its end.
    right = lab.state()["tenants"][0]["service_principals"][0]["reply_urls"]
    lab.change(["tenants", 0, "service_principals", 0, "reply_urls"], [url for url in right if not url.endswith("/")])
    lab.change(["tenants", 0, "users", 1, "enabled"], False)
    run = play("audit_hma", **options)
    found = findings(lab)
    bad = {check: {item for item in found[check] if item[0] not in ("pass", "not_applicable")} for check in CHECKS}
    assert bad["HMA-OWA-001"] == set()
    assert bad["HMA-OWA-002"] == {("fail", "fabrikam"), ("warn", "contoso")}
    assert bad["HMA-OWA-003"] == {("fail", "EX2")}
    assert bad["HMA-ADM-001"] == {("warn", "Contoso")}
    # Forms of EX2, and where the second tenant would not send people back to.
    assert ("fail", "https://mail.contoso.test/owa/ at ex2.corp.contoso.test") in bad["HMA-OWA-005"]
    assert ("fail", "https://mail.contoso.test/ecp/ at ex1.corp.contoso.test") in bad["HMA-OWA-005"]


@pytest.mark.matrix
def test_nobody_reads_more_where_nobody_uses_it(lab: LabClient, play: Play) -> None:
    play("audit_hma", hma_audit_fail_on="never")
    assert {status for check in CHECKS for status, _object in findings(lab)[check]} == {"not_applicable"}
    assert not [item for item in lab.journal("cmdlet") if item["name"] == "Get-RoleGroupMember"]
