# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that an administrator names for an application: what people export, convert, concatenate and mistake."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.certificate_file import (
    FileRefused,
    read_certificate,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

KEY = rsa.generate_private_key(65537, 2048)
ISSUER = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
PASSWORD = "Pfx-pass"
LOCKED = serialization.BestAvailableEncryption(PASSWORD.encode())


def certificate(key: Any, *, first: int = -1, last: int = 30, signer: Any = None) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "application")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    times = builder.not_valid_before(now + timedelta(days=first)).not_valid_after(now + timedelta(days=last))
    return times.serial_number(x509.random_serial_number()).sign(signer or key, hashes.SHA256())


def key_text(key: Any = KEY, lock: serialization.KeySerializationEncryption | None = None) -> bytes:
    found: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock or serialization.NoEncryption()
    )
    return found


def text(found: x509.Certificate) -> bytes:
    return found.public_bytes(serialization.Encoding.PEM)


LEAF = certificate(KEY, signer=ISSUER)
ABOVE = certificate(ISSUER)
OLD = certificate(KEY, first=-60, last=-1)
PFX = pkcs12.serialize_key_and_certificates(b"application", KEY, LEAF, [ABOVE], LOCKED)


def tenant(folder: Path, data: bytes, name: str = "application.pem", password: str | None = None) -> Tenant:
    path = folder / name
    path.write_bytes(data)
    return Tenant("t", client_id="c", certificate_path=str(path), certificate_password=password)


@pytest.mark.parametrize(
    ("data", "name", "password"),
    [
        (text(LEAF) + key_text(), "application.pem", None),
        (key_text() + text(ABOVE) + text(LEAF), "chain.pem", None),
        (key_text() + text(LEAF) + text(ABOVE), "chain.pem", None),
        (key_text() + text(OLD) + text(LEAF), "renewed.pem", None),
        (b"\xef\xbb\xbf" + key_text() + text(LEAF), "notepad.pem", None),
        ((key_text() + text(LEAF)).replace(b"\n", b"\r\n"), "windows.pem", None),
        (key_text() + text(LEAF), "not-locked.pem", PASSWORD),
        (key_text(lock=LOCKED) + text(LEAF), "locked.pem", PASSWORD),
        (key_text() + text(LEAF), "really-pem.pfx", None),
        (PFX, "application.PFX", PASSWORD),
        (PFX, "really-pfx.pem", PASSWORD),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_in_the_file_decides(tmp_path: Path, data: bytes, name: str, password: str | None) -> None:
    found = read_certificate(tenant(tmp_path, data, name, password))
    assert found["thumbprint"] == LEAF.fingerprint(hashes.SHA1()).hex()  # noqa: S303
    assert found["public_certificate"].encode() == text(LEAF)
    assert "PRIVATE KEY" in found["private_key"]


def of_another_curve(found: x509.Certificate) -> bytes:
    """The certificate with a curve that no OpenSSL here knows (prime239v3), named in as many bytes."""
    known, other = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030106")
    data = found.public_bytes(serialization.Encoding.DER).replace(known, other)
    return text(x509.load_der_x509_certificate(data))


def test_an_issuer_with_a_key_that_cannot_be_read_here_is_in_nobodys_way(tmp_path: Path) -> None:
    strange = of_another_curve(certificate(CURVE))
    with pytest.raises(UnsupportedAlgorithm):
        x509.load_pem_x509_certificate(strange).public_key()
    found = read_certificate(tenant(tmp_path, key_text() + text(LEAF) + strange))
    assert found["public_certificate"].encode() == text(LEAF)


def test_a_key_that_cannot_be_read_here_is_one_message(tmp_path: Path) -> None:
    known, other = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030106")
    data = CURVE.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).replace(known, other)
    written = b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(data) + b"-----END PRIVATE KEY-----\n"
    with pytest.raises(FileRefused, match=r"application\.pem holds a private key .*of a kind"):
        read_certificate(tenant(tmp_path, written + text(LEAF)))


@pytest.mark.parametrize(
    ("data", "password", "said"),
    [
        (lambda: text(LEAF), None, "holds no private key"),
        (lambda: LEAF.public_bytes(serialization.Encoding.DER), None, "A .cer file has no private key"),
        (key_text, None, "holds no certificate beside its private key"),
        (lambda: key_text(lock=LOCKED) + text(LEAF), None, "set hma_certificate_password"),
        (lambda: key_text(lock=LOCKED) + text(LEAF), "other", "hma_certificate_password is wrong"),
        (lambda: PFX, None, "hma_certificate_password is not set"),
        (lambda: PFX, "other", "hma_certificate_password is wrong"),
        (lambda: key_text(CURVE) + text(certificate(CURVE)), None, "is no RSA key"),
        (lambda: key_text() + text(ABOVE), None, "not the one of the certificate"),
        (lambda: key_text() + text(OLD), None, "expired on 20"),
        (lambda: key_text() + text(certificate(KEY, first=2)), None, "is not valid before 20"),
        (lambda: key_text().replace(b"M", b"!", 40) + text(LEAF), None, "private key that is damaged"),
    ],
)
def test_each_mistake_has_its_own_words(
    tmp_path: Path, data: Callable[[], bytes], password: str | None, said: str
) -> None:
    with pytest.raises(FileRefused, match=r"hma_certificate_path .*application\.pem ") as caught:
        read_certificate(tenant(tmp_path, data(), password=password))
    assert said in str(caught.value)
    assert "other" not in str(caught.value)
