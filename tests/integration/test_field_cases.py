# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations as the field has them: what a run says of them is true, and the same in every playbook."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.story import Play, reports
from tests.integration.test_contract import NOBODY
from tests.lab.client import LabClient

AUDIT = ("-e", "hma_audit_read=full")


def failing(lab: LabClient) -> dict[str, dict[str, Any]]:
    """What the last report says is wrong, by check."""
    return {item["id"]: item for item in reports(lab)[-1]["findings"] if item["status"] == "fail"}


@pytest.mark.long
@pytest.mark.scenario("realm_empty")
def test_an_authserver_without_a_realm_is_predicted_as_it_is_written(lab: LabClient, play: Play) -> None:
    foreseen = play("enable_hma", "--check")
    assert foreseen.code == 0, foreseen.output
    assert not lab.writes()
    done = play("enable_hma")
    assert done.code == 0, done.output
    assert done.changed == foreseen.changed
    (server,) = lab.state()["organizations"][0]["authserver"]
    assert server["IsDefaultAuthorizationEndpoint"] is True


@pytest.mark.matrix
@pytest.mark.scenario("manual_wrong_type")
def test_an_authserver_of_another_type_is_one_finding_that_names_it(lab: LabClient, play: Play) -> None:
    assert play("enable_hma", "--check").code == 2
    found = failing(lab)
    assert set(found) == {"HMA-AUTH-001"}
    assert "'EvoSts' (Type Unknown" in found["HMA-AUTH-001"]["message"]


@pytest.mark.matrix
@pytest.mark.scenario("adfs_only")
def test_ad_fs_as_default_is_named_at_the_gate(lab: LabClient, play: Play) -> None:
    assert play("enable_hma", "--check").code == 2
    assert "'ADFS' (Type ADFS" in failing(lab)["HMA-AUTH-002"]["message"]


@pytest.mark.long
@pytest.mark.scenario("tenant_endpoint")
def test_a_default_endpoint_of_one_tenant_is_not_ready_in_any_playbook(lab: LabClient, play: Play) -> None:
    for playbook, *arguments in (("enable_hma", "--check"), ("verify_hma",), ("audit_hma", *AUDIT)):
        run = play(playbook, *arguments)
        assert run.code == 2, run.output
        assert set(failing(lab)) == {"HMA-AUTH-008"}, playbook
    assert not lab.writes()


@pytest.mark.matrix
@pytest.mark.scenario("enable_with_certificate_missing")
def test_a_server_without_the_certificate_is_not_ready_in_any_playbook(lab: LabClient, play: Play) -> None:
    """It is not switched on: the server would refuse the tokens that its clients bring. As it is the newest, it is the
    one that the organization is read on, so that nothing is written at all."""
    for playbook, *arguments in (("enable_hma",), ("audit_hma", *AUDIT)):
        run = play(playbook, *arguments)
        assert run.code == 2, run.output
        assert failing(lab)["HMA-CERT-003"]["object"] == "ex3.corp.contoso.test"
    assert not lab.writes()


@pytest.mark.matrix
@pytest.mark.scenario("wildcard_accepted_domain")
def test_an_accepted_domain_with_a_wildcard_ends_no_run(lab: LabClient, play: Play) -> None:
    run = play("enable_hma", "--check")
    assert run.code == 0, run.output
    assert not [
        item for item in reports(lab)[-1]["findings"] if item["id"] == "HMA-ID-001" and item["status"] != "pass"
    ]


@pytest.mark.long
@pytest.mark.scenario("everything")
def test_a_run_after_success_has_nothing_to_say_and_policies_are_read_on_the_newest(lab: LabClient, play: Play) -> None:
    """The first host is a server of 2016, whose shell has no authentication policies."""
    assert play("enable_hma").code == 0
    again = play("enable_hma")
    assert again.code == 0, again.output
    assert again.changed == 0
    found = {item["id"]: item["status"] for item in reports(lab)[-1]["findings"]}
    assert found["HMA-FLAG-001"] == "pass"
    assert found["HMA-POL-001"] == found["HMA-POL-002"] == "pass"
    assert "maintenance window" not in again.text


@pytest.mark.scenario("single")
def test_an_audit_with_an_account_without_roles_says_the_words_of_exchange(lab: LabClient, play: Play) -> None:
    run = play("audit_hma", **NOBODY)
    assert run.code == 2, run.output
    finding = failing(lab)["HMA-READ-001"]
    assert "isn't assigned to any management roles" in finding["message"]
