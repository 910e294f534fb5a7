# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge what was read against the gates; see the module hma_assess for its options."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.enable import enable_gate, verify_gate
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.finding import Finding, summary
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.names import client_names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.preflight import default_of, name_checks, preflight, writer_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction, Options


class ActionModule(HmaAction):
    """Pure judgement: no connection is used."""

    module = "hma_assess"

    def apply(self, options: Options) -> dict[str, Any]:
        findings: list[Finding] = getattr(self, f"_{options['gate']}")(options)
        blocking = [item for item in findings if item.blocks]
        text = f"{len(findings)} checks, {len(blocking)} of them stop the run."
        default = default_of(_tenants(options), options["default_tenant"])
        return {
            "changed": False,
            "failed": bool(blocking),
            "msg": f"{text}\n{summary(findings)}" if blocking else text,
            "findings": [item.facts() for item in findings],
            "warnings": [f"{item.id} {item.object}: {item.message} {item.fix}" for item in findings if item.status == "warn"],
            "default_tenant_id": default["tenant_id"] if default else None,
            "writer": writer_of(options["organization"], _servers(options)),
        }

    def _preflight(self, options: Options) -> list[Finding]:
        organization = options["organization"]
        findings = preflight(
            organization,
            hosts=_servers(options),
            tenants=_tenants(options),
            excluded=options["servers_excluded"],
            default_tenant=options["default_tenant"],
            replace_default=options["replace_default_authserver"],
            now=datetime.now(UTC),
        )
        names = client_names(organization["client_urls"], options["spn_extra_names"], options["spn_ignored"])
        return findings + name_checks(organization, names)

    def _enable(self, options: Options) -> list[Finding]:
        return enable_gate(
            options["organization"],
            kinds=options["kinds"],
            servers=_servers(options),
            tenants=_tenants(options),
            excluded=options["servers_excluded"],
            default_tenant=options["default_tenant"],
            replace_default=options["replace_default_authserver"],
            narrowed=options["narrowed"],
        )

    def _none(self, options: Options) -> list[Finding]:
        """No judgement: only which server is the one for organization-wide writes."""
        return []

    def _verify(self, options: Options) -> list[Finding]:
        return self._enable(options) + verify_gate(options["organization"], _tenants(options), options["default_tenant"])


def _servers(options: Options) -> list[dict[str, Any]]:
    """One entry per expected host, whether it was read or not: nothing is taken from what survived."""
    return [
        {
            "host": host,
            "through": options["servers_read"].get(host, {}).get("through", False),
            "server": options["servers_read"].get(host, {}).get("server"),
            "directories": options["servers_read"].get(host, {}).get("directories"),
            "predicted": options["servers_predicted"].get(host, {}).get("directories"),
            "error": _error(options["servers_read"].get(host)),
        }
        for host in options["servers"]
    ]


def _tenants(options: Options) -> list[dict[str, Any]]:
    domains = {str(item.get("realm")).casefold(): item.get("domain_names") or [] for item in options["authservers_predicted"]}
    entries = []
    for host in options["tenants"]:
        read, planned = options["tenants_read"].get(host, {}), options["tenants_predicted"].get(host, {})
        tenant_id = str(options["tenant_ids"].get(host) or "")
        entries.append(
            {
                "host": host,
                "tenant_id": tenant_id,
                "tenant_domain": str(options["tenant_domains"].get(host) or ""),
                "cloud": str(options["tenant_clouds"].get(host) or "global"),
                "missing": read.get("missing"),
                "predicted": planned.get("after") if planned.get("predicted") else [],
                "predicted_domains": domains.get(tenant_id.casefold(), []),
                "error": _error(options["tenants_read"].get(host)) if options["gate"] != "preflight" else None,
            }
        )
    return entries


def _error(read: Mapping[str, Any] | None) -> str | None:
    """Why a host was not read, or None where it was."""
    if not read:
        return "it was not read in this run."
    if read.get("unreachable") or read.get("failed") or read.get("msg"):
        return str(read.get("msg") or "unreachable")
    return None
