# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of people's names: alternate login ID is recognized, and nobody is advised to rename everybody."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.integration.story import Play, reports
from tests.lab.client import LabClient


def findings(lab: LabClient, check: str) -> list[dict[str, Any]]:
    return [item for item in reports(lab)[-1]["findings"] if item["id"] == check]


@pytest.mark.matrix
@pytest.mark.scenario("alternate_id")
def test_alternate_login_id_is_recognized(lab: LabClient, play: Play) -> None:
    """The accounts are in the tenant by their mail address: with the right to look nothing has to be changed."""
    lab.change(["tenants", 0, "applications", 0, "rights"], ["Application.ReadWrite.All", "User.Read.All"])
    run = play("enable_hma", "--check", hma_identity_entra=True)
    assert run.code == 0, run.output
    (names,) = findings(lab, "HMA-ID-001")
    assert names["status"] == "pass"
    assert "3 of them are known in a tenant by their mail address (alternate login ID)" in names["message"]
    (alternate,) = findings(lab, "HMA-ID-005")
    assert alternate["status"] == "warn"
    assert "Nobody's name has to be changed" in alternate["fix"]
    assert [item["status"] for item in findings(lab, "HMA-ID-003")] == ["pass"]


@pytest.mark.matrix
@pytest.mark.scenario("alternate_id")
def test_without_the_right_to_look_it_is_asked_for_first(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", "--check")
    assert run.code != 0
    (names,) = findings(lab, "HMA-ID-001")
    assert names["status"] == "fail"
    assert "The mail address of 3 of them does" in names["message"]
    assert "alternate login ID" in names["message"]
    assert "change nothing" in names["fix"]
    assert "Set-ADUser" not in names["fix"]
    assert names["commands"][0]["text"] == "hma_identity_entra: true"


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_an_audit_that_compares_people_without_a_tenant(lab: LabClient, play: Play) -> None:
    """The inventory has no group of tenants: a finding says so, and the mailboxes are counted all the same."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    del content["all"]["children"]["entra_tenants"]
    path = lab.folder / "without.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    run = play("audit_hma", inventory=path, hma_identity_entra=True)
    assert "Traceback" not in run.output
    assert "has no attribute" not in run.output
    assert [item["status"] for item in findings(lab, "HMA-ID-001")] == ["pass"]
    assert any(item["status"] == "fail" for item in findings(lab, "HMA-TEN-001"))
