# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service principal names of Exchange Online in one tenant; see the module hma_spn for its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding, summary
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.holders import Holder
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Access
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import (
    ClientUrl,
    Names,
    asked_name,
    client_names,
    parse_client_urls,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Account
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._alive import refuse_orphan
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import RecordOptions, WritingResult
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.client import GraphClient
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.keys import thumbprints_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.registration import (
    TenantReading,
    Wanted,
    names_done,
    proven,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.tenant import Tenant


@dataclass(frozen=True, kw_only=True)
class Options(RecordOptions):
    """The tenant, which names it is to have, and what is done about it."""

    tenant: Tenant
    state: str
    mode: str
    names: Sequence[str]
    literal: bool
    client_urls: Sequence[ClientUrl]
    extra_names: Sequence[str]
    ignored: Sequence[Mapping[str, str]]
    read_domains: bool
    application_id: str | None
    handoff_dir: str
    verify_seconds: int
    prove_tokens: bool

    @classmethod
    def from_options(cls, given: Mapping[str, Any]) -> Self:
        """The tenant is an option of its own, or stands among the others."""
        read = {
            "tenant": Tenant.of({**given, **(given["tenant"] or {})}),
            "client_urls": parse_client_urls(given["client_urls"]),
        }
        return super().from_options({**given, **read})


@dataclass(frozen=True, kw_only=True)
class Registration(WritingResult):
    """The names of the tenant before and after, those it is to have, and what could not be read."""

    wanted: Sequence[str]
    names: Names
    before: Sequence[str]
    after: Sequence[str]
    missing: Sequence[str]
    script: str | None
    notes: Sequence[str]
    findings: Sequence[Finding]
    verified_domains: Sequence[str] | None
    application_certificates: Sequence[str] | None
    access: Access | None
    enabled: bool | None
    holders: Sequence[Holder]
    unread: Sequence[Mapping[str, str]]
    read: TenantReading


class ActionModule(HmaAction[Options]):
    """Read, plan, and (in mode apply, outside check mode) write once and read back."""

    module = "hma_spn"
    options = Options

    def apply(self, options: Options) -> Registration:
        tenant = options.tenant
        found = client_names(options.client_urls, options.extra_names, options.ignored)
        wanted = _wanted(options, found)
        client = GraphClient(tenant, before_request=refuse_orphan)
        domains, unread = _domains(client) if options.read_domains else (None, [])
        certificates, unknown = _certificates(client, options.application_id)
        read = TenantReading.of(client)
        done = names_done(client, wanted, lambda: self.record(options), predicting=self.predicting)
        done = proven(done, wanted, tenant)
        # Names that have no effect fail a run that only looks.
        fails = bool(done.unproven) and wanted.mode != "apply"
        return Registration(
            account=Account.of(done.changes, predicting=done.predicted),
            failed=fails,
            msg=summary(done.unproven) if fails else "",
            wanted=wanted.names,
            names=found,
            before=done.before,
            after=done.after,
            missing=done.missing,
            script=done.script,
            notes=done.notes,
            findings=done.findings,
            verified_domains=domains,
            application_certificates=certificates,
            access=done.access,
            enabled=done.enabled,
            holders=done.holders.found,
            unread=[*unread, *unknown, *({"what": "holders", "reason": reason} for reason in done.holders.unread)],
            read=read,
        )


def _wanted(options: Options, found: Names) -> Wanted:
    present = options.state == "present"
    asked = (asked_name(name, present=present, literal=options.literal) for name in options.names)
    return Wanted(
        names=list(dict.fromkeys([*found.wanted, *asked])),
        present=present,
        mode=options.mode,
        tenant_id=options.tenant.tenant_id,
        cloud=options.tenant.cloud,
        handoff_dir=options.handoff_dir,
        verify_seconds=options.verify_seconds,
        prove_tokens=options.prove_tokens,
    )


def _certificates(client: GraphClient, application_id: str | None) -> tuple[list[str] | None, list[dict[str, str]]]:
    """What the dedicated hybrid application knows, where there is one to be asked for, or why that is not known."""
    if not application_id:
        return None, []
    try:
        return thumbprints_of(client, application_id), []
    except GraphError as exc:
        return None, [{"what": "application_certificates", "reason": str(exc)}]


def _domains(client: GraphClient) -> tuple[list[str] | None, list[dict[str, str]]]:
    """The verified domains, or why they are not known: they take a permission that the names do not need."""
    try:
        return client.verified_domains(), []
    except GraphError as exc:
        return None, [{"what": "verified_domains", "reason": str(exc)}]
