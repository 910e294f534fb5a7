# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Registered results of a run as entries to judge: one per expected host, whether it was read or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .comparison import fold

Results = Mapping[str, Mapping[str, Any]]


def servers(hosts: Sequence[str], read: Results, predicted: Results) -> list[dict[str, Any]]:
    """Nothing is taken from what survived: a host without a result has an error instead."""
    keys = ("read", "server", "directories", "certificates", "components", "unread")
    return [
        {
            "host": host,
            **{key: read.get(host, {}).get(key) for key in keys},
            "through": read.get(host, {}).get("through", False),
            "predicted": predicted.get(host, {}).get("directories"),
            "error": error_of(read.get(host)),
        }
        for host in hosts
    ]


def tenants(
    hosts: Sequence[str],
    declared: Mapping[str, Mapping[str, Any]],
    read: Results,
    predicted: Results,
    trusts: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """``declared`` is what the inventory says: ids, domains, clouds per host; ``trusts`` the AuthServers this run would make."""
    domains = {fold(str(item.get("realm"))): item.get("domain_names") or [] for item in trusts}
    entries = []
    for host in hosts:
        found, planned = read.get(host, {}), predicted.get(host, {})
        tenant_id = str(declared["ids"].get(host) or "")
        entries.append(
            {
                "host": host,
                "tenant_id": tenant_id,
                "tenant_domain": str(declared["domains"].get(host) or ""),
                "cloud": str(declared["clouds"].get(host) or "global"),
                "read": found.get("read"),
                "names": found.get("after"),
                "missing": found.get("missing"),
                "verified_domains": found.get("verified_domains"),
                "unread": found.get("unread"),
                "predicted": planned.get("after") if planned.get("predicted") else [],
                "predicted_domains": domains.get(fold(tenant_id), []),
                "error": error_of(read.get(host)),
            }
        )
    return entries


def error_of(read: Mapping[str, Any] | None) -> str | None:
    """Why a host was not read, or None where it was."""
    if not read:
        return "it was not read in this run."
    if read.get("unreachable") or read.get("failed") or read.get("msg"):
        return str(read.get("msg") or "unreachable")
    return None
