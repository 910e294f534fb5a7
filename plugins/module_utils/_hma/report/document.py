# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as one document: everything a run found, from which HTML, JUnit and JSON are rendered.

Nothing here may fail for want of a value: a bad night has to leave a report. What is missing is not checked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..base.command import written as commands_of
from ..base.comparison import fold
from ..base.printable import printable
from .changes import changes_of, error_of, problems_of
from .matrix import CHALLENGE, STOPPED, counted_servers, ignored_names, name_rows, server_rows
from .text import STATUSES, actions, text_table, urgency

__all__ = ["SCHEMA", "SCHEMA_VERSION", "document", "latest", "text_table"]

SCHEMA: Final = "hybrid.exchange/report"
SCHEMA_VERSION: Final = 1
_TEXTS: Final = ("id", "title", "object", "message", "why", "fix", "source", "doc")
_READY: Final = frozenset({"pass", "changed"})
_PROBE: Final = (
    "target", "address", "host", "server", "protocol", "url", "identity", "verdict", "reason",
    "authorization_uri", "trusted_issuers", "issuer_kind", "status", "elapsed_ms",
)  # fmt: skip
_FACTS: Final = frozenset(
    {
        "read",
        "server",
        "through",
        "directories",
        "unread",
        "wanted",
        "missing",
        "before",
        "after",
        "names",
        "predicted",
        "notes",
        "msg",
        "unreachable",
        "failed",
    }
)


def document(
    *,
    findings: Sequence[Mapping[str, Any]],
    organization: Mapping[str, Any],
    servers_read: Mapping[str, Any],
    tenants_read: Mapping[str, Any],
    run: Mapping[str, Any],
    finished: str,
    servers_excluded: Sequence[Mapping[str, Any]] = (),
    probes: Sequence[Mapping[str, Any]] = (),
    changes: Sequence[Mapping[str, Any]] = (),
    steps: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The whole report, as JSON holds it (docs/schemas/report.schema.json), every text of it printable."""
    judged = sorted((_finding(item) for item in latest(findings)), key=urgency)
    done = [*(_change(item) for item in changes), *changes_of(steps)]
    asked = [_probe(item) for entry in probes for item in entry.get("probes", [entry])]
    clients = [item for item in organization.get("servers") or [] if item.get("client_access", True) and not item.get("edge")]
    servers = server_rows(clients, servers_read, servers_excluded, asked, done)
    _blame(servers, judged)
    names = name_rows(tenants_read, done)
    problems = problems_of(steps)
    written: dict[str, Any] = printable(
        {
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "run": _run(run, finished),
            "organization": _organization(organization),
            "actions": actions(judged),
            "servers": servers,
            "tenants": _tenants(tenants_read, names, judged),
            "names": names,
            "names_ignored": ignored_names(tenants_read),
            "changes": done,
            "problems": problems,
            "findings": judged,
            "probes": asked,
            "facts": {"organization": organization, "servers": _facts(servers_read), "tenants": _facts(tenants_read)},
        }
    )
    return {**written, "summary": _summary(written)}


def _run(run: Mapping[str, Any], finished: str) -> dict[str, Any]:
    texts = {key: str(run.get(key) or "") for key in ("id", "started", "mode", "tool_version", "stopped")}
    return {**texts, "finished": finished, "inventory": [str(source) for source in run.get("inventory") or []]}


def latest(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A check that several steps made of one object counts as the last one found it."""
    return list({(str(item.get("id")), str(item.get("object"))): item for item in findings}.values())


def _finding(found: Mapping[str, Any]) -> dict[str, Any]:
    gate = bool(found.get("gate", False))
    status = str(found.get("status"))
    if status not in STATUSES:
        status = "not_checked"
    if status == "pass" and found.get("predicted"):
        status = "would_change"
    scope = str(found.get("scope") or "organization")
    return {
        **{key: str(found.get(key) or "") for key in _TEXTS},
        "commands": commands_of(found.get("commands")),
        "severity": str(found.get("severity") or ("high" if gate else "medium")),
        "gate": gate,
        "status": status,
        "expected": _text(found.get("expected")),
        "actual": _text(found.get("actual")),
        "scope": scope if scope in ("server", "tenant") else "organization",
        "server": _text(found.get("server")),
        "tenant": _text(found.get("tenant")),
    }


def _probe(found: Mapping[str, Any]) -> dict[str, Any]:
    state = str(found.get("state"))
    return {**{key: found.get(key) for key in _PROBE}, "state": state if state in CHALLENGE else "unproven"}


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    return json.dumps(value, ensure_ascii=False, default=str)


def _change(found: Mapping[str, Any]) -> dict[str, Any]:
    status = str(found.get("status") or "changed").replace(" ", "_")
    texts = {key: str(found.get(key) or "") for key in ("host", "object", "command", "before", "after")}
    return {**texts, "commands": commands_of(found.get("commands")), "status": status if status in ("would_change", "changed", "rolled_back") else "changed"}


def _organization(organization: Mapping[str, Any]) -> dict[str, Any]:
    config = organization.get("config")
    on = config.get("oauth2_client_profile_enabled") if isinstance(config, Mapping) else None
    endpoints = [str(item.get("name")) for item in organization.get("auth_servers") or [] if item.get("default")]
    return {
        "name": str(organization.get("name") or ""),
        "guid": str(organization.get("guid") or ""),
        "modern_authentication": on if isinstance(on, bool) else None,
        "default_endpoints": endpoints,
    }


def _blame(servers: Sequence[dict[str, Any]], findings: Sequence[Mapping[str, Any]]) -> None:
    """A server is not ready while a check of it fails, whatever its directories say."""
    failing = {fold(str(printable(item["server"]))) for item in findings if item["scope"] == "server" and item["status"] == "fail"}
    for row in servers:
        # A finding is printable already, the name that was read is not.
        own = {fold(str(printable(row[key]))) for key in ("host", "name", "fqdn") if row[key]}
        row["ready"] = row["status"] in _READY and not own & failing


def _tenants(tenants_read: Mapping[str, Any], names: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A tenant is ready when every client name is registered there and no check of it fails."""
    failing = {printable(item["tenant"]) for item in findings if item["scope"] == "tenant" and item["status"] == "fail"}
    found = []
    for host, read in tenants_read.items():
        states = {row["cells"][host]["status"] for row in names}
        known = bool(read) and read.get("missing") is not None
        found.append(
            {"name": host, "ready": bool(known and states <= _READY and printable(host) not in failing), "reason": "" if known else error_of(read) or STOPPED}
        )
    return found


def _facts(read: Mapping[str, Any]) -> dict[str, Any]:
    """What each host answered, without what Ansible adds to a result."""
    return {host: {key: value for key, value in (result or {}).items() if key in _FACTS} for host, result in read.items()}


def _summary(written: Mapping[str, Any]) -> dict[str, Any]:
    counted = [row for row in written["servers"] if row["status"] != "not_applicable"]
    actions = Counter(item["status"] for item in written["actions"])
    changes = Counter(item["status"] for item in written["changes"])
    found = {
        "verdict": _verdict(written, actions, changes),
        "servers": counted_servers(counted),
        "tenants": {"ready": sum(item["ready"] for item in written["tenants"]), "total": len(written["tenants"])},
        "findings": {status: sum(item["status"] == status for item in written["findings"]) for status in STATUSES},
        "to_fix": actions["fail"],
        "unchecked": actions["not_checked"],
        "warnings": actions["warn"],
        "changes": {status: changes[status] for status in ("would_change", "changed", "rolled_back")},
    }
    return {**found, "sentence": _sentence(found, written)}


def _verdict(written: Mapping[str, Any], actions: Counter[str], changes: Counter[str]) -> str:
    if not written["findings"] and all(row["status"] in ("not_checked", "not_applicable") for row in written["servers"]):
        return "unknown"
    stops = any(item["status"] == "not_checked" and item["gate"] for item in written["actions"])
    if actions["fail"] or stops or written["problems"] or written["run"]["stopped"]:
        return "not_ready"
    if changes["would_change"]:
        return "would_change"
    return "attention" if actions["warn"] or actions["not_checked"] else "ready"


def _sentence(found: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    """The one line that has to be read."""
    if found["verdict"] == "unknown":
        return "Nothing could be judged: no check was made and no server was read."
    ready = [f"{found[what]['ready']} of {_count(found[what]['total'], what[:-1])}" for what in ("servers", "tenants") if found[what]["total"]]
    verb = "is" if len(ready) == 1 and ready[0].startswith("1 of") else "are"
    text = f"{' and '.join(ready)} {verb} ready" if ready else "No server was to be read"
    parts = [
        f"{_count(found['to_fix'], 'fix', 'fixes')} to make"
        if found["to_fix"]
        else "nothing to fix by hand"
        if found["changes"]["would_change"]
        else "nothing to fix"
    ]
    if found["unchecked"]:
        parts.append(f"{_count(found['unchecked'], 'check')} could not be made")
    if found["warnings"]:
        parts.append(_count(found["warnings"], "warning"))
    text = f"{text}; {', '.join(parts)}."
    if found["changes"]["would_change"]:
        text += f" The run would make {_count(found['changes']['would_change'], 'change')}; nothing has been changed."
    if found["changes"]["changed"]:
        text += f" This run made {_count(found['changes']['changed'], 'change')}."
    if found["changes"]["rolled_back"]:
        text += f" {_count(found['changes']['rolled_back'], 'change')} rolled back."
    return text


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
