# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories of signing in: what an administrator is told when it does not work, and what is never said."""

from __future__ import annotations

import builtins
import importlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph import session, signin
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.lab.application_certificate import make_certificate
from tests.lab.sign_in import SignIn

if TYPE_CHECKING:
    from .conftest import Stage

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
SECRET = "sEcr3t~contoso&=%"
SIGNER, LATE = "aaaaaaaa-0000-4000-8000-000000000003", "aaaaaaaa-0000-4000-8000-000000000004"


def refused(client: GraphClient) -> str:
    """The message of a failed read; it always names the tenant."""
    with pytest.raises(GraphError) as caught:
        client.exchange_online()
    assert TENANT in str(caught.value)
    return str(caught.value)


def test_a_secret_signs_in(stage: Stage) -> None:
    found = stage.client().exchange_online()
    assert found.names == stage.names
    assert stage.requests() == ["token", "GET"]


def test_a_certificate_signs_in_and_its_signature_is_verified(stage: Stage) -> None:
    assert stage.signer().exchange_online().names == stage.names


def test_one_sign_in_serves_all_requests(stage: Stage) -> None:
    client = stage.client()
    client.exchange_online()
    client.owners("aaaaaaaa-1111-4000-8000-000000000001")
    assert stage.requests() == ["token", "GET", "GET"]


def test_a_pfx_file_with_a_password_signs_in(stage: Stage, tmp_path: Path) -> None:
    path = _pfx(stage, tmp_path)
    assert stage.signer(certificate_path=str(path), certificate_password="Pfx-pass").exchange_online().names


def test_a_pfx_file_with_a_wrong_password_is_said_before_any_request(stage: Stage, tmp_path: Path) -> None:
    text = refused(stage.signer(certificate_path=str(_pfx(stage, tmp_path)), certificate_password="Other-pass"))
    assert "application.pfx" in text
    assert "hma_certificate_password" in text
    assert "Other-pass" not in text
    assert stage.requests() == []


def test_an_encrypted_key_signs_in(stage: Stage, tmp_path: Path) -> None:
    key, certificate = _pair(stage)
    path = tmp_path / "encrypted.pem"
    locked = serialization.BestAvailableEncryption(b"Pem-pass")
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    assert stage.signer(certificate_path=str(path), certificate_password="Pem-pass").exchange_online().names


def test_a_key_that_is_not_the_certificates_is_said(stage: Stage, tmp_path: Path) -> None:
    key, _certificate = _pair(stage)
    other, _certificate = make_certificate("another", tmp_path)
    certificate = x509.load_pem_x509_certificate(other.read_bytes())
    path = tmp_path / "mixed.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    text = refused(stage.signer(certificate_path=str(path)))
    assert "mixed.pem" in text
    assert "not the one of the certificate" in text
    assert stage.requests() == []


def test_an_expired_certificate_is_said_with_its_date_before_any_request(stage: Stage) -> None:
    text = refused(stage.signer(LATE))
    assert f"application-{LATE}.pem" in text
    assert "expired on 20" in text
    assert stage.requests() == []


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), ("", "private key"), ("-----BEGIN", "private key")]
)
def test_a_certificate_file_that_is_none_is_said(stage: Stage, tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "application.pem"
    if content is not None:
        path.write_text(content, encoding="ascii")
    text = refused(stage.signer(certificate_path=str(path)))
    assert str(path) in text
    assert said in text
    assert stage.requests() == []


def test_a_certificate_that_is_not_registered_is_refused_by_entra(stage: Stage) -> None:
    del stage.entra.certificates[SIGNER]
    text = refused(stage.signer())
    assert "AADSTS700027" in text
    assert "registered" in text
    assert "correlation id" in text


def test_another_key_under_the_registered_name_is_refused(stage: Stage) -> None:
    stage.entra.certificates[SIGNER] = stage.entra.certificates[LATE]
    assert "AADSTS700027" in refused(stage.signer())


def test_a_wrong_secret_is_explained_and_not_shown(stage: Stage) -> None:
    text = refused(stage.client(client_secret="Wr0ng-value"))
    assert "AADSTS7000215" in text
    assert "not its id" in text
    assert "correlation id" in text
    assert "Wr0ng-value" not in text


def test_a_secret_that_an_answer_quotes_is_not_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def quoting(
        _self: object, _request: object, form: Mapping[str, Any], _application: object
    ) -> tuple[int, str, int, str]:
        return 401, "invalid_client", 7000215, f"Invalid client secret {form['client_secret']} provided."

    monkeypatch.setattr(SignIn, "_trouble", quoting)
    text = refused(stage.client())
    assert "AADSTS7000215" in text
    assert SECRET not in text


def test_an_unknown_application_is_explained(stage: Stage) -> None:
    text = refused(stage.client(client_id="dddddddd-0000-4000-8000-000000000001"))
    assert "AADSTS700016" in text
    assert "hma_client_id" in text


def test_an_unknown_tenant_is_explained_although_msal_does_not(stage: Stage) -> None:
    tenant = "99999999-aaaa-4bbb-8ccc-000000000009"
    with pytest.raises(GraphError) as caught:
        stage.client(tenant_id=tenant).exchange_online()
    text = str(caught.value)
    assert tenant in text
    assert "hma_tenant_id" in text
    assert "AADSTS90002" in text


def test_graph_of_another_cloud_is_explained(stage: Stage) -> None:
    text = refused(stage.client(graph_endpoint="https://graph.elsewhere.test"))
    assert "AADSTS500011" in text
    assert "hma_cloud" in text


def test_an_assertion_is_passed_on(stage: Stage) -> None:
    text = refused(stage.client(client_id=SIGNER, client_secret=None, client_assertion="header.body.signature"))
    assert "AADSTS700027" in text
    assert "header.body.signature" not in text


def test_no_credential_at_all_names_the_choices(stage: Stage) -> None:
    text = refused(stage.client(client_secret=None))
    assert "hma_client_secret" in text
    assert "hma_certificate_path" in text


def test_an_authority_of_another_ca_is_not_trusted(stage: Stage, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    text = refused(stage.client(ca_path=str(tmp_path / "other.pem")))
    assert "hma_ca_path" in text
    assert "not trusted" in text
    assert stage.requests() == []


def test_a_ca_file_that_is_not_there_is_said(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(GraphError, match=r"hma_ca_path .*gone\.pem does not exist") as caught:
        stage.client(ca_path=str(tmp_path / "gone.pem"))
    assert TENANT in str(caught.value)


def test_validation_can_be_turned_off_by_name(stage: Stage) -> None:
    assert stage.client(ca_path=None, validate_certs=False).exchange_online().names


def test_nothing_listens(stage: Stage) -> None:
    text = refused(stage.client(authority="https://127.0.0.1:1"))
    assert "https://127.0.0.1:1" in text
    assert "hma_proxy" in text


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_ca_of_the_environment_does_not_win(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv(variable, str(tmp_path / "other.pem"))
    assert stage.client().exchange_online().names


def test_a_ca_of_the_environment_does_not_make_a_stranger_trusted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stage.ca))
    assert "not trusted" in refused(stage.client(ca_path=None))


def test_a_proxy_of_the_environment_does_not_win(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert stage.client().exchange_online().names


def test_the_proxy_of_the_options_is_used_whatever_the_environment_says(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    text = refused(stage.client(proxy="http://user:Pr0xy-pass@127.0.0.1:1"))
    assert "hma_proxy" in text
    assert "Pr0xy-pass" not in text
    assert stage.requests() == []


def test_secrets_are_in_no_representation(stage: Stage) -> None:
    tenant = stage.tenant(
        certificate_password="Pfx-pass", client_assertion="a.b.c", proxy="http://user:Pr0xy-pass@proxy.test"
    )
    client = stage.client()
    client.exchange_online()
    for text in (repr(tenant), str(tenant), repr(client)):
        assert not [secret for secret in (SECRET, "Pfx-pass", "a.b.c", "Pr0xy-pass") if secret in text]


@pytest.mark.parametrize(
    ("module", "missing"),
    [(session, "requests"), (signin, "msal"), (signin, "cryptography")],
    ids=lambda item: str(item)[:20],
)
def test_a_missing_library_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch, module: Any, missing: str) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    try:
        importlib.reload(module)
        monkeypatch.undo()
        with pytest.raises(GraphError) as caught:
            signin.acquire_token(stage.tenant(), session.new_session(stage.tenant()))
        assert missing in str(caught.value)
        assert "pip install -r requirements.txt" in str(caught.value)
    finally:
        monkeypatch.undo()
        importlib.reload(module)


@pytest.mark.parametrize("status", [200, 400])
def test_a_managed_identity_asks_the_machine_itself_and_no_proxy(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    asked: list[str] = []

    class Metadata(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['Metadata']}")
            body = {"access_token": "of-the-machine", "expires_in": "3600", "resource": "x"}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(
                json.dumps(
                    body if status == 200 else {"error": "invalid_request", "error_description": "Identity not found"}
                ).encode()
            )

        def log_message(self, *_args: object) -> None:
            """Nothing on the test's stderr."""

    server = HTTPServer(("127.0.0.1", 0), Metadata)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://127.0.0.1:{server.server_port}")
    tenant = stage.tenant(client_id=None, client_secret=None, managed_identity=True, proxy="http://127.0.0.1:1")
    try:
        if status == 200:
            assert signin.acquire_token(tenant, session.new_session(tenant)) == "of-the-machine"
        else:
            with pytest.raises(GraphError, match="Identity not found") as caught:
                signin.acquire_token(tenant, session.new_session(tenant))
            assert TENANT in str(caught.value)
            assert "managed identity" in str(caught.value)
    finally:
        server.shutdown()
        server.server_close()
    assert asked
    assert "/metadata/identity/oauth2/token" in asked[0]
    assert asked[0].endswith(" true")


def test_the_journal_holds_no_secret(stage: Stage) -> None:
    stage.client().exchange_online()
    stage.signer().exchange_online()
    assert SECRET not in repr(stage.journal.entries)


def _pair(stage: Stage, client: str = SIGNER) -> tuple[Any, x509.Certificate]:
    data = stage.certificates[client].read_bytes()
    return serialization.load_pem_private_key(data, None), x509.load_pem_x509_certificate(data)


def _pfx(stage: Stage, folder: Path) -> Path:
    key, certificate = _pair(stage)
    path = folder / "application.pfx"
    locked = serialization.BestAvailableEncryption(b"Pfx-pass")
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"application", key, certificate, None, locked))
    return path
