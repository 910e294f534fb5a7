# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Judge of the domains that sign-in names are compared with: whether every tenant said which ones it has."""

from __future__ import annotations

from typing import Final

from ..entra.permissions import READ_DOMAINS
from .check import Check, Finding
from .inputs import Inputs

_GRANT_DOMAINS: Final = f"Give the application {READ_DOMAINS.least} with admin consent."
VERIFIED_DOMAINS_READ: Final = Check(
    "HMA-ID-004", "The verified domains of every tenant were read", "medium", "tenant", on_bad="warn",
    why="Without them sign-in names are compared with the accepted domains of Exchange, which need not be verified in "
        "the tenant.",
    read="Graph, GET /domains (Domain.Read.All).", remedy="Give the application Domain.Read.All.",
    source="https://learn.microsoft.com/graph/api/domain-list",
)  # fmt: skip


def verified_domains_in_a_run(inputs: Inputs) -> list[Finding]:
    """enable_hma does without the permission, so its lack is no gap there; any other reason is one."""
    compared = (
        f"the application has no {READ_DOMAINS.least}: sign-in names are compared with Exchange's accepted domains."
    )
    return [
        VERIFIED_DOMAINS_READ.not_applicable(item.object, compared, tenant=item.tenant)
        if item.status == "not_checked" and item.fix == _GRANT_DOMAINS
        else item
        for item in verified_domains(inputs)
    ]


def verified_domains(inputs: Inputs) -> list[Finding]:
    findings = []
    for tenant in inputs.tenants:
        check, host = VERIFIED_DOMAINS_READ, tenant.host
        domains = tenant.verified_domains
        if tenant.error:
            findings.append(check.not_applicable(host, "HMA-TEN-003 says why the tenant was not read.", tenant=host))
        elif domains is None:
            reason = tenant.why_unread("verified_domains") or "they were not asked for."
            fix = _GRANT_DOMAINS if READ_DOMAINS.least in reason else "Mend what the message says, then run this again."
            findings.append(check.unread(host, reason, fix, tenant=host))
        else:
            findings.append(check.passed(host, actual=f"{len(domains)} domains", tenant=host))
    return findings


CHECKS: Final = (VERIFIED_DOMAINS_READ,)
