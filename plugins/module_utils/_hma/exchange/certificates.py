# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Certificates as Exchange gives them over remoting: the certificate itself, and nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from ..base import elements
from ..base.elements import Unread
from ..base.errors import ParseError
from ..base.values import Properties
from .cmdlet import Cmdlet

if TYPE_CHECKING:
    from .cmdlet import ServerName

AUTH_CONFIG: Final = Cmdlet(
    "Get-AuthConfig",
    {},
    ("CurrentCertificateThumbprint", "NextCertificateThumbprint", "NextCertificateEffectiveDate"),
    on_error="continue",
)
_READ: Final = "Get-ExchangeCertificate"


@dataclass(frozen=True)
class Certificate:
    """A certificate of a server: which one it is, and from when until when it is valid."""

    thumbprint: str
    not_after: datetime
    not_before: datetime | None = None

    @classmethod
    def from_facts(cls, facts: Properties) -> Certificate:
        return cls(facts.text("thumbprint"), _time(facts, "not_after"), _optional_time(facts, "not_before"))

    def facts(self) -> dict[str, Any]:
        return {
            "thumbprint": self.thumbprint,
            "not_after": self.not_after.isoformat(),
            "not_before": _iso(self.not_before),
        }


@dataclass(frozen=True)
class AuthCertificate:
    """The certificate that signs server-to-server tokens. ``not_after`` and ``not_before`` are None where the server
    that was read does not have it. ``next_from``: when the next one takes its place."""

    thumbprint: str | None
    next_thumbprint: str | None
    not_after: datetime | None
    not_before: datetime | None = None
    next_from: datetime | None = None

    @classmethod
    def from_facts(cls, facts: Properties) -> AuthCertificate:
        times = (_optional_time(facts, name) for name in ("not_after", "not_before", "next_from"))
        return cls(facts.optional_text("thumbprint"), facts.optional_text("next_thumbprint"), *times)

    def facts(self) -> dict[str, Any]:
        return {
            "thumbprint": self.thumbprint,
            "next_thumbprint": self.next_thumbprint,
            "not_after": _iso(self.not_after),
            "not_before": _iso(self.not_before),
            "next_from": _iso(self.next_from),
        }


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
    there = {certificate.thumbprint: certificate for certificate in parse_certificates(certificates, odd)}
    current = (config.optional_text("CurrentCertificateThumbprint") or "").upper()
    if current and current not in there and odd:
        raise ParseError(f"certificate {current} may be one that could not be read: {odd[0].reason}")
    # Nobody needs to know of the others: a server has certificates for many things.
    gaps += [replace(gap, what="auth_certificate", concerned=False) for gap in odd]
    found = there.get(current)
    return AuthCertificate(
        current or None,
        (config.optional_text("NextCertificateThumbprint") or "").upper() or None,
        found.not_after if found else None,
        found.not_before if found else None,
        _shown_time(config, "NextCertificateEffectiveDate"),
    )


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
    return Certificate(thumbprint, certificate.not_valid_after_utc, certificate.not_valid_before_utc)


def _shown_time(properties: Properties, field: str) -> datetime | None:
    """A time that Exchange shows, in UTC; one that is odd is none, for nothing but advice rests on it."""
    try:
        found = datetime.fromisoformat(properties.label(field, "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone(timedelta(0)))


def _optional_time(facts: Properties, field: str) -> datetime | None:
    return None if facts.raw(field) is None else _time(facts, field)


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(facts: Properties, field: str) -> datetime:
    try:
        return datetime.fromisoformat(facts.text(field))
    except ValueError:
        raise facts.wrong(field, "a time such as 2026-11-26T10:00:00+00:00") from None
