# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tickets: with a password behind them, alone, and delegated; a domain of its own for each story (make kerberos)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.integration.story import Play, step5
from tests.integration.test_connections import EX1, EX2, EX3, EX4, EXCHANGE, edited, logons
from tests.lab import kdc, scenario
from tests.lab.client import LabClient, running

PASSWORD = 'Pa$$w0rd\'s "secret"'
_LIBRARIES = ("gssapi", "kerberos", "krb5")
_ABSENT = [*kdc.missing(), *(name for name in _LIBRARIES if importlib.util.find_spec(name) is None)]
pytestmark = [
    pytest.mark.kerberos,
    pytest.mark.skipif(bool(_ABSENT), reason=f"missing: {', '.join(_ABSENT)}; see make kerberos"),
]
# How a host without a password asks for its ticket to be passed on.
TICKET: dict[str, dict[str, Any]] = {
    EX1: {"ansible_password": None, "ansible_winrm_kinit_mode": "manual"},
    EX3: {"ansible_password": None},
    EX4: {"ansible_password": None},
}
DELEGATE = {EX1: "ansible_winrm_kerberos_delegation", EX3: "ansible_psrp_negotiate_delegate"}
BOTH = pytest.mark.parametrize("host", [pytest.param(EX1, id="winrm"), pytest.param(EX3, id="psrp")])


@pytest.fixture
def realm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[kdc.Realm]:
    domain = kdc.Realm(tmp_path / "kdc", scenario.load("kerberos")["organizations"][0])
    domain.prepare()
    for name, value in domain.server.items():
        monkeypatch.setenv(name, value)
    with domain.running():
        yield domain


@pytest.fixture
def lab(realm: kdc.Realm, tmp_path: Path) -> Iterator[LabClient]:
    with running("kerberos", tmp_path / "lab") as started:
        yield started


def without_password(lab: LabClient, host: str, **more: Any) -> Path:
    return edited(lab, {host: {**TICKET[host], **more}}, only=host)


def test_the_main_job_with_tickets_from_passwords(lab: LabClient, play: Play, realm: kdc.Realm) -> None:
    run = play("enable_hma", env=realm.client)
    assert run.code == 0, run.output
    assert logons(lab) == {
        "EX1": {("kerberos", True)},
        "EX2": {("kerberos", False)},
        "EX3": {("kerberos", True)},
        "EX4": {("kerberos", True)},
    }
    assert {item["path"] for item in lab.journal("http") if item["host"] == "EX4"} == {"/PowerShell"}
    assert step5(lab) != []
    lab.clear()
    again = play("enable_hma", env=realm.client)
    assert again.code == 0, again.output
    assert (again.changed, lab.writes()) == (0, [])


@BOTH
@pytest.mark.parametrize("forwardable", [False, True])
def test_a_ticket_alone_is_refused_before_any_write(
    lab: LabClient, play: Play, realm: kdc.Realm, tmp_path: Path, host: str, forwardable: bool
) -> None:
    """Asked for or not, nothing is delegated without a forwardable ticket, and nothing without asking for it."""
    ticket = realm.ticket("hma", PASSWORD, tmp_path / "cache", forwardable=forwardable)
    run = play("prepare_vdirs", env=ticket, inventory=without_password(lab, host, **{DELEGATE[host]: not forwardable}))
    assert run.code != 0, run.output
    assert "double hop" in run.text
    assert lab.writes() == []
    assert [item["ok"] for item in lab.journal("shell")] == [False]


@BOTH
def test_a_delegated_ticket_opens_the_exchange_shell(
    lab: LabClient, play: Play, realm: kdc.Realm, tmp_path: Path, host: str
) -> None:
    ticket = realm.ticket("hma", PASSWORD, tmp_path / "cache", forwardable=True)
    run = play("prepare_vdirs", env=ticket, inventory=without_password(lab, host, **{DELEGATE[host]: True}))
    assert run.code == 0, run.output
    assert {(item["user"], item["ok"]) for item in lab.journal("shell")} == {("CONTOSO\\hma", True)}
    assert lab.writes() != []


@BOTH
def test_a_ticket_with_exchange_s_own_user(
    lab: LabClient, play: Play, realm: kdc.Realm, tmp_path: Path, host: str
) -> None:
    ticket = realm.ticket("viewer", "l00k-0nly", tmp_path / "cache")
    inventory = without_password(lab, host, ansible_user=f"viewer@{realm.name}")
    run = play("prepare_vdirs", env=ticket, inventory=inventory, **EXCHANGE)
    assert run.code == 0, run.output
    assert {item["user"] for item in lab.journal("shell")} == {"CONTOSO\\hma"}
    assert {item["logon"] for item in lab.journal("http") if item["action"]} == {"kerberos"}


def test_a_ticket_alone_is_enough_straight_to_exchange(
    lab: LabClient, play: Play, realm: kdc.Realm, tmp_path: Path
) -> None:
    """No second hop, so nothing has to be passed on: the reason to prefer Exchange's own endpoint."""
    ticket = realm.ticket("hma", PASSWORD, tmp_path / "cache")
    run = play("enable_hma", "--check", env=ticket, inventory=edited(lab, {EX4: TICKET[EX4]}))
    assert run.code == 0, run.output
    assert logons(lab)["EX4"] == {("kerberos", True)}
    assert {(item["user"], item["ok"]) for item in lab.journal("shell") if item["host"] == "EX4"} == {
        ("CONTOSO\\hma", True)
    }


@pytest.mark.parametrize(("bound", "status"), [(None, 200), ("another server", 401)])
def test_a_ticket_is_bound_to_the_certificate(
    lab: LabClient, realm: kdc.Realm, monkeypatch: pytest.MonkeyPatch, bound: str | None, status: int
) -> None:
    """EX2 is reached by https: who relays a ticket from another server's connection is refused."""
    from pypsrp.negotiate import HTTPNegotiateAuth

    if bound:
        monkeypatch.setattr(
            HTTPNegotiateAuth, "_get_cbt_data", staticmethod(lambda response: b"tls-server-end-point:" + bound.encode())
        )
    hosts = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"]["hosts"]
    session = requests.Session()
    session.trust_env = False
    session.auth = HTTPNegotiateAuth(f"hma@{realm.name}", PASSWORD, "kerberos", service="HTTP", hostname_override=EX2)
    answer = session.post(
        f"https://127.0.0.1:{hosts[EX2]['ansible_port']}/wsman", verify=str(lab.folder / "ca.pem"), timeout=20
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"ansible_psrp_auth": "ntlm", "ansible_user": "CONTOSO\\hma"}, "ticket was refused", id="ntlm"),
        pytest.param({"ansible_password": "wr0ng-s3cret"}, "ticket was refused", id="wrong password"),
        pytest.param(
            {"ansible_psrp_negotiate_hostname_override": "mail.contoso.test"},
            "service principal name",
            id="a name of no server",
        ),
        pytest.param(
            {"ansible_psrp_message_encryption": "never"},
            "ansible_psrp_message_encryption",
            id="http without encryption",
        ),
    ],
)
def test_refused_straight_to_exchange(
    lab: LabClient, play: Play, realm: kdc.Realm, variables: dict[str, Any], message: str
) -> None:
    run = play("prepare_vdirs", env=realm.client, inventory=edited(lab, {EX4: variables}, only=EX4))
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert message in run.text, run.output
    assert "wr0ng-s3cret" not in run.output
    assert lab.writes() == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"ansible_password": "wr0ng-s3cret"}, "kinit got no ticket", id="wrong password"),
        pytest.param(TICKET[EX1], "no Kerberos ticket of this user", id="no ticket"),
        pytest.param(
            {"ansible_winrm_kerberos_hostname_override": "mail.contoso.test"},
            "service principal name",
            id="a name of no server",
        ),
        pytest.param(
            {"ansible_winrm_message_encryption": "never"},
            "ansible_winrm_message_encryption",
            id="http without encryption",
        ),
    ],
)
def test_refused_before_any_write(
    lab: LabClient, play: Play, realm: kdc.Realm, variables: dict[str, Any], message: str
) -> None:
    run = play("prepare_vdirs", env=realm.client, inventory=edited(lab, {EX1: variables}, only=EX1))
    assert run.code != 0, run.output
    assert "Traceback" not in run.output
    assert message in run.text, run.output
    assert "wr0ng-s3cret" not in run.output
    assert lab.writes() == []
