# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as one document: everything a run found, from which HTML, JUnit and JSON are rendered.

Nothing here may fail for want of a value: a bad night has to leave a report. What is missing is not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from ..base.comparison import fold, folded
from ..base.printable import printable
from .changes import Problem, ReportedChange
from .facts import Facts, Organization, Request, Run
from .matrix import (
    Counted,
    IgnoredName,
    NameRow,
    ServerRow,
    TenantRow,
    counted_servers,
    ignored_names,
    name_rows,
    server_rows,
    tenant_rows,
)
from .text import STATUSES, Action, ReportFinding, actions

SCHEMA: Final = "hybrid.exchange/report"
SCHEMA_VERSION: Final = 1
CHANGES: Final = ("would_change", "changed", "rolled_back")
# What the matrices need of a change and the JSON does not have.
_INNER: Final = frozenset({"kind", "added"})


@dataclass(frozen=True)
class Origin:
    """What Ansible knows of a run: which version of the collection, on which inventory, and when the report was
    made."""

    tool_version: str
    inventory: tuple[str, ...]
    finished: str


@dataclass(frozen=True)
class RunHead:
    """The run that the report is of."""

    id: str
    started: str
    mode: str
    tool_version: str
    stopped: str
    finished: str
    inventory: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """The head of the report."""

    verdict: str
    servers: Counted
    tenants: Counted
    findings: Mapping[str, int]
    to_fix: int
    unchecked: int
    warnings: int
    changes: Mapping[str, int]
    sentence: str = ""


@dataclass(frozen=True)
class Document:
    """The whole report; its fields are the keys of the JSON (docs/schemas/report.schema.json)."""

    schema: str
    schema_version: int
    run: RunHead
    organization: Organization
    summary: Summary
    actions: tuple[Action, ...]
    servers: tuple[ServerRow, ...]
    tenants: tuple[TenantRow, ...]
    names: tuple[NameRow, ...]
    names_ignored: tuple[IgnoredName, ...]
    changes: tuple[ReportedChange, ...]
    problems: tuple[Problem, ...]
    findings: tuple[ReportFinding, ...]
    probes: tuple[Request, ...]
    facts: Mapping[str, object]

    def as_json(self) -> dict[str, Any]:
        """The document in built-in types, as it is written."""
        return {item.name: _json(getattr(self, item.name)) for item in fields(self)}


def document(facts: Facts, origin: Origin) -> Document:
    """The report of a run."""
    names = name_rows(facts.tenants, facts.changes)
    servers = server_rows(
        facts.clients, facts.servers, facts.excluded, facts.requests, facts.changes, folded(_failing(facts, "server"))
    )
    tenants = tenant_rows(facts.tenants, names, _failing(facts, "tenant"))
    to_do = actions(facts.findings)
    return Document(
        schema=SCHEMA,
        schema_version=SCHEMA_VERSION,
        run=_run(facts.run, origin),
        organization=facts.organization,
        summary=summary(facts, to_do, servers, tenants),
        actions=to_do,
        servers=servers,
        tenants=tenants,
        names=names,
        names_ignored=ignored_names(facts.tenants),
        changes=facts.changes,
        problems=facts.problems,
        findings=facts.findings,
        probes=facts.requests,
        facts=facts.material,
    )


def _run(run: Run, origin: Origin) -> RunHead:
    version, inventory = (
        str(printable(origin.tool_version)),
        tuple(str(printable(source)) for source in origin.inventory),
    )
    return RunHead(run.id, run.started, run.mode, version, run.stopped, origin.finished, inventory)


def _failing(facts: Facts, scope: str) -> frozenset[str]:
    """The servers, or the tenants, that a check failed."""
    names = (
        item.server if scope == "server" else item.tenant
        for item in facts.findings
        if item.scope == scope and item.status == "fail"
    )
    return frozenset(name for name in names if name)


def summary(
    facts: Facts, to_do: Iterable[Action], servers: tuple[ServerRow, ...], tenants: tuple[TenantRow, ...]
) -> Summary:
    """What the report comes to, in figures and in one sentence."""
    checks, changes = Counter(item.status for item in to_do), Counter(item.status for item in facts.changes)
    found = Summary(
        verdict=_verdict(facts, tuple(to_do), servers),
        servers=counted_servers(servers),
        tenants=Counted(sum(item.ready for item in tenants), len(tenants)),
        findings=_counts(STATUSES, (item.status for item in facts.findings)),
        to_fix=checks["fail"],
        unchecked=checks["not_checked"],
        warnings=checks["warn"],
        changes=_counts(CHANGES, changes.elements()),
    )
    return replace(found, sentence=_sentence(found, _unread(servers, tenants)))


def _counts(statuses: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counted = Counter(found)
    return {status: counted[status] for status in statuses}


def _verdict(facts: Facts, to_do: tuple[Action, ...], servers: tuple[ServerRow, ...]) -> str:
    if not facts.findings and all(row.status in ("not_checked", "not_applicable") for row in servers):
        return "unknown"
    stops = any(item.status == "fail" or (item.status == "not_checked" and item.gate) for item in to_do)
    if stops or facts.problems or facts.run.stopped:
        return "not_ready"
    if any(item.status == "would_change" for item in facts.changes):
        return "would_change"
    return "attention" if to_do else "ready"


def _unread(servers: Iterable[ServerRow], tenants: Iterable[TenantRow]) -> str:
    """What this run did not look at, or not at all of: such a one is not ready by this report, which does not mean that
    something is wrong."""
    hosts = {fold(row.fqdn or row.name) for row in servers if row.status == "not_checked"}
    counted = ((len(hosts), "server"), (sum(bool(row.reason) for row in tenants), "tenant"))
    unread = [_count(number, what) for number, what in counted if number]
    return f" (not checked, or not in full: {', '.join(unread)})" if unread else ""


def _sentence(found: Summary, unread: str) -> str:
    """The one line that has to be read."""
    if found.verdict == "unknown":
        return "Nothing could be judged: no check was made and no server was read."
    return " ".join([f"{_ready(found)}{unread}; {', '.join(_left_to_do(found))}.", *_changed(found.changes)])


def _ready(found: Summary) -> str:
    counted = ((found.servers, "server"), (found.tenants, "tenant"))
    ready = [f"{counts.ready} of {_count(counts.total, what)}" for counts, what in counted if counts.total]
    verb = "is" if len(ready) == 1 and ready[0].startswith("1 of") else "are"
    return f"{' and '.join(ready)} {verb} ready" if ready else "No server was to be read"


def _left_to_do(found: Summary) -> list[str]:
    nothing = "nothing to fix by hand" if found.changes["would_change"] else "nothing to fix"
    parts = [f"{_count(found.to_fix, 'fix', 'fixes')} to make" if found.to_fix else nothing]
    if found.unchecked:
        parts.append(f"{_count(found.unchecked, 'check')} could not be made")
    if found.warnings:
        parts.append(_count(found.warnings, "warning"))
    return parts


def _changed(changes: Mapping[str, int]) -> list[str]:
    sentences = {
        "would_change": "The run would make {}; nothing has been changed.",
        "changed": "This run made {}.",
        "rolled_back": "{} rolled back.",
    }
    return [
        sentence.format(_count(changes[status], "change")) for status, sentence in sentences.items() if changes[status]
    ]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _json(value: object) -> object:
    """Dataclasses as objects, tuples as lists, all the way down."""
    if is_dataclass(value):
        return {item.name: _json(getattr(value, item.name)) for item in fields(value) if item.name not in _INNER}
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, (list, tuple)) else value
