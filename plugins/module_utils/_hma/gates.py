# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which judges speak at which gate. Order is the order of the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from . import (
    judge_directories,
    judge_hosts,
    judge_hybrid,
    judge_identity,
    judge_names,
    judge_organization,
    judge_servers,
    judge_tenants,
    judge_trust,
    judge_unread,
)
from .case import Case
from .checks import CHECKS
from .finding import Finding

Judge = Callable[[Case], list[Finding]]

# What every gate begins with: each host is one server, what could not be read, and whose a domain is.
_FIRST: Final[tuple[Judge, ...]] = (judge_hosts.of_case, judge_unread.objects, judge_trust.shared)
_WARNINGS: Final[tuple[Judge, ...]] = (judge_servers.offloading, judge_servers.proxies, judge_trust.application, judge_organization.ews, judge_hybrid.policies)
_PREFLIGHT: Final[tuple[Judge, ...]] = (
    *_FIRST, judge_servers.builds, judge_organization.mapi_http, judge_organization.certificate, judge_trust.tenants, judge_tenants.readable,
    judge_tenants.domains, judge_trust.present,
    judge_trust.replaced, judge_servers.coverage, judge_names.urls, judge_identity.sign_in_names, judge_identity.verified_domains,
    judge_hybrid.configured, judge_hybrid.agent, *_WARNINGS, judge_organization.live,
)  # fmt: skip
_ENABLE: Final[tuple[Judge, ...]] = (
    *_FIRST, judge_servers.whole, judge_servers.read_before, judge_directories.directories, judge_names.registered, judge_trust.present,
    judge_trust.known, judge_trust.replaced,
)  # fmt: skip
_STATE: Final[tuple[Judge, ...]] = (judge_organization.flag, judge_trust.endpoint, judge_trust.alone)
_AUDIT: Final[tuple[Judge, ...]] = (
    *_FIRST, judge_servers.builds, judge_servers.coverage, judge_directories.directories, judge_names.registered, judge_trust.present, judge_trust.known,
    *_STATE, judge_organization.mapi_http, judge_organization.certificate, judge_directories.states, judge_trust.tenants, judge_tenants.readable,
    judge_tenants.domains, judge_names.urls,
    judge_names.tenant_names, judge_names.autodiscover, judge_identity.sign_in_names, judge_identity.verified_domains,
    judge_hybrid.configured, judge_hybrid.agent, judge_hybrid.partner, judge_hybrid.download_domains, *_WARNINGS,
)  # fmt: skip

GATES: Final[Mapping[str, tuple[Judge, ...]]] = {
    "preflight": _PREFLIGHT,
    # Before names are registered, whatever else is true of the organization.
    "tenants": (judge_tenants.identified, judge_tenants.readable),
    "enable": _ENABLE,
    "verify": (*_ENABLE, *_STATE),
    "audit": _AUDIT,
    # Before step 2, where it is run by itself: which names there are to register, and where.
    "names": (judge_hosts.of_case, judge_trust.distinct, judge_unread.client_urls, judge_names.unread_kinds),
    # No judgement: only which server is the one for organization-wide writes.
    "none": (),
}


def without_organization(servers: Sequence[Mapping[str, Any]], tenants: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """The gate ``hosts``: what the hosts of the inventory say of themselves, before anything else is read."""
    return judge_hosts.hosts(servers, tenants)


def judge(gate: str, case: Case) -> list[Finding]:
    return [finding for speak in GATES[gate] for finding in speak(case)]


def unread(hosts: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What can be said where no server gave the organization: why, host by host. A run that judged nothing has not passed."""
    check, fix = CHECKS["HMA-READ-001"], "Make one Exchange server reachable, with an account that has View-Only Organization Management."
    reasons = [check.bad(str(host["host"]), str(host.get("error")), fix, server=str(host["host"])) for host in hosts if host.get("error")]
    if not hosts:
        text = "the inventory has no host in the group of the Exchange servers (exchange_servers, or what hma_servers_group names)."
        return [check.bad("the organization", text, "Give the inventory with -i, as the README shows.")]
    return reasons or [check.bad("the organization", "no server read it.", fix)]
