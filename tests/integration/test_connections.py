# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to sign in: the same run over each, and each refusal before anything is written.

The table of docs/authentication.md is tested here; the rows with Kerberos are in test_kerberos.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.story import Play
from tests.lab.client import LabClient

EXCHANGE = {"exchange_user": "CONTOSO\\hma", "exchange_password": 'Pa$$w0rd\'s "secret"'}
LOCAL = {"ansible_user": "localadmin", "ansible_password": 'l0c4l "admin"'}
WRONG = {"ansible_password": "wr0ng-s3cret"}
EX1, EX2, EX3, EX4 = (f"ex{number}.corp.contoso.test" for number in "1234")
REFUSED, LOCAL_ONLY = "name, password or ticket was refused", "for local accounts only"
WAYS = [
    pytest.param("connections", marks=pytest.mark.scenario("connections")),
    pytest.param("connections_psrp", marks=[pytest.mark.scenario("connections_psrp"), pytest.mark.matrix]),
]
Case = tuple[dict[str, Any], str]


def edited(lab: LabClient, variables: dict[str, dict[str, Any]], only: str | None = None) -> Path:
    """The lab's inventory with variables of hosts changed (None takes one away), or with one server alone."""
    content = yaml.safe_load(lab.inventory.read_text("utf-8"))
    servers = content["all"]["children"]["exchange_servers"]["hosts"]
    for host, changes in variables.items():
        servers[host] = {
            name: value for name, value in {**servers.get(host, {}), **changes}.items() if value is not None
        }
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


def said(output: str) -> dict[str, str]:
    """What was said of each host that failed or was not reached."""
    return {
        match[1]: " ".join(match[2].split())
        for match in re.finditer(r"^fatal: \[(ex\d\S*)\]: (.*)$", output, re.MULTILINE)
    }


def refused(lab: LabClient, play: Play, cases: dict[str, Case]) -> None:
    run = play(
        "prepare_vdirs", inventory=edited(lab, {host: variables for host, (variables, _message) in cases.items()})
    )
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert "wr0ng-s3cret" not in run.output
    found = said(run.output)
    for host, (_variables, message) in cases.items():
        assert message in found[host]
        assert {item["host"] for item in lab.writes()} & {host[:3].upper()} == set()


@pytest.mark.matrix
@pytest.mark.parametrize("way", WAYS)
def test_the_main_job_over_four_connections(lab: LabClient, play: Play, way: str) -> None:
    """NTLM over https bound to the certificate, NTLM over encrypted http (a name and password beyond ASCII), CredSSP
    over both."""
    run = play("enable_hma", "-vvvvv")
    assert run.code == 0, run.output[-3000:]
    assert [secret for secret in ("Pa$$w0rd's", "Küße") if secret in run.output] == []
    assert logons(lab) == {
        "EX1": {("ntlm", False)},
        "EX2": {("ntlm", True)},
        "EX3": {("credssp", False)},
        "EX4": {("credssp", True)},
    }
    assert {item["user"] for item in lab.journal("shell") if item["host"] == "EX2"} == {"CONTOSO\\jürgen"}
    assert lab.state()["organizations"][0]["config"][0]["OAuth2ClientProfileEnabled"] is True
    lab.clear()
    again = play("enable_hma")
    assert again.code == 0, again.output
    assert (again.changed, lab.writes()) == (0, [])


# EX1 and EX3 are reached by https, EX2 and EX4 by http; each of a round is another server.
WINRM: list[dict[str, Case]] = [
    {
        EX1: ({"ansible_winrm_send_cbt": False}, "channel binding"),
        EX2: (WRONG, REFUSED),
        EX3: (WRONG, REFUSED),
        EX4: (
            {"ansible_winrm_transport": "ntlm", "ansible_winrm_message_encryption": "never"},
            "leave ansible_winrm_message_encryption at auto",
        ),
    },
    {
        EX1: ({"ansible_winrm_transport": "basic"}, LOCAL_ONLY),
        EX2: ({"ansible_winrm_transport": "basic", **LOCAL}, "Basic over https only"),
        # Without a transport the plugin takes Basic, unless the user is written user@REALM.
        EX3: ({"ansible_winrm_transport": None}, "set ansible_winrm_transport"),
        EX4: ({"ansible_winrm_message_encryption": "never"}, "leave ansible_winrm_message_encryption at auto"),
    },
    {
        EX1: ({"ansible_winrm_transport": "basic", **LOCAL}, "check exchange_user and exchange_password"),
        EX3: ({"ansible_winrm_transport": "ntlm", **WRONG}, REFUSED),
    },
]
PSRP: list[dict[str, Case]] = [
    {
        EX1: ({"ansible_psrp_negotiate_send_cbt": False}, "ansible_psrp_negotiate_send_cbt"),
        EX2: (WRONG, REFUSED),
        EX3: (WRONG, REFUSED),
        EX4: (
            {"ansible_psrp_auth": "ntlm", "ansible_psrp_message_encryption": "never"},
            "leave ansible_psrp_message_encryption at auto",
        ),
    },
    {
        EX1: ({"ansible_psrp_auth": "basic"}, LOCAL_ONLY),
        EX2: (
            {"ansible_psrp_auth": "basic", "ansible_psrp_message_encryption": "never", **LOCAL},
            "Basic over https only",
        ),
        EX3: ({"ansible_psrp_auth": "basic", **LOCAL}, "check exchange_user and exchange_password"),
    },
]


def rounds(cases: list[dict[str, Case]], *names: str) -> list[Any]:
    """The last one of each connection is for the long run: its messages have unit tests."""
    last = names[-1]
    return [
        pytest.param(case, id=name, marks=[pytest.mark.matrix] if name == last else [])
        for case, name in zip(cases, names, strict=True)
    ]


@pytest.mark.matrix
@pytest.mark.parametrize("cases", rounds(WINRM, "connection", "transport", "account"))
@pytest.mark.scenario("connections")
def test_refused_over_winrm_before_any_write(lab: LabClient, play: Play, cases: dict[str, Case]) -> None:
    refused(lab, play, cases)


@pytest.mark.matrix
@pytest.mark.parametrize("cases", rounds(PSRP, "connection", "account"))
@pytest.mark.scenario("connections_psrp")
def test_refused_over_psrp_before_any_write(lab: LabClient, play: Play, cases: dict[str, Case]) -> None:
    refused(lab, play, cases)


@pytest.mark.matrix
@pytest.mark.scenario("connections")
def test_servers_at_their_limits(lab: LabClient, play: Play) -> None:
    """What is only for a moment is overcome; the plugin opens another shell, or the read is repeated, and no write is
    sent twice."""
    for host, action, name in (("EX1", "operations", "Command"), ("EX2", "busy", "Send"), ("EX3", "gone", "Receive")):
        lab.fault(at="wsman", action=action, name=name, host=host, count=1)
    lab.fault(at="wsman", action="shells", name="Create", host="EX4")
    quick = {"ansible_winrm_operation_timeout_sec": 2, "ansible_winrm_read_timeout_sec": 12}
    run = play("prepare_vdirs", inventory=edited(lab, dict.fromkeys((EX1, EX2, EX3, EX4), quick)))
    assert "Traceback" not in run.output
    assert set(said(run.output)) == {EX4}
    assert "maximum number of 30 concurrent shells, which has been exceeded. Close" in said(run.output)[EX4]
    assert "quota of shells" in said(run.output)[EX4]
    sent = [(item["host"], item["name"]) for item in lab.writes()]
    assert {host for host, _name in sent} == {"EX1", "EX2", "EX3"}
    assert len(sent) == len(set(sent))


@pytest.mark.matrix
@pytest.mark.scenario("ticket_without_password")
def test_a_client_certificate_over_psrp(lab: LabClient, play: Play) -> None:
    pem = str(lab.folder / "EX1.pem")
    psrp = {
        "ansible_connection": "psrp", "ansible_psrp_protocol": "https",
        "ansible_psrp_ca_cert": str(lab.folder / "ca.pem"),
        "ansible_psrp_auth": "certificate", "ansible_psrp_certificate_pem": pem,
        "ansible_psrp_certificate_key_pem": pem,
    }  # fmt: skip
    inventory = edited(lab, {EX1: psrp}, only=EX1)
    alone = play("prepare_vdirs", inventory=inventory)
    assert alone.code != 0, alone.output
    assert "double hop" in alone.text
    assert lab.writes() == []
    run = play("prepare_vdirs", inventory=inventory, **EXCHANGE)
    assert run.code == 0, run.output
    assert logons(lab) == {"EX1": {("certificate", False)}}


@pytest.mark.matrix
@pytest.mark.scenario("connections")
def test_a_local_account_with_exchange_s_own_user(lab: LabClient, play: Play) -> None:
    run = play(
        "prepare_vdirs",
        inventory=edited(lab, {EX1: {"ansible_winrm_transport": "basic", **LOCAL}}, only=EX1),
        **EXCHANGE,
    )
    assert run.code == 0, run.output
    assert logons(lab) == {"EX1": {("basic", False)}}
    assert {item["user"] for item in lab.journal("shell")} == {"CONTOSO\\hma"}
    assert lab.writes() != []
