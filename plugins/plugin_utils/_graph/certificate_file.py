# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Key and certificate of an application out of the file that an administrator names; msal's own errors name
neither file nor reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

# signin.py says which library is missing, before any of this is used.
with suppress(ImportError):
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

from .._paths import local_path

if TYPE_CHECKING:
    from .tenant import Tenant

_PEM: Final = b"-----BEGIN "
_KEY: Final = b"PRIVATE KEY-----"
# A certificate that was made a moment ago on a machine whose clock is ahead is for Entra to judge.
_SKEW: Final = timedelta(minutes=5)
_UNREAD: Final = "of a kind, or locked in a way, that cannot be read here: export it anew, an RSA key with AES."
_ANEW: Final = "Make a new one, register it with the application, and name it in hma_certificate_path."


class FileRefused(Exception):
    """The file is of no use for signing in; the text begins after its name."""


def read_certificate(tenant: Tenant) -> dict[str, str]:
    """What msal takes: the key, the certificate and its thumbprint. FileRefused says what is wrong with the file."""
    path = local_path(str(tenant.certificate_path))
    try:
        key, certificates = _read(path.read_bytes(), tenant.certificate_password)
        certificate = _of_key(key, certificates)
    except UnsupportedAlgorithm:
        raise FileRefused(f"hma_certificate_path {path} holds a private key {_UNREAD}") from None
    except OSError as exc:
        raise FileRefused(f"hma_certificate_path {path} cannot be read: {exc.strerror}.") from None
    except FileRefused as exc:
        raise FileRefused(f"hma_certificate_path {path} {exc}") from None
    return _credential(key, certificate)


def _read(data: bytes, password: str | None) -> tuple[Any, Sequence[Any]]:
    """The private key, and the certificates. What the bytes are decides, not how the file is called."""
    return _of_pem(data, password) if _PEM in data else _of_pfx(data, password)


def _of_pem(data: bytes, password: str | None) -> tuple[Any, Sequence[Any]]:
    if _KEY not in data:
        raise FileRefused("holds no private key: name a PEM file with the key and the certificate, or a PFX file.")
    locked = b"ENCRYPTED" in data
    if locked and not password:
        raise FileRefused("holds a private key with a password: set hma_certificate_password.")
    try:
        key = serialization.load_pem_private_key(data, str(password).encode() if locked else None)
    except (ValueError, TypeError):
        wrong = (
            "cannot be opened: hma_certificate_password is wrong."
            if locked
            # Of a curve that it does not know, cryptography says in some versions what it says of a damaged key.
            else f"holds a private key that is damaged, or {_UNREAD}"
        )
        raise FileRefused(wrong) from None
    try:
        return key, x509.load_pem_x509_certificates(data)
    except ValueError:
        raise FileRefused("holds no certificate beside its private key, or one that is damaged.") from None


def _of_pfx(data: bytes, password: str | None) -> tuple[Any, Sequence[Any]]:
    try:
        key, certificate, more = pkcs12.load_key_and_certificates(data, (password or "").encode() or None)
    except (ValueError, TypeError):
        given = "hma_certificate_password is wrong" if password else "hma_certificate_password is not set"
        raise FileRefused(
            f"holds no certificate with its private key (PEM or PFX), or {given}. A .cer file has no private key."
        ) from None
    if key is None:
        raise FileRefused("holds no private key: export the certificate with it.")
    return key, [*([certificate] if certificate is not None else []), *more]


def _of_key(key: Any, certificates: Sequence[Any]) -> Any:
    """The certificate of the key, wherever it stands among those of its issuers."""
    if not certificates:
        raise FileRefused("holds no certificate beside its private key.")
    if not isinstance(key, rsa.RSAPrivateKey):
        raise FileRefused(f"holds a key that is no RSA key, and signing in takes one. {_ANEW}")
    own = [certificate for certificate in certificates if _is_of(certificate, key)]
    if not own:
        raise FileRefused("holds a private key that is not the one of the certificate in it.")
    # A renewal that kept its key may stand beside the certificate that it took over from.
    newest = max(own, key=lambda certificate: certificate.not_valid_after_utc)
    now = datetime.now(UTC)
    if newest.not_valid_after_utc < now:
        raise FileRefused(f"holds a certificate that expired on {newest.not_valid_after_utc:%Y-%m-%d}. {_ANEW}")
    if newest.not_valid_before_utc > now + _SKEW:
        raise FileRefused(
            f"holds a certificate that is not valid before {newest.not_valid_before_utc:%Y-%m-%d %H:%M} UTC. Set this "
            f"machine's clock by the network's time, or sign in with the certificate that is in use until then."
        )
    return newest


def _is_of(certificate: Any, key: Any) -> bool:
    """Whether a certificate is the one of a key; that of an issuer may have a key that cannot be read here."""
    try:
        return bool(certificate.public_key() == key.public_key())
    except (UnsupportedAlgorithm, ValueError):
        return False


def _credential(key: Any, certificate: Any) -> dict[str, str]:
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "private_key": plain.decode("ascii"),
        "thumbprint": certificate.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - identifies, does not protect
        "public_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
    }
