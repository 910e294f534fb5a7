# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The two tables that answer most questions: server x directory and client name x tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..base.comparison import fold
from ..base.printable import printable
from ..checks.hosts import same_server
from ..checks.inputs import stands_for
from ..checks.inventory import ServerEntry
from ..exchange.virtual_directories import KINDS
from .changes import error_of
from .text import STATUSES

Row = dict[str, Any]
STOPPED: Final = "The run ended before it was read."
_UNCOVERED: Final = "No host of the inventory stands for it."
# What an answer to the empty Bearer says of the question "are clients offered what they are to be offered?"
CHALLENGE: Final = {"proven": "pass", "refuted": "fail", "unproven": "not_checked"}


def worst(statuses: Iterable[str]) -> str:
    """The status that a whole row has; nothing at all is not checked."""
    return min(statuses, key=STATUSES.index, default="not_checked")


def server_rows(
    servers: Sequence[Mapping[str, Any]],
    servers_read: Mapping[str, Any],
    excluded: Sequence[Mapping[str, Any]],
    probes: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
) -> list[Row]:
    """A row per host that was to be read and per server that no host stands for, the worst first."""
    hosts = [ServerEntry(host, (read or {}).get("server") or host) for host, read in servers_read.items()]
    known = {host.host: server for server in servers if (host := _host_of(hosts, server))}
    rows = [_server_row(host, read or {}, known.get(host, {}), changes) for host, read in servers_read.items()]
    reasons = {fold(str(item.get("name"))): str(item.get("reason")) for item in excluded}
    for server in servers:
        if _host_of(hosts, server) is None:
            reason = reasons.get(fold(str(server.get("name")))) or reasons.get(fold(str(server.get("fqdn"))))
            rows.append(_absent_row(server, reason))
    for row in rows:
        row["challenge"] = _challenge(row, probes)
        cells = [*row["cells"].values(), *([row["challenge"]] if row["challenge"] else [])]
        row["status"] = worst(cell["status"] for cell in cells) if cells else row["status"]
    return sorted(rows, key=lambda row: (STATUSES.index(row["status"]), fold(row["name"])))


def _host_of(hosts: Sequence[ServerEntry], server: Mapping[str, Any]) -> ServerEntry | None:
    return next((host for host in hosts if stands_for(host.server, str(server["name"]), str(server["fqdn"]))), None)


def counted_servers(rows: Sequence[Row]) -> dict[str, int]:
    """Servers are counted, not inventory names; one with two names is ready where both of its rows are."""
    ready: dict[str, bool] = {}
    for row in rows:
        said = str(row["fqdn"] or row["name"])
        name = next((known for known in ready if same_server(known, said)), said)
        ready[name] = bool(row["ready"]) and ready.get(name, True)
    return {"ready": sum(ready.values()), "total": len(ready)}


def name_rows(tenants_read: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A row per client name that any tenant is to have, the worst first; a cell per tenant."""
    sources: dict[str, list[str]] = {}
    for read in tenants_read.values():
        for item in _mappings(((read or {}).get("names") or {}).get("wanted")):
            sources.setdefault(str(item.get("name")), [str(source) for source in item.get("sources") or []])
        for name in (read or {}).get("wanted") or []:
            sources.setdefault(str(name), [])
    rows = []
    for name, places in sources.items():
        cells = {host: _name_cell(name, host, read or {}, changes) for host, read in tenants_read.items()}
        rows.append({"name": name, "sources": places, "cells": cells, "status": worst(cell["status"] for cell in cells.values())})
    return sorted(rows, key=lambda row: (STATUSES.index(row["status"]), row["name"]))


def ignored_names(tenants_read: Mapping[str, Any]) -> list[dict[str, str]]:
    """Hosts that were left out on purpose, once each, with the reason that was given."""
    found = {}
    for read in tenants_read.values():
        for item in _mappings(((read or {}).get("names") or {}).get("ignored")):
            found[str(item.get("host"))] = str(item.get("reason"))
    return [{"host": host, "reason": reason} for host, reason in sorted(found.items())]


def cell(status: str, text: str, evidence: str = "") -> dict[str, str]:
    return {"status": status, "text": text, "evidence": evidence}


def _server_row(host: str, read: Mapping[str, Any], server: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Row:
    directories = {str(item.get("kind")): item for item in _mappings(read.get("directories"))}
    gaps = {str(item.get("what")): str(item.get("reason")) for item in _mappings(read.get("unread"))}
    error = None if directories or gaps else error_of(read)
    done = {str(item["object"]): str(item["status"]) for item in changes if item["host"] == host}
    cells = {}
    for kind in [kind for kind in KINDS if kind in directories or kind in gaps] or KINDS:
        if kind in directories:
            cells[kind] = _directory_cell(directories[kind], done)
        else:
            cells[kind] = cell("not_checked", "not read", gaps.get(kind) or error or STOPPED)
    fqdn = str(read.get("server") or server.get("fqdn") or host)
    name = str(server.get("name") or fqdn)
    return {"host": host, "name": name, "fqdn": fqdn, "label": str(server.get("label") or ""), "reason": error or "", "cells": cells, "status": "not_checked"}


def _absent_row(server: Mapping[str, Any], reason: str | None) -> Row:
    status = "not_applicable" if reason else "not_checked"
    text = f"Left out: {reason}" if reason else _UNCOVERED
    cells = {kind: cell(status, "left out" if reason else "not covered", text) for kind in KINDS}
    name, fqdn = str(server.get("name") or ""), str(server.get("fqdn") or "")
    return {"host": None, "name": name, "fqdn": fqdn, "label": str(server.get("label") or ""), "reason": text, "cells": cells, "status": status}


def _directory_cell(directory: Mapping[str, Any], done: Mapping[str, str]) -> dict[str, str]:
    identity = str(directory.get("identity") or "")
    settings = directory.get("settings") or {}
    evidence = "; ".join(f"{name}: {_listed(value)}" for name, value in settings.items())
    status = done.get(identity) or done.get(printable(identity))  # a diff is printed, so its header is printable
    if status == "would_change":
        return cell("would_change", "would be set", evidence)
    if not directory.get("oauth"):
        return cell("fail", "no OAuth", evidence)
    return cell("changed", "OAuth set", evidence) if status == "changed" else cell("pass", "OAuth", evidence)


def _name_cell(name: str, tenant: str, read: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    missing = read.get("missing")
    if missing is None or "wanted" not in read:
        return cell("not_checked", "not read", error_of(read) or STOPPED)
    done = {fold(line[2:]): str(item["status"]) for item in changes if item["host"] == tenant for line in str(item["command"]).splitlines()}
    status = done.get(fold(name))
    if status == "would_change" or (read.get("predicted") and name in missing):
        return cell("would_change", "would be added")
    if fold(name) in {fold(str(item)) for item in missing}:
        return cell("fail", "missing")
    return cell("changed", "added") if status == "changed" else cell("pass", "registered")


def _challenge(row: Mapping[str, Any], probes: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    """What clients were answered by this very server; None where nobody asked it."""
    mine = {fold(str(row[key])) for key in ("host", "name", "fqdn") if row[key]}
    found = [item for item in probes if fold(str(item["server"] or item["host"] or "")) in mine]
    if not found:
        return None
    status = worst(CHALLENGE[item["state"]] for item in found)
    bad = [f"{item['protocol']}: {item['reason']}" for item in found if item["state"] != "proven"]
    text = {"pass": "as expected", "not_checked": "not proven"}.get(status, "not Bearer")
    return cell(status, text, "; ".join(bad) or f"{len(found)} requests were answered as expected")


def _listed(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "(empty)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, (list, tuple)) else []
