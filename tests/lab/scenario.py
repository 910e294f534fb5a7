# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario files: what the simulated organizations and tenants look like. A key nobody reads is an error."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from .assumptions import unknown
from .latency import KEYS as TIMES
from .reply_urls import BUILT_IN as REPLY_URLS

FOLDER = Path(__file__).parent / "scenarios"
_KEYS = {
    "scenario": {"about", "connection", "organizations", "tenants", "vars", "hosts", "faults", "base", "changes",
                 "latency"},
    "organization": {
        "name", "domain", "domain_controllers", "replication_seconds", "users", "config", "servers", "auth_servers",
        "accepted_domains", "auth_certificate_days", "effect_seconds", "modern_auth_blocked", "balancer_certificate",
        "authentication_policies", "mailboxes", "connectors", "controllers_down_for",
        "next_certificate", "hybrid", "overrides", "partners", "relationships", "odd", "assumptions",
        "role_groups", "groups", "people", "distribution_groups", "next_certificate_on",
        "arbitration", "device_access", "oauth_test",
    },
    "server": {
        "name", "fqdn", "version", "inventory_name", "role", "site", "dc", "internal", "external", "scp", "directories",
        "power", "through", "ssl_offloading", "connection", "maintenance", "web", "proxy", "auth_certificate",
        "file_version", "events", "internet", "components",
    },
    "latency": set(TIMES),
    "tenant": {
        "id", "domain", "cloud", "inventory_name", "applications", "use", "spn_mode", "service_principals", "missing",
        "vars",
        "verified_domains", "domain_page", "domain_next", "users", "user_page", "user_next",
        "registrations", "deleted", "deleted_page", "object_page",
    },
}  # fmt: skip
APP = "00000002-0000-0ff1-ce00-000000000000"
# One real tenant's names (facts: field notes with real output).
BUILT_IN = [
    f"{APP}/outlook.office365.com", f"{APP}/mail.office365.com", f"{APP}/outlook.com", f"{APP}/*.outlook.com", APP,
    "https://ps.compliance.protection.outlook.com", "https://outlook-sdf.office.com/",
    "https://outlook-sdf.office365.com/",
    "https://outlook.office365.com:443/", "https://outlook.office.com/", "https://outlook.office365.com/",
    "https://outlook.com/", "https://ps.protection.outlook.com/", "https://outlook-tdf.office.com/",
    "https://outlook-tdf-2.office.com/", "https://ps.outlook.com", "https://outlook.office.com",
]  # fmt: skip


def load(name: str) -> dict[str, Any]:
    """A scenario by name or path, checked, with what it leaves out filled in."""
    path = Path(name) if name.endswith((".yml", ".yaml")) else FOLDER / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in FOLDER.glob("*.yml")))
        raise SystemExit(f"No scenario {name!r}. There are: {known}")
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "base" in found:
        changes = found.pop("changes", [])
        found = {**load(found.pop("base")), **found}
        for step in changes:
            change(found, step)
    return complete(found)


def complete(found: dict[str, Any]) -> dict[str, Any]:
    """Check the keys and fill in what every tenant has."""
    scenario = copy.deepcopy(found)
    _keys("scenario", scenario)
    _keys("latency", scenario.get("latency", {}))
    for organization in scenario["organizations"]:
        _keys("organization", organization)
        wrong = unknown(organization.get("assumptions", {}))
        if wrong:
            raise SystemExit(f"scenario: assumptions of {organization['name']}: {'; '.join(wrong)}")
        for server in organization["servers"]:
            _keys("server", server)
    for number, tenant in enumerate(scenario["tenants"]):
        _keys("tenant", tenant)
        _fill(tenant)
        # A name is in one tenant only; these are the mailboxes of an organization that names none.
        tenant.setdefault(
            "users", [{"upn": f"{name}@contoso.test"} for name in ("alice", "bob", "carol")] if number == 0 else []
        )
    return scenario


def _fill(tenant: dict[str, Any]) -> None:
    for principal in tenant["service_principals"]:
        principal.setdefault("reply_urls", list(REPLY_URLS) if principal["app_id"] == APP else [])
        if principal["app_id"] == APP and not principal.get("filled"):
            principal["names"] = [*principal.get("names", []), *BUILT_IN]
            principal["filled"] = True


def change(found: Any, step: dict[str, Any]) -> None:
    """One step: {at: [path], to: value}, or append: value, extend: values, keep: [indexes], remove: true."""
    *way, last = step["at"]
    for part in way:
        found = found[part] if isinstance(part, int) else found.setdefault(part, {})
    if "append" in step:
        found[last].append(step["append"])
    elif "extend" in step:
        found[last] = [*step["extend"], *found[last]]
    elif "keep" in step:
        found[last] = [found[last][index] for index in step["keep"]]
    elif "remove" in step:
        del found[last]
    else:
        found[last] = step["to"]


def _keys(what: str, found: dict[str, Any]) -> None:
    unknown = set(found) - _KEYS[what]
    if unknown:
        raise SystemExit(f"scenario: {what} has unknown keys: {', '.join(sorted(unknown))}")
