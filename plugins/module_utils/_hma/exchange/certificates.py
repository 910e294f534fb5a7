# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Certificates as Exchange gives them over remoting: the certificate itself, and nothing else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from ..base import elements, values
from ..base.elements import Unread
from ..base.errors import ParseError
from .cmdlet import Cmdlet

AUTH_CONFIG: Final = Cmdlet("Get-AuthConfig", {}, ("CurrentCertificateThumbprint", "NextCertificateThumbprint"), on_error="continue")


def read_certificates(server: Any = None) -> Cmdlet:
    """The certificates of a server; of the one the shell runs on where none is named."""
    # Over remoting the object has one useful property: the certificate itself.
    return Cmdlet("Get-ExchangeCertificate", {} if server is None else {"Server": server}, ("RawData",), on_error="continue")


def parse_certificates(objects: Sequence[Mapping[str, Any]], gaps: list[Unread]) -> list[dict[str, str]]:
    """Thumbprint and end of validity of each; one that is no certificate goes to ``gaps``."""
    return elements.parsed("certificates", objects, _parsed, gaps)


def parse_auth_certificate(config: Mapping[str, Any], certificates: Sequence[Mapping[str, Any]], gaps: list[Unread]) -> dict[str, Any]:
    """The certificate Get-AuthConfig names, and until when it is valid, as far as the server that was read has it."""
    odd: list[Unread] = []
    known = {item["thumbprint"]: item["not_after"] for item in parse_certificates(certificates, odd)}
    current = (values.optional_text(config, "CurrentCertificateThumbprint", AUTH_CONFIG.name) or "").upper()
    if current and current not in known and odd:
        raise ParseError(f"certificate {current} may be one that could not be read: {odd[0].reason}")
    # Of the others nobody needs to know: a server has certificates for many things.
    gaps += [replace(gap, what="auth_certificate", concerned=False) for gap in odd]
    return {
        "thumbprint": current or None,
        "next_thumbprint": values.optional_text(config, "NextCertificateThumbprint", AUTH_CONFIG.name),
        "not_after": known.get(current),
    }


def _parsed(found: Mapping[str, Any]) -> dict[str, str]:
    # msal brings cryptography; hosts that only run hma_probe import this module without it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(values.text(found, "RawData", "Get-ExchangeCertificate")))
    except (binascii.Error, ValueError) as exc:
        if isinstance(exc, ParseError):
            raise
        raise ParseError(f"Get-ExchangeCertificate: RawData is not a certificate ({exc}).", field="RawData", value="no certificate") from exc
    # The thumbprint is SHA-1 by definition; it identifies, it does not protect.
    thumbprint = certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
    return {"thumbprint": thumbprint, "not_after": certificate.not_valid_after_utc.isoformat()}
