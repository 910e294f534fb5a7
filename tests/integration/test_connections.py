# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to sign in: the same run over each, and each refusal before anything is written.

The table of docs/authentication.md is tested here; the rows with Kerberos are in test_kerberos.py.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play, step5
from tests.lab.client import LabClient

EXCHANGE = {"exchange_user": "CONTOSO\\hma", "exchange_password": 'Pa$$w0rd\'s "secret"'}
LOCAL = {"ansible_user": "localadmin", "ansible_password": 'l0c4l "admin"'}
EX1, EX2 = "ex1.corp.contoso.test", "ex2.corp.contoso.test"


def edited(lab: LabClient, variables: dict[str, dict[str, Any]], only: str | None = None) -> Path:
    """The lab's inventory with variables of hosts changed (None takes one away), or with one server alone."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]["hosts"]
    for host, changes in variables.items():
        servers[host] = {name: value for name, value in {**servers[host], **changes}.items() if value is not None}
    if only:
        content["all"]["children"]["exchange_servers"]["hosts"] = {only: servers[only]}
    path = lab.folder / "edited.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def logons(lab: LabClient) -> dict[str, set[tuple[str, bool]]]:
    """How the requests of each server came in: method, and whether the message was encrypted."""
    found: dict[str, set[tuple[str, bool]]] = {}
    for item in lab.journal("http"):
        if item["action"]:
            found.setdefault(item["host"], set()).add((item["logon"], item["sealed"]))
    return found


@pytest.mark.parametrize("way", [pytest.param(name, marks=pytest.mark.scenario(name)) for name in ("connections", "connections_psrp")])
def test_the_main_job_over_four_connections(lab: LabClient, play: Play, way: str) -> None:
    """NTLM over https bound to the certificate, NTLM over encrypted http, CredSSP over both."""
    run = play("enable_hma")
    assert run.code == 0, run.output
    assert logons(lab) == {"EX1": {("ntlm", False)}, "EX2": {("ntlm", True)}, "EX3": {("credssp", False)}, "EX4": {("credssp", True)}}
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True
    lab.clear()
    again = play("enable_hma")
    assert again.code == 0, again.output
    assert (again.changed, lab.writes()) == (0, [])


@pytest.mark.scenario("connections")
def test_a_delegated_logon_needs_no_password_twice(lab: LabClient, play: Play) -> None:
    """Where Windows can use the logon again, and only there, a null credential opens the Exchange shell."""
    run = play("prepare_vdirs", "--check")
    assert run.code == 0, run.output
    assert Counter((item["host"], item["user"]) for item in lab.journal("shell"))[("EX3", "CONTOSO\\hma")] == 1


@pytest.mark.parametrize(
    ("host", "variables", "message"),
    [
        pytest.param(EX1, {"ansible_winrm_send_cbt": False}, "channel binding", id="no channel binding"),
        pytest.param(EX1, {"ansible_winrm_transport": "basic"}, "for local accounts only", id="basic with an account of the domain"),
        # Without a transport the winrm plugin takes Basic, unless the user is written user@REALM.
        pytest.param(EX1, {"ansible_winrm_transport": None}, "set ansible_winrm_transport", id="no transport with an account of the domain"),
        pytest.param(EX1, {"ansible_winrm_transport": "basic", **LOCAL}, "check exchange_user and exchange_password", id="local account, no exchange_user"),
        pytest.param(EX1, {"ansible_password": "wr0ng-s3cret"}, "name, password or ticket was refused", id="wrong password"),
        pytest.param(EX2, {"ansible_password": "wr0ng-s3cret"}, "name, password or ticket was refused", id="wrong password, http"),
        pytest.param(EX2, {"ansible_winrm_transport": "basic", **LOCAL}, "Basic over https only", id="basic over http"),
        pytest.param(EX2, {"ansible_winrm_message_encryption": "never"}, "ansible_winrm_message_encryption", id="http without encryption"),
        pytest.param("ex3.corp.contoso.test", {"ansible_password": "wr0ng-s3cret"}, "name, password or ticket was refused", id="wrong password, credssp"),
    ],
)
@pytest.mark.scenario("connections")
def test_refused_before_any_write(lab: LabClient, play: Play, host: str, variables: dict[str, Any], message: str) -> None:
    run = play("prepare_vdirs", inventory=edited(lab, {host: variables}, only=host))
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert message in run.text, run.output
    assert "wr0ng-s3cret" not in run.output
    assert lab.writes() == []
    assert step5(lab) == []


# The same at Windows PowerShell over psrp.
@pytest.mark.parametrize(
    ("host", "variables", "message"),
    [
        pytest.param(EX1, {"ansible_psrp_negotiate_send_cbt": False}, "ansible_psrp_negotiate_send_cbt", id="no channel binding"),
        pytest.param(EX1, {"ansible_psrp_auth": "basic"}, "for local accounts only", id="basic with an account of the domain"),
        pytest.param(EX1, {"ansible_psrp_auth": "basic", **LOCAL}, "check exchange_user and exchange_password", id="local account, no exchange_user"),
        pytest.param(EX2, {"ansible_password": "wr0ng-s3cret"}, "name, password or ticket was refused", id="wrong password, http"),
        pytest.param(EX2, {"ansible_psrp_auth": "basic", "ansible_psrp_message_encryption": "never", **LOCAL}, "Basic over https only", id="basic over http"),
        pytest.param(EX2, {"ansible_psrp_message_encryption": "never"}, "ansible_psrp_message_encryption", id="http without encryption"),
        pytest.param("ex3.corp.contoso.test", {"ansible_password": "wr0ng-s3cret"}, "name, password or ticket was refused", id="wrong password, credssp"),
    ],
)
@pytest.mark.scenario("connections_psrp")
def test_refused_over_psrp(lab: LabClient, play: Play, host: str, variables: dict[str, Any], message: str) -> None:
    run = play("prepare_vdirs", inventory=edited(lab, {host: variables}, only=host))
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert message in run.text, run.output
    assert "wr0ng-s3cret" not in run.output
    assert lab.writes() == []


@pytest.mark.scenario("ticket_without_password")
def test_a_client_certificate_over_psrp(lab: LabClient, play: Play) -> None:
    pem = str(lab.folder / "EX1.pem")
    psrp = {
        "ansible_connection": "psrp", "ansible_psrp_protocol": "https", "ansible_psrp_ca_cert": str(lab.folder / "ca.pem"),
        "ansible_psrp_auth": "certificate", "ansible_psrp_certificate_pem": pem, "ansible_psrp_certificate_key_pem": pem,
    }  # fmt: skip
    inventory = edited(lab, {EX1: psrp}, only=EX1)
    refused = play("prepare_vdirs", inventory=inventory)
    assert refused.code != 0, refused.output
    assert "double hop" in refused.text
    assert lab.writes() == []
    half = play("prepare_vdirs", inventory=inventory, exchange_user=EXCHANGE["exchange_user"])
    assert "only one is set" in half.text, half.output
    assert lab.writes() == []
    run = play("prepare_vdirs", inventory=inventory, **EXCHANGE)
    assert run.code == 0, run.output
    assert logons(lab) == {"EX1": {("certificate", False)}}


@pytest.mark.scenario("connections")
def test_a_local_account_with_exchange_s_own_user(lab: LabClient, play: Play) -> None:
    run = play("prepare_vdirs", inventory=edited(lab, {EX1: {"ansible_winrm_transport": "basic", **LOCAL}}, only=EX1), **EXCHANGE)
    assert run.code == 0, run.output
    assert logons(lab) == {"EX1": {("basic", False)}}
    assert {item["user"] for item in lab.journal("shell")} == {"CONTOSO\\hma"}
    assert lab.writes() != []
