# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The auth certificate: valid, for how long, and on every server."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import CSS, READ_ORGANIZATION, READ_SERVER_FULL
from .server_state import FULL_READ, why_not_read

_ROTATE: Final = "Run MonitorExchangeAuthCertificate.ps1 (CSS-Exchange), then the Hybrid Configuration Wizard again."
_SOON: Final = timedelta(days=60)

CERTIFICATE_VALID: Final = Check(
    "HMA-CERT-001", "The auth certificate is valid", "high", "organization", gate=True,
    why="OAuth between the servers and with Entra is signed with it; when it expires, OWA, ECP, free/busy and OAuth "
        "fail together.",
    read=f"{READ_ORGANIZATION}Get-AuthConfig and Get-ExchangeCertificate of the server that was read.",
    remedy="Run MonitorExchangeAuthCertificate.ps1 (CSS-Exchange), then the Hybrid Configuration Wizard again.",
    source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
)  # fmt: skip


CERTIFICATE_LASTS: Final = Check(
    "HMA-CERT-002", "The auth certificate has more than 60 days left", "medium", "organization", on_bad="warn",
    why="Rotation takes preparation: a next certificate has to be staged and the Hybrid Configuration Wizard has to "
        "run again.",
    read=f"{READ_ORGANIZATION}Get-AuthConfig and Get-ExchangeCertificate of the server that was read.",
    remedy="Stage a next certificate with MonitorExchangeAuthCertificate.ps1 (CSS-Exchange).",
    source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
)  # fmt: skip


def certificate(inputs: Inputs) -> list[Finding]:
    """Valid, and for more than 60 days: two checks, so that an expired one is not reported twice."""
    valid, soon = CERTIFICATE_VALID, CERTIFICATE_LASTS
    found = inputs.organization.auth_certificate
    if found is None:
        reason = inputs.organization.why_unread("auth_certificate")
        return [
            check.unread(inputs.name, reason, "Check the account's roles; then run this again.")
            for check in (valid, soon)
        ]
    trouble = ""
    if not found.thumbprint:
        trouble = "Get-AuthConfig names no certificate."
    elif not found.not_after:
        trouble = f"certificate {found.thumbprint} is not on the server that was read."
    else:
        left = found.not_after - inputs.now
        if left > timedelta(0):
            shown = f"{left.days} days left"
            staged = bool(found.next_thumbprint)
            message = f"certificate {found.thumbprint}: {shown}, and no next one is staged."
            evidence = "more than 60 days, or a next certificate"
            return [
                valid.passed(inputs.name, shown, expected="valid", actual=f"until {found.not_after.isoformat()}"),
                soon.judge(inputs.name, left > _SOON or staged, message, _ROTATE, expected=evidence, actual=shown),
            ]
        trouble = f"certificate {found.thumbprint} expired on {found.not_after.isoformat()}."
    return [
        valid.failed(inputs.name, trouble, _ROTATE, expected="a valid certificate", actual=trouble.rstrip(".")),
        soon.not_applicable(inputs.name, "HMA-CERT-001 says it."),
    ]


CERTIFICATE_ON_SERVER: Final = Check(
    "HMA-CERT-003", "The auth certificate is on every server", "high", "server",
    why="A server without it rejects tokens and cannot sign its own.",
    read=f"{READ_SERVER_FULL}Get-ExchangeCertificate -Server against Get-AuthConfig.",
    remedy="Export it from a server that has it and import it: Export-ExchangeCertificate, Import-ExchangeCertificate.",
    source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
)  # fmt: skip


def on_servers(inputs: Inputs) -> list[Finding]:
    return [_on_server(inputs, server) for server in inputs.servers]


def _on_server(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name = CERTIFICATE_ON_SERVER, server.host, inputs.server_name(server)
    wanted, there = inputs.organization.auth_certificate, server.certificates
    if wanted is None:
        return check.unread(
            host, inputs.organization.why_unread("auth_certificate"), "Check the account's roles.", server=name
        )
    if server.error or there is None:
        return check.unread(host, *why_not_read(server, "certificates"), server=name)
    thumbprint = str(wanted.thumbprint)
    found = next((item for item in there if item.thumbprint == thumbprint), None)
    fix = (
        "Export it where it is and import it here: Export-ExchangeCertificate -BinaryEncoded, "
        "Import-ExchangeCertificate -Server."
    )
    odd = server.why_unread("certificates")
    if found is None and odd:
        return check.unread(
            host, f"certificate {thumbprint} may be one that could not be read: {odd}", FULL_READ, server=name
        )
    if found is None:
        return check.failed(
            host,
            f"certificate {thumbprint} is not on {name}.",
            fix,
            expected=thumbprint,
            actual="not there",
            server=name,
        )
    # The same thumbprint is the same certificate: whether it is still valid is judged once, for the organization.
    left = (found.not_after - inputs.now).days
    return check.passed(host, f"{left} days left", expected=thumbprint, actual=f"there, {left} days left", server=name)


CHECKS: Final = (CERTIFICATE_VALID, CERTIFICATE_LASTS, CERTIFICATE_ON_SERVER)
