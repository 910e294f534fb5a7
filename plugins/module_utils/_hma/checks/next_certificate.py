# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of the next auth certificate, and of whether Entra has it: what a rotation would break."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ..base.comparison import has
from ..exchange.authserver import AuthServer
from ..exchange.certificates import AuthCertificate, Certificate
from .application import dedicated
from .check import Check, Finding
from .inputs import Inputs
from .inventory import TenantEntry
from .references import CSS, READ_ORGANIZATION, READ_SERVER_FULL
from .server_state import FULL_READ

READY: Final = Check(
    "HMA-CERT-004", "The next auth certificate, and its copy in Entra, are ready", "low", "organization",
    on_bad="warn",
    why="On its day the next certificate takes the place of the current one, on all servers at once: where it is "
        "missing, tokens are refused. The dedicated hybrid application knows the certificate by the copy in Entra; "
        "without it free/busy and the like stop. HMA does not need that copy.",
    read=f"{READ_ORGANIZATION}Get-AuthConfig, NextCertificateThumbprint and NextCertificateEffectiveDate. "
        f"{READ_SERVER_FULL}Get-ExchangeCertificate. Graph: keyCredentials of the application that the AuthServer "
        "names (Application.Read.All), with hma_audit_read: full.",
    remedy="MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate $true (CSS-Exchange) stages one and "
        "brings it to every server; ConfigureExchangeHybridApplication.ps1 -UpdateCertificate takes it to Entra.",
    source=f"{CSS}/Admin/MonitorExchangeAuthCertificate/",
)  # fmt: skip
_BRING: Final = (
    "Run MonitorExchangeAuthCertificate.ps1 -ValidateAndRenewAuthCertificate $true (CSS-Exchange): it stages the next "
    "certificate and brings it to every server."
)
_UPLOAD: Final = (
    "Run ConfigureExchangeHybridApplication.ps1 -UpdateCertificate (CSS-Exchange): it takes the certificate to the "
    "application."
)


def ready(inputs: Inputs) -> list[Finding]:
    """One finding for the servers, and one for each tenant."""
    found = inputs.organization.auth_certificate
    if found is None:
        reason = inputs.organization.why_unread("auth_certificate")
        return [READY.unread(inputs.name, reason, "Check the account's roles; then run this again.")]
    return [_staged(inputs, found), *(_in_entra(inputs, tenant, found) for tenant in inputs.tenants)]


def _staged(inputs: Inputs, found: AuthCertificate) -> Finding:
    """The next one on every server before its day."""
    check, staged = READY, found.next_thumbprint
    wrong: list[str] = []
    if staged:
        unread = [server.host for server in inputs.servers if server.error or server.certificates is None]
        if unread:
            reason = f"whether certificate {staged}, the next one, is on {', '.join(unread)} was not read."
            return check.unread(inputs.name, reason, FULL_READ)
        wrong += _unready(inputs, found, staged)
    actual = f"{staged} from {_day(found.next_from)}" if staged else "no next one is staged"
    message = f"{'; '.join(wrong)}."
    return check.judge(inputs.name, not wrong, message, _BRING, expected="valid on its day, everywhere", actual=actual)


def _unready(inputs: Inputs, found: AuthCertificate, staged: str) -> Iterator[str]:
    """What is wrong with the next one, server by server, and with its days."""
    known: list[Certificate] = []
    for server in inputs.servers:
        own = [item for item in server.certificates or () if item.thumbprint == staged]
        known += own
        if not own:
            yield f"certificate {staged}, the next one, is not on {inputs.server_name(server)}"
    for item in known[:1]:
        begins, from_day = item.not_before, found.next_from or inputs.now
        if begins and begins > from_day:
            yield f"certificate {staged} is valid from {_day(begins)}, and is to be used from {_day(from_day)}"
        if found.not_after and item.not_after <= found.not_after:
            yield f"certificate {staged} ends on {_day(item.not_after)}, not after the current one"


def _in_entra(inputs: Inputs, tenant: TenantEntry, found: AuthCertificate) -> Finding:
    """Whether the application of the tenant knows the certificate that Exchange signs with."""
    check, host = READY, tenant.host
    if _application(inputs, tenant) is None:
        reason = "no dedicated hybrid application in this tenant; HMA needs no copy of the certificate."
        return check.not_applicable(host, reason, tenant=host)
    there, current = tenant.application_certificates, found.thumbprint or ""
    if tenant.error or there is None:
        reason = tenant.why_unread("application_certificates") or tenant.error or "it was not read in this run."
        fix = "audit_hma with hma_audit_read: full reads it, with Application.Read.All."
        return check.unread(host, reason, fix, tenant=host)
    application = _application(inputs, tenant)
    message = f"the application {application} does not know certificate {current}, which Exchange signs with."
    return check.judge(
        host, has(there, current), message, _UPLOAD, expected=current, actual=", ".join(there) or "no certificate",
        tenant=host,
    )  # fmt: skip


def _application(inputs: Inputs, tenant: TenantEntry) -> str | None:
    own: list[AuthServer] = [item for item in inputs.trust if dedicated(item) and item.tenant_id == tenant.tenant_id]
    return own[0].application_identifier if own else None


def _day(time: datetime | None) -> str:
    return time.date().isoformat() if time else "an unknown day"


CHECKS: Final = (READY,)
