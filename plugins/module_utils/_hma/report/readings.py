# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What of the facts of a run its report shows: of each host the last reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]


def readings(facts: Facts) -> dict[str, Any]:
    """The parts of the report that come from the facts of a run, as ``run_facts`` gives them."""
    audit = (facts.get("run") or {}).get("mode") == "audit"
    return {
        "findings": facts.get("findings") or [],
        "organization": facts.get("organization") or {},
        "servers_excluded": (facts.get("settings") or {}).get("hma_servers_excluded") or [],
        "probes": _probes(facts),
        "servers_read": {host: _server(results, audit) for host, results in (facts.get("servers") or {}).items()},
        "tenants_read": {host: _tenant(results, audit) for host, results in (facts.get("tenants") or {}).items()},
        "steps": facts.get("steps") or [],
    }


def _probes(facts: Facts) -> list[Any]:
    """What clients are offered before the run's changes says nothing of its end."""
    run = facts.get("run") or {}
    before = (run.get("playbook"), run.get("mode")) == ("enable_hma", "check")
    return [] if before else (facts.get("probe") or {}).get("probes") or []


def _server(results: Facts, audit: bool) -> Facts:
    if audit:
        return results.get("read") or results.get("identified") or {}
    read = (results.get(name) or {} for name in ("read", "written"))
    return next((result for result in read if "directories" in result), results.get("identified") or {})


def _tenant(results: Facts, audit: bool) -> Facts:
    if audit:
        return results.get("identified") or {}
    read = results.get("read") or {}
    return read if "missing" in read else results.get("written") or {}
