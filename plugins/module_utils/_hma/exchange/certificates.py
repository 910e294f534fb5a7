# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Certificates as Exchange gives them over remoting: the certificate itself, and nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..base import elements
from ..base.elements import Unread
from ..base.errors import ParseError
from ..base.values import Properties
from .cmdlet import Cmdlet

if TYPE_CHECKING:
    from .cmdlet import ServerName

AUTH_CONFIG: Final = Cmdlet(
    "Get-AuthConfig", {}, ("CurrentCertificateThumbprint", "NextCertificateThumbprint"), on_error="continue"
)
_READ: Final = "Get-ExchangeCertificate"


@dataclass(frozen=True)
class Certificate:
    """A certificate of a server: which one it is, and until when it is valid."""

    thumbprint: str
    not_after: datetime

    @classmethod
    def from_facts(cls, facts: Properties) -> Certificate:
        return cls(facts.text("thumbprint"), _time(facts, "not_after"))

    def facts(self) -> dict[str, Any]:
        return {"thumbprint": self.thumbprint, "not_after": self.not_after.isoformat()}


@dataclass(frozen=True)
class AuthCertificate:
    """The certificate that signs server-to-server tokens. ``not_after`` is None where the server that was read does not
    have it."""

    thumbprint: str | None
    next_thumbprint: str | None
    not_after: datetime | None

    @classmethod
    def from_facts(cls, facts: Properties) -> AuthCertificate:
        not_after = None if facts.raw("not_after") is None else _time(facts, "not_after")
        return cls(facts.optional_text("thumbprint"), facts.optional_text("next_thumbprint"), not_after)

    def facts(self) -> dict[str, Any]:
        not_after = None if self.not_after is None else self.not_after.isoformat()
        return {"thumbprint": self.thumbprint, "next_thumbprint": self.next_thumbprint, "not_after": not_after}


def read_certificates(server: ServerName | None = None) -> Cmdlet:
    """The cmdlet for the certificates of a server; of the one the shell runs on where none is named."""
    # Over remoting the object has one useful property: the certificate itself.
    return Cmdlet(_READ, {} if server is None else {"Server": server}, ("RawData",), on_error="continue")


def parse_certificates(objects: Iterable[Properties], gaps: list[Unread]) -> list[Certificate]:
    """The certificates; an object that is none goes to ``gaps``."""
    return elements.parsed("certificates", objects, _parse_certificate, gaps)


def parse_auth_certificate(
    config: Properties, certificates: Iterable[Properties], gaps: list[Unread]
) -> AuthCertificate:
    """The certificate Get-AuthConfig names, and until when it is valid, as far as the server that was read has it."""
    odd: list[Unread] = []
    valid_until = {
        certificate.thumbprint: certificate.not_after for certificate in parse_certificates(certificates, odd)
    }
    current = (config.optional_text("CurrentCertificateThumbprint") or "").upper()
    if current and current not in valid_until and odd:
        raise ParseError(f"certificate {current} may be one that could not be read: {odd[0].reason}")
    # Nobody needs to know of the others: a server has certificates for many things.
    gaps += [replace(gap, what="auth_certificate", concerned=False) for gap in odd]
    return AuthCertificate(current or None, config.optional_text("NextCertificateThumbprint"), valid_until.get(current))


def _parse_certificate(properties: Properties) -> Certificate:
    # msal brings cryptography; hosts that only run hma_probe import this module without it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(properties.text("RawData")))
    except (binascii.Error, ValueError) as exc:
        if isinstance(exc, ParseError):
            raise
        raise ParseError(
            f"{_READ}: RawData is not a certificate ({exc}).", field="RawData", value="no certificate"
        ) from exc
    # The thumbprint is SHA-1 by definition; it identifies, it does not protect.
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
    return Certificate(thumbprint, certificate.not_valid_after_utc)


def _time(facts: Properties, field: str) -> datetime:
    try:
        return datetime.fromisoformat(facts.text(field))
    except ValueError:
        raise facts.wrong(field, "a time such as 2026-11-26T10:00:00+00:00") from None
