# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The auth certificate: valid, for how long, and on every server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ..exchange.certificates import AuthCertificate, Certificate
from ..exchange.hybrid import WIZARD_UPLOADS
from .check import Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import CSS, READ_ORGANIZATION, READ_SERVER_FULL
from .server_state import FULL_READ, why_not_read

_ROTATE: Final = (
    "Run MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate $true -IgnoreHybridConfig $true "
    f"(CSS-Exchange), then the Hybrid Configuration Wizard again. {WIZARD_UPLOADS}"
)
# Exchange blocks the export of the auth certificate since the security update of October 2025 (KB5069337).
_BRING: Final = (
    "Run MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate $true (CSS-Exchange) on a server that has "
    "the certificate: it imports it where it is missing. Export-ExchangeCertificate does not work for it any more "
    "(blocked since the update of October 2025)."
)
_SOON: Final = timedelta(days=60)

CERTIFICATE_VALID: Final = Check(
    "HMA-CERT-001", "The auth certificate is valid", "high", "organization", gate=True,
    why="OAuth between the servers and with Entra is signed with it; when it expires, OWA, ECP, free/busy and OAuth "
        "fail together.",
    read=f"{READ_ORGANIZATION}Get-AuthConfig and Get-ExchangeCertificate of the server that was read.",
    remedy=_ROTATE,
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
        unread = inputs.organization.why_unread("auth_certificate")
        return [
            check.unread(inputs.name, unread, "Check the account's roles; then run this again.")
            for check in (valid, soon)
        ]
    trouble, fix = "", _ROTATE
    if not found.thumbprint:
        trouble = "Get-AuthConfig names no certificate."
    elif (until := found.not_after or _known_elsewhere(inputs, found.thumbprint)) is None:
        reason = f"certificate {found.thumbprint} is not on the server that was read: HMA-CERT-003 says it."
        return [check.not_applicable(inputs.name, reason) for check in (valid, soon)]
    elif begins := _not_begun(inputs, found):
        trouble = (
            f"certificate {found.thumbprint} is valid from {begins.isoformat()} on only, and it is {_now(inputs)}."
        )
        fix = f"Compare the clocks of the servers and of this machine. Where they are right: {_ROTATE}"
    else:
        left = until - inputs.now
        if left > timedelta(0):
            shown = f"{left.days} days left"
            late = _why_late(inputs, found, until)
            message = f"certificate {found.thumbprint}: {shown}, and {late}."
            evidence = "more than 60 days, or a next certificate before it ends"
            return [
                valid.passed(inputs.name, shown, expected="valid", actual=f"until {until.isoformat()}"),
                soon.judge(inputs.name, left > _SOON or not late, message, _ROTATE, expected=evidence, actual=shown),
            ]
        trouble = f"certificate {found.thumbprint} expired on {until.isoformat()}."
    return [
        valid.failed(inputs.name, trouble, fix, expected="a valid certificate", actual=trouble.rstrip(".")),
        soon.not_applicable(inputs.name, "HMA-CERT-001 says it."),
    ]


def _not_begun(inputs: Inputs, found: AuthCertificate) -> datetime | None:
    """From when on the certificate is valid, where that is still to come: until then its tokens are refused."""
    there = _known(inputs, found.thumbprint)
    begins = found.not_before or (there.not_before if there else None)
    return begins if begins and begins > inputs.now else None


def _now(inputs: Inputs) -> str:
    return inputs.now.isoformat(timespec="seconds")


def _why_late(inputs: Inputs, found: AuthCertificate, until: datetime) -> str:
    """Why no other certificate takes over before this one ends; empty where one does."""
    staged = found.next_thumbprint
    if not staged or staged == found.thumbprint:
        return "no next one is staged"
    if found.next_from and found.next_from > until:
        return f"the next one, {staged}, takes its place after that only, on {found.next_from.isoformat()}"
    there = _known(inputs, staged)
    if there and there.not_after <= until:
        return f"the next one, {staged}, ends before it, on {there.not_after.isoformat()}"
    return ""


def _known(inputs: Inputs, thumbprint: str | None) -> Certificate | None:
    """A certificate as a server shows it that has it."""
    certificates = (item for server in inputs.servers for item in server.certificates or ())
    return next((item for item in certificates if item.thumbprint == thumbprint), None)


def _known_elsewhere(inputs: Inputs, thumbprint: str) -> datetime | None:
    """Until when the certificate is valid, as another server shows that has it."""
    there = _known(inputs, thumbprint)
    return there.not_after if there else None


CERTIFICATE_ON_SERVER: Final = Check(
    "HMA-CERT-003", "The auth certificate is on every server", "high", "server",
    why="A server without it rejects tokens and cannot sign its own.",
    read=f"{READ_SERVER_FULL}Get-ExchangeCertificate -Server against Get-AuthConfig. enable_hma and verify_hma read it "
        f"too, and stop where it is seen to be missing.",
    remedy=_BRING,
    source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
)  # fmt: skip


def on_servers(inputs: Inputs) -> list[Finding]:
    return [_on_server(inputs, server) for server in inputs.servers]


def on_reader(inputs: Inputs) -> list[Finding]:
    """Before anything was written one server's certificates are known, those of the server that was read."""
    host = str(inputs.organization.read.get("host"))
    if not _missing_on(inputs, host):
        return []
    name = next((inputs.server_name(item) for item in inputs.servers if item.host == host), host)
    return [replace(_missing(host, name, str(_wanted(inputs))), gate=True)]


def _wanted(inputs: Inputs) -> str | None:
    wanted = inputs.organization.auth_certificate
    return wanted.thumbprint if wanted else None


def _missing_on(inputs: Inputs, host: str) -> bool:
    """Whether the read of the organization, made on this host, shows that its server lacks the certificate."""
    wanted = inputs.organization.auth_certificate
    return bool(wanted and wanted.thumbprint and not wanted.not_after and inputs.organization.read.get("host") == host)


def seen_missing(inputs: Inputs) -> list[Finding]:
    """Right before enabling and after it: a server that is seen to lack the certificate stops the run, for it would
    refuse the tokens that clients are sent for. One whose certificates were not read is a gap."""
    return [replace(item, gate=True) if item.status == "fail" else item for item in on_servers(inputs)]


def _on_server(inputs: Inputs, server: ServerEntry) -> Finding:
    check, host, name = CERTIFICATE_ON_SERVER, server.host, inputs.server_name(server)
    wanted, there = inputs.organization.auth_certificate, server.certificates
    if wanted is None:
        return check.unread(
            host, inputs.organization.why_unread("auth_certificate"), "Check the account's roles.", server=name
        )
    if there is None and _missing_on(inputs, host):
        return _missing(host, name, str(wanted.thumbprint))
    if server.error or there is None:
        return check.unread(host, *why_not_read(server, "certificates"), server=name)
    thumbprint = str(wanted.thumbprint)
    found = next((item for item in there if item.thumbprint == thumbprint), None)
    odd = server.why_unread("certificates")
    if found is None and odd:
        return check.unread(
            host, f"certificate {thumbprint} may be one that could not be read: {odd}", FULL_READ, server=name
        )
    if found is None:
        return _missing(host, name, thumbprint)
    # The same thumbprint is the same certificate: whether it is still valid is judged once, for the organization.
    left = (found.not_after - inputs.now).days
    return check.passed(host, f"{left} days left", expected=thumbprint, actual=f"there, {left} days left", server=name)


def _missing(host: str, name: str, thumbprint: str) -> Finding:
    message = f"certificate {thumbprint} is not on {name}."
    return CERTIFICATE_ON_SERVER.failed(host, message, _BRING, expected=thumbprint, actual="not there", server=name)


CHECKS: Final = (CERTIFICATE_VALID, CERTIFICATE_LASTS, CERTIFICATE_ON_SERVER)
