# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlook on the web and the admin center sign people in through Entra alone, which somebody set by hand: nothing that
they rest on is taken away without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.story import Play, records
from tests.integration.test_modules import call
from tests.lab.client import LabClient

EX1 = "ex1.corp.contoso.test"
TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
OTHERS = {f"{name}Authentication": False for name in ("Adfs", "Basic", "Forms", "Digest")}
KINDS = ("Owa", "Ecp")


def is_on(lab: LabClient) -> bool:
    return bool(lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"])


def taken_back(lab: LabClient, *servers: str) -> None:
    """What the refusal says to do by hand."""
    for name, kinds in (("OAuth", KINDS), ("Forms", KINDS[::-1])):
        for server in servers:
            for kind in kinds:
                lab.write(f"Set-{kind}VirtualDirectory", server, {f"{name}Authentication": name == "Forms"})


def switched_over(lab: LabClient, server: str) -> None:
    for kind in KINDS:
        lab.write(f"Set-{kind}VirtualDirectory", server, OTHERS)
    for kind in KINDS[::-1]:
        lab.write(f"Set-{kind}VirtualDirectory", server, {"OAuthAuthentication": True})


@pytest.mark.matrix
@pytest.mark.scenario("owa_on")
def test_disable_refuses_names_the_servers_and_the_way(lab: LabClient, play: Play) -> None:
    run = play("disable_hma")
    assert run.code != 0
    assert lab.writes() == []
    assert "OAuth only on EX1 (owa, ecp), EX2 (owa, ecp), EX3 (owa, ecp), EX4 (owa, ecp)" in run.text
    assert "run disable_owa_hma" in run.text
    assert (
        "Set-OwaVirtualDirectory -Identity 'EX1\\owa (Default Web Site)' -OAuthAuthentication $false"
        in run.text.replace("\\\\", "\\")
    )
    # Nobody else was asked: what one server says of all of them is the same everywhere.
    assert {item["host"] for item in lab.journal("shell")} == {"EX1"}

    taken_back(lab, "EX1", "EX2", "EX3")
    run = play("disable_hma", hma_disable_despite_owa=["EX4"])
    assert run.code == 0, run.output
    assert not is_on(lab)
    assert "Nobody can sign in to Outlook on the web or the admin center on EX4 (owa, ecp)" in run.text


@pytest.mark.matrix
@pytest.mark.scenario("owa_on")
def test_the_way_out_is_not_blocked_by_what_cannot_be_read(lab: LabClient, play: Play) -> None:
    lab.fault(at="cmdlet", name="Get-EcpVirtualDirectory", action="error", message="Active Directory is tired.")
    lab.fault(at="cmdlet", name="Get-OwaVirtualDirectory", action="error", message="Active Directory is tired.")
    run = play("disable_hma")
    assert run.code == 0, run.output
    assert not is_on(lab)
    assert "OAuth only could not be read: Get-OwaVirtualDirectory" in run.text


@pytest.mark.scenario("owa_on")
def test_the_modules_refuse_alike(lab: LabClient, tmp_path: Path) -> None:
    off = call(lab, tmp_path, EX1, "hma_orgconfig", {"oauth2_client_profile_enabled": False})
    options: dict[str, Any] = {"tenant_id": TENANT, "default_authorization_endpoint": False}
    cleared = call(lab, tmp_path, EX1, "hma_authserver", options)
    for result in (off, cleared):
        assert result["failed"]
        assert "OAuth only on EX1 (owa, ecp)" in result["msg"]
    assert lab.writes() == []


@pytest.mark.matrix
def test_restore_takes_nothing_away_that_it_rests_on(lab: LabClient, play: Play) -> None:
    assert play("enable_hma").code == 0
    record = records(lab)[-1]
    switched_over(lab, "EX3")
    lab.clear()
    run = play("restore_hma", hma_restore_record=record)
    assert run.code != 0
    assert "OAuth only on EX3 (owa, ecp)" in run.text
    assert lab.writes() == []

    # Somebody switched off by hand: directories and names stay for the one who switches on again.
    lab.write("Set-OrganizationConfig", "", {"OAuth2ClientProfileEnabled": False})
    run = play("restore_hma", hma_restore_record=record)
    assert run.code != 0
    assert lab.writes() == []

    taken_back(lab, "EX3")
    run = play("restore_hma", hma_restore_record=record)
    assert run.code == 0, run.output


@pytest.mark.long
@pytest.mark.scenario("owa_on")
@pytest.mark.connection("exchange")
def test_the_same_over_exchange_s_own_endpoint(lab: LabClient, play: Play) -> None:
    run = play("disable_hma", "--check")
    assert run.code != 0
    assert "OAuth only on EX1 (owa, ecp)" in run.text
    taken_back(lab, "EX1", "EX2", "EX3", "EX4")
    assert play("disable_hma").code == 0
    assert not is_on(lab)


@pytest.mark.matrix
@pytest.mark.scenario("owa_ready")
def test_both_runs_go_back_together_and_check_mode_says_so(lab: LabClient, play: Play) -> None:
    lab.write("Set-OrganizationConfig", "", {"OAuth2ClientProfileEnabled": False})
    for playbook in ("enable_hma", "enable_owa_hma"):
        run = play(playbook)
        assert run.code == 0, run.output
    both = records(lab)[-2:]
    lab.clear()
    alone = play("restore_hma", "--check", hma_restore_record=both[0])
    assert alone.code != 0
    assert "OAuth only on" in alone.text
    look = play("restore_hma", "--check", hma_restore_record=both)
    assert look.code == 0, look.output
    assert lab.writes() == []
    run = play("restore_hma", hma_restore_record=both)
    assert run.code == 0, run.output
    assert not is_on(lab)
