# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's listeners with real clients: who gets in, and what is refused as Windows refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import yaml
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from requests_ntlm import HttpNtlmAuth
from winrm.exceptions import InvalidCredentialsError, WinRMTransportError
from winrm.protocol import Protocol

from tests.lab.client import LabClient, running

DOMAIN = ("CONTOSO\\hma", 'Pa$$w0rd\'s "secret"')
PRINCIPAL = ("hma@corp.contoso.test", 'Pa$$w0rd\'s "secret"')
LOCAL = ("localadmin", 'l0c4l "admin"')
UMLAUT = ("CONTOSO\\jürgen", "Grüße & Küße €")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabClient]:
    with running("connections", tmp_path_factory.mktemp("lab")) as started:
        yield started


def hosts(lab: LabClient) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(lab.inventory.read_text("utf-8"))["all"]["children"]["exchange_servers"][
        "hosts"
    ]
    return found


def url(lab: LabClient, scheme: str) -> str:
    """EX1 by https, EX2 by http."""
    host = hosts(lab)["ex1.corp.contoso.test" if scheme == "https" else "ex2.corp.contoso.test"]
    return f"{scheme}://127.0.0.1:{host['ansible_port']}/wsman"


def client(lab: LabClient, transport: Any, scheme: str, who: tuple[str, str] = DOMAIN, **options: Any) -> Protocol:
    options = {"ca_trust_path": str(lab.folder / "ca.pem"), "proxy": None, **options}
    return Protocol(endpoint=url(lab, scheme), transport=transport, username=who[0], password=who[1], **options)


def used(protocol: Protocol, lab: LabClient) -> list[tuple[str, bool]]:
    """Open and close a shell; how each of the requests came in that got through."""
    lab.clear()
    try:
        protocol.close_shell(protocol.open_shell())
    finally:
        protocol.transport.close_session()
    return [(item["logon"], item["sealed"]) for item in lab.journal("http") if item["action"]]


@pytest.mark.parametrize(
    ("transport", "scheme", "who", "sealed"),
    [
        ("basic", "https", LOCAL, False),
        ("ntlm", "https", DOMAIN, False),
        ("ntlm", "https", PRINCIPAL, False),
        ("ntlm", "https", LOCAL, False),
        ("ntlm", "http", DOMAIN, True),
        ("credssp", "https", DOMAIN, False),
        ("credssp", "http", DOMAIN, True),
        ("ntlm", "http", UMLAUT, True),
        ("credssp", "https", UMLAUT, False),
    ],
)
def test_who_gets_in(lab: LabClient, transport: str, scheme: str, who: tuple[str, str], sealed: bool) -> None:
    assert used(client(lab, transport, scheme, who), lab) == [(transport, sealed)] * 2


def test_encryption_over_https_is_possible_too(lab: LabClient) -> None:
    assert used(client(lab, "ntlm", "https", message_encryption="always"), lab) == [("ntlm", True)] * 2


@pytest.mark.parametrize(
    ("transport", "scheme", "who"),
    [
        pytest.param("basic", "https", DOMAIN, id="basic is for local accounts"),
        pytest.param("basic", "http", LOCAL, id="basic over http"),
        pytest.param("basic", "https", ("localadmin", "wrong"), id="basic, wrong password"),
        pytest.param("ntlm", "https", (DOMAIN[0], "wrong"), id="ntlm, wrong password"),
        pytest.param("ntlm", "http", (DOMAIN[0], "wrong"), id="ntlm over http, wrong password"),
        pytest.param("ntlm", "https", ("CONTOSO\\nobody2", "x"), id="ntlm, no such account"),
    ],
)
def test_who_does_not(lab: LabClient, transport: str, scheme: str, who: tuple[str, str]) -> None:
    with pytest.raises(InvalidCredentialsError):
        used(client(lab, transport, scheme, who), lab)
    assert [item["status"] for item in lab.journal("http")][-1] == 401


def test_credssp_with_a_wrong_password(lab: LabClient) -> None:
    # SEC_E_LOGON_DENIED, in the client's words.
    with pytest.raises(NTStatusException, match="0x8009030c"):
        used(client(lab, "credssp", "https", (DOMAIN[0], "wrong")), lab)
    assert {item["status"] for item in lab.journal("http")} == {401}


def test_a_client_without_channel_binding_is_refused(lab: LabClient) -> None:
    with pytest.raises(InvalidCredentialsError):
        used(client(lab, "ntlm", "https", send_cbt=False), lab)


@pytest.mark.parametrize(("transport", "error"), [("ntlm", WinRMTransportError), ("credssp", AuthenticationException)])
def test_plain_messages_over_http_are_refused(lab: LabClient, transport: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        used(client(lab, transport, "http", message_encryption="never"), lab)
    assert lab.journal("http")[-1]["status"] == 500


def test_a_logon_belongs_to_its_connection(lab: LabClient) -> None:
    session = requests.Session()
    session.trust_env = False
    session.auth = HttpNtlmAuth(*DOMAIN)
    assert session.post(url(lab, "http")).status_code == 200
    session.auth = None
    assert session.post(url(lab, "http")).status_code == 200
    session.close()
    stranger = session.post(url(lab, "http"))
    assert stranger.status_code == 401
    assert stranger.headers["WWW-Authenticate"] == "Negotiate, Kerberos, CredSSP"


@pytest.mark.parametrize(
    "header",
    [
        "Basic ####",
        "Basic " + "/w==",
        "Negotiate",
        "Negotiate ####",
        "Negotiate AAAA",
        "NTLM TlRMTVNTUAA=",
        "CredSSP AAAA",
        "Bearer x",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nonsense_is_a_stranger(lab: LabClient, scheme: str, header: str) -> None:
    answer = requests.post(
        url(lab, scheme), data=b"x", headers={"Authorization": header}, verify=str(lab.folder / "ca.pem"), timeout=10
    )
    assert answer.status_code == 401


def test_an_encrypted_message_that_was_tampered_with(lab: LabClient) -> None:
    transport: Any = client(lab, "ntlm", "http").transport
    transport.build_session()
    request = transport.encryption.prepare_encrypted_request(transport.session, url(lab, "http"), b"<a/>" * 100)
    body = bytearray(request.body)
    body[-40] ^= 1
    request.body = bytes(body)
    assert transport.session.send(request).status_code == 400
