# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People as the field has them: whose name cannot work is said, and who signs in nowhere stands in nobody's way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.story import Play, reports
from tests.lab.client import LabClient

LEFT = {"upn": "left{}@corp.local", "count": 3, "disabled": True}


def finding(lab: LabClient, check: str) -> dict[str, Any]:
    return next(item for item in reports(lab)[-1]["findings"] if item["id"] == check)


@pytest.mark.matrix
@pytest.mark.scenario("wildcard_accepted_domain")
def test_an_accepted_domain_that_no_tenant_can_have_makes_nobodys_name_right(lab: LabClient, play: Play) -> None:
    """The application may not read the tenant's domains, so that names are compared with those that Exchange has."""
    lab.change(["organizations", 0, "accepted_domains"], ["contoso.test", "contoso.local"])
    lab.change(["organizations", 0, "mailboxes"], [{"upn": "dave{}@contoso.local", "count": 3}, LEFT])
    run = play("enable_hma", "--check")
    assert run.code == 2, run.output
    found = finding(lab, "HMA-ID-001")
    assert found["status"] == "fail"
    assert found["message"].startswith("3 mailboxes (dave0@contoso.local, ")
    assert "that Entra can verify" in found["message"]
    assert "3 more have a disabled account" in found["message"]


@pytest.mark.matrix
@pytest.mark.scenario("single")
def test_mailboxes_of_who_left_stop_nothing(lab: LabClient, play: Play) -> None:
    lab.change(["organizations", 0, "mailboxes"], [{"upn": "alice@contoso.test"}, LEFT])
    rights = ["Application.ReadWrite.All", "Domain.Read.All", "User.Read.All"]
    lab.change(["tenants", 0, "applications", 0, "rights"], rights)
    run = play("enable_hma", "--check", hma_identity_entra=True)
    assert run.code == 0, run.output
    for check in ("HMA-ID-001", "HMA-ID-003"):
        assert (finding(lab, check)["status"], "3 more" in finding(lab, check)["message"]) == ("pass", True)
