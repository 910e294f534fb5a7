# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that asks what clients are offered is not reached: Exchange is judged all the same, and the run says why the
rest is not proven."""

from __future__ import annotations

import pytest

from tests.integration.story import Play, Run, reports
from tests.integration.test_verify_hma import inventory
from tests.lab.client import LabClient

OUTSIDE = {"outside": {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}}


@pytest.fixture
def unreached(lab: LabClient) -> dict[str, object]:
    return {"inventory": inventory(lab, OUTSIDE, hma_probe_from="outside")}


def reason_is_named(run: Run) -> None:
    assert "Failed to connect to the host via ssh" in said(run), run.output
    assert "object of type" not in run.text


def said(run: Run) -> str:
    return " ".join(run.screen)


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_exchange_is_judged_all_the_same(lab: LabClient, play: Play, unreached: dict[str, object]) -> None:
    run = play("verify_hma", **unreached)
    assert run.code != 0, run.output
    reason_is_named(run)
    assert "outside could not ask what clients are offered" in run.text, run.output
    assert "Judge that modern authentication is on everywhere" in run.text
    assert "4 of 4 servers and 2 of 2 tenants are ready" in said(run), run.output
    assert reports(lab)[0]["summary"]["verdict"] != "ready"


@pytest.mark.long
@pytest.mark.scenario("compliant")
def test_an_audit_that_was_to_ask_does_not_pass(lab: LabClient, play: Play, unreached: dict[str, object]) -> None:
    run = play("audit_hma", hma_audit_probe=True, hma_audit_read="full", hma_audit_fail_on="fail", **unreached)
    assert run.code != 0, run.output
    reason_is_named(run)
    assert "4 of 4 servers and 2 of 2 tenants are ready" in said(run), run.output
    assert play("audit_hma", hma_audit_probe=True, hma_audit_fail_on="never", **unreached).code == 0


@pytest.mark.long
@pytest.mark.scenario("owa_on")
def test_an_audit_of_outlook_on_the_web_ends_in_its_report(
    lab: LabClient, play: Play, unreached: dict[str, object]
) -> None:
    run = play("audit_hma", hma_audit_probe=True, **unreached)
    assert run.code != 0, run.output
    reason_is_named(run)
    found = reports(lab)[0]["findings"]
    assert {item["status"] for item in found if item["id"] == "HMA-OWA-005"} == {"not_checked"}
    assert "not read in this run" not in {item["message"] for item in found if item["id"] == "HMA-ADM-001"}


@pytest.mark.matrix
@pytest.mark.scenario("compliant")
def test_the_way_back_says_that_nobody_could_ask(lab: LabClient, play: Play, unreached: dict[str, object]) -> None:
    run = play("disable_hma", **unreached)
    assert "disable_hma: Modern authentication is off." in said(run), run.output
    assert "What clients are offered is not proven" in said(run)
    assert "What clients are offered: Failed" not in said(run)
    reason_is_named(run)
