# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which judges speak at which gate. Order is the order of the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from . import (
    active_sync,
    address,
    administrators,
    application,
    certificates,
    directories,
    domains,
    endpoint,
    exclusions,
    hosts,
    hybrid,
    identity,
    metadata,
    names,
    next_certificate,
    oauth_alone,
    organization,
    owa,
    principal,
    protection,
    proxies,
    registering,
    server_oauth,
    server_state,
    servers,
    skype,
    tenants,
    trust,
    unread,
    updates,
    verified_domains,
    way_out,
    web_gate,
    web_sites,
)
from .check import PREDICTED, Check, Finding
from .inputs import Inputs
from .inventory import ServerEntry
from .references import NOT_STATED

Judge = Callable[[Inputs], list[Finding]]

# What every gate begins with: each host is one server, what could not be read, and whose a domain is.
_FIRST: Final[tuple[Judge, ...]] = (hosts.distinct, unread.objects, domains.shared)
_WARNINGS: Final[tuple[Judge, ...]] = (
    servers.offloading,
    exclusions.exclusions,
    proxies.proxies,
    application.dedicated_application,
    trust.unknown_tenants,
    oauth_alone.other_methods_left,
    web_sites.one_web_site,
    web_sites.urls_set,
    organization.ews,
    hybrid.policies,
)
_PREFLIGHT: Final[tuple[Judge, ...]] = (
    *_FIRST, servers.builds, organization.mapi_http, certificates.certificate, certificates.on_reader,
    tenants.tenants, tenants.readable, tenants.writable, tenants.enabled, tenants.domains, trust.authserver_present,
    trust.domain_writable, endpoint.default_replaceable, address.for_all, servers.coverage,
    directories.before_step_3, names.urls, registering.holders, registering.of_one_server,
    identity.sign_in_names, verified_domains.verified_domains_in_a_run,
    hybrid.configured, hybrid.agent_in_a_run, *_WARNINGS, organization.flag_already_on,
)  # fmt: skip
_ENABLE: Final[tuple[Judge, ...]] = (
    *_FIRST, servers.run_covers_inventory, servers.read_before, directories.directories, names.registered,
    trust.authserver_present, trust.domain_registered, endpoint.default_replaceable, address.for_all,
    certificates.seen_missing, server_oauth.works,
)  # fmt: skip
_STATE: Final[tuple[Judge, ...]] = (organization.flag, endpoint.endpoint, endpoint.single_default)
_AUDIT: Final[tuple[Judge, ...]] = (
    *_FIRST, servers.builds, servers.coverage, directories.directories, names.registered, trust.authserver_present,
    trust.domain_registered,
    *_STATE, address.for_all, organization.mapi_http, certificates.certificate, certificates.on_servers,
    server_state.maintenance,
    tenants.tenants, tenants.readable,
    tenants.writable, tenants.enabled, tenants.domains, names.urls, registering.holders,
    registering.of_one_server,
    principal.tenant_names, names.autodiscover, identity.sign_in_names, verified_domains.verified_domains,
    hybrid.configured, hybrid.agent, hybrid.partner, hybrid.download_domains, *_WARNINGS,
    owa.builds, owa.replies, owa.alike, owa.pages, owa.override, administrators.sign_in,
    way_out.reached, updates.updates, metadata.fresh, application.application_in_use,
    next_certificate.ready, server_oauth.works,
    active_sync.device_access, active_sync.client_certificates, protection.protected, skype.beside,
)  # fmt: skip


def _as_audit(inputs: Inputs) -> list[Finding]:
    """What the audit finds severe is judged after the switch too: "ready" means the same in both. What this playbook
    does not look at is no gap of it; what it could not read stops nothing here."""
    own = {*_ENABLE, *_STATE, certificates.on_servers, hybrid.agent, way_out.reached}
    judges = (*(speak for speak in _AUDIT if speak not in own), hybrid.agent_in_a_run, way_out.in_a_run)
    found = (item for speak in judges for item in speak(inputs))
    return [_said(inputs, item) for item in found if item.severity == "high"]


def _said(inputs: Inputs, finding: Finding) -> Finding:
    if finding.status != "not_checked":
        return finding
    if finding.id in _OF_MAILBOXES and inputs.identity is None and "identity" not in inputs.errors:
        left = "this playbook does not look at mailboxes; audit_hma does."
        return replace(finding, gate=False, status="not_applicable", message=left, fix="")
    return replace(finding, gate=False)


_OF_MAILBOXES: Final = frozenset(check.id for check in identity.CHECKS)

GATES: Final[Mapping[str, tuple[Judge, ...]]] = {
    "preflight": _PREFLIGHT,
    # Before names are registered, whatever else is true of the organization.
    "tenants": (
        tenants.identified,
        tenants.readable,
        tenants.writable,
        tenants.enabled,
        registering.holders,
        registering.of_one_server,
        names.urls_besides,
    ),
    "enable": _ENABLE,
    "verify": (*_ENABLE, *_STATE, _as_audit),
    # Before people sign in to Outlook on the web at Entra alone: HMA itself is proven, and nobody is locked out.
    "owa": (*_ENABLE, *_STATE, servers.coverage, certificates.certificate, *web_gate.JUDGES),
    "audit": _AUDIT,
    # Before step 2, where it is run by itself: which names there are to register, and where.
    "names": (hosts.distinct, tenants.distinct, unread.client_urls, names.unread_kinds),
    # No judgement: only which server is the one for organization-wide writes.
    "none": (),
}


def findings(gate: str, inputs: Inputs) -> list[Finding]:
    """What a gate finds. The gate ``hosts`` judges what the hosts of the inventory say of themselves, before anything
    else is read."""
    if gate == "hosts":
        return hosts.distinct(inputs)
    if inputs.read:
        return judge(gate, inputs)
    # Where nobody read the organization, what is wrong with the inventory may be why.
    return [
        *organization_unread(inputs.servers, inputs.errors.get("organization")),
        *(item for item in hosts.distinct(inputs) if item.blocks),
    ]


def judge(gate: str, inputs: Inputs) -> list[Finding]:
    return [finding for speak in GATES[gate] for finding in speak(inputs)]


def cured_by_the_switch(inputs: Inputs) -> list[Finding]:
    """What check mode adds where nothing is in the way of the switch: whom a policy leaves no way in until modern
    authentication is on has one when the run that is looked at has ended. Step 1 said that it is off."""
    early = hybrid.LEGACY_NOT_BLOCKED_EARLY
    return [
        early.predicted(item.object, PREDICTED, expected=item.expected, actual=item.actual)
        for item in hybrid.policies(inputs)
        if item.id == early.id and item.status == "fail"
    ]


ORGANIZATION_READ: Final = Check(
    "HMA-READ-001", "The organization was read", "high", "organization", gate=True,
    why="What was not read cannot be judged; a report that hides that is worse than none.",
    read="Organization read (View-Only Organization Management).",
    remedy="Make one Exchange server reachable, with an account that has the role.",
    source=NOT_STATED,
)  # fmt: skip


def organization_unread(hosts: Sequence[ServerEntry], reason: str | None = None) -> list[Finding]:
    """What can be said where no server gave the organization: why, host by host, and what the server that was asked
    for it said (``reason``). A run that judged nothing has not passed."""
    check, fix = (
        ORGANIZATION_READ,
        "Make one Exchange server reachable, with an account that has View-Only Organization Management.",
    )
    reasons = [check.failed(host.host, host.error, fix, server=host.host) for host in hosts if host.error]
    if not hosts:
        text = (
            "the inventory has no host in the group of the Exchange servers (exchange_servers, or what "
            "hma_servers_group names)."
        )
        return [check.failed("the organization", text, "Give the inventory with -i, as the README shows.")]
    if reason:
        reasons.append(check.failed("the organization", reason, f"{fix}{_another(hosts)}"))
    return reasons or [check.failed("the organization", "no server read it.", fix)]


def _another(hosts: Sequence[ServerEntry]) -> str:
    """The organization is read on one server: where that is the odd one of several, the others can be asked."""
    if sum(not item.error and not item.through for item in hosts) < 2:
        return ""
    return (
        " The first server of the inventory that answers is asked: where that is an odd one of several, put another "
        "one before it; where it is none that clients talk to, take its host out."
    )


CHECKS: Final = (ORGANIZATION_READ,)
