# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as one document: everything a run found, from which HTML, JUnit and JSON are rendered.

Nothing here may fail for want of a value: a bad night has to leave a report. What is missing is not checked.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from ..base.called import Called, how_of
from ..base.command import with_the_rest
from ..base.comparison import fold
from ..base.printable import printable
from .broken import problems, reason_of, to_mend
from .changes import Problem, ReportedChange
from .facts import Facts, Organization, Request, Run, latest
from .judged import of_step
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
from .verdict import PARTS, UNKNOWN, Purpose, purpose, verdict

SCHEMA: Final = "hybrid.exchange/report"
SCHEMA_VERSION: Final = 1
# How much of a reason is quoted in the sentence; the problems have all of it.
_REASON: Final = 200
CHANGES: Final = ("would_change", "changed", "rolled_back")
# What the matrices need of a change and the JSON does not have.
_INNER: Final = frozenset({"kind", "added", "asked", "gaps", "partly", "type", "properties"})


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
    playbook: str
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


def _with_the_rest(finding: ReportFinding, inventory: Sequence[str]) -> ReportFinding:
    """What a module on another host found has commands that name the inventory alone."""
    commands = (
        replace(item, text=with_the_rest(item.text, inventory)) if item.language == "shell" else item
        for item in finding.commands
    )
    return replace(finding, commands=tuple(commands))


def document(facts: Facts, origin: Origin) -> Document:
    """The report of a run."""
    run = _run(facts.run, origin)
    judged = [_with_the_rest(finding, run.inventory) for finding in facts.findings]
    found = latest([*judged, *of_step(facts, run.inventory)])
    broke = problems(facts.problems, found, run.stopped, facts.run.reason)
    names = name_rows(facts.tenants, facts.changes)
    servers = server_rows(facts.clients, facts.servers, facts.excluded, facts.requests, facts.changes, found)
    tenants = tenant_rows(facts.tenants, names, found)
    to_do = (*to_mend(broke, run.playbook, run.inventory, facts.run.again), *actions(found))
    return Document(
        schema=SCHEMA,
        schema_version=SCHEMA_VERSION,
        run=run,
        organization=facts.organization,
        summary=summary(Rows(servers, tenants), found, to_do, facts.changes, broke, run),
        actions=to_do,
        servers=servers,
        tenants=tenants,
        names=names,
        names_ignored=ignored_names(facts.tenants),
        changes=facts.changes,
        problems=broke,
        findings=found,
        probes=facts.requests,
        facts=facts.material,
    )


def _run(run: Run, origin: Origin) -> RunHead:
    version = str(printable(origin.tool_version))
    inventory = Called((str(printable(source)) for source in origin.inventory), how_of(origin.inventory))
    return RunHead(run.id, run.started, run.mode, version, run.playbook, run.stopped, origin.finished, inventory)


@dataclass(frozen=True)
class Rows:
    """The servers and tenants of a report, as far as its head counts them."""

    servers: tuple[ServerRow, ...]
    tenants: tuple[TenantRow, ...]

    @property
    def judged(self) -> bool:
        return any(row.status not in ("not_checked", "not_applicable") for row in self.servers)

    def counted(self, playbook: str) -> tuple[Counted, Counted]:
        """How many are ready: of a playbook that is a part of the work, among those that it was asked to work on."""
        part, wanted = playbook in PARTS, purpose(playbook)
        tenants = [row for row in self.tenants if row.asked or not part]
        servers = counted_servers(self.servers, asked_only=part) if wanted.servers else Counted(0, 0)
        ready = Counted(sum(row.ready for row in tenants), len(tenants)) if wanted.tenants else Counted(0, 0)
        return servers, ready


def summary(
    rows: Rows,
    findings: Sequence[ReportFinding],
    to_do: Sequence[Action],
    changes: Sequence[ReportedChange],
    broke: Sequence[Problem],
    run: RunHead,
) -> Summary:
    """What the report comes to, in figures and in one sentence."""
    checks = Counter(item.status for item in to_do)
    unasked = sum(item.unasked for item in to_do)
    servers, tenants = rows.counted(run.playbook)
    found = Summary(
        verdict=verdict(
            to_do, changes, judged=bool(findings) or rows.judged, broke=bool(broke), stopped=bool(run.stopped)
        ),
        servers=servers,
        tenants=tenants,
        findings=_counts(STATUSES, (item.status for item in findings)),
        to_fix=checks["fail"],
        unchecked=checks["not_checked"],
        warnings=checks["warn"],
        changes=_counts(CHANGES, (item.status for item in changes)),
    )
    return replace(found, sentence=_sentence(found, _unread(rows, purpose(run.playbook)), run, broke, unasked))


def _counts(statuses: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counted = Counter(found)
    return {status: counted[status] for status in statuses}


def _unread(rows: Rows, wanted: Purpose) -> str:
    """What this run did not look at, or not at all of: such a one is not ready by this report, which does not mean that
    something is wrong."""
    gaps = [row for row in rows.servers if row.status == "not_checked" and not row.partly]
    unread = {fold(row.fqdn or row.name) for row in gaps if row.asked}
    lost = {fold(row.fqdn or row.name) for row in gaps}
    hosts = lost if wanted.tenants else unread
    silent = sum(bool(row.reason) and (row.asked or wanted.servers) for row in rows.tenants)
    counted = ((len(hosts) if wanted.servers else 0, "server"), (silent if wanted.tenants else 0, "tenant"))
    parts = [_count(number, what) for number, what in counted if number]
    return f" (not checked: {', '.join(parts)})" if parts else ""


def _sentence(found: Summary, unread: str, run: RunHead, broke: Sequence[Problem], unasked: int) -> str:
    """The one line that has to be read."""
    begins = _broken_off(run, broke)
    if found.verdict == UNKNOWN:
        nothing = "Nothing could be judged: no check was made and no server was read."
        return " ".join([*begins, nothing, *_changed(found.changes)])
    left = ", ".join(_left_to_do(found, bool(run.stopped), unasked))
    counted = f"{_ready(found, purpose(run.playbook))}{unread}; {left}."
    return " ".join([*begins, counted, *_changed(found.changes)])


def _broken_off(run: RunHead, broke: Sequence[Problem]) -> list[str]:
    """What broke the run comes first."""
    begins = [f"It stopped at: {run.stopped}."] if run.stopped else []
    if not broke:
        return begins
    first, more = broke[0], len({item.host for item in broke[1:]} - {broke[0].host})
    others = f" (and {more} more)" if more else ""
    where = f"{first.host}{others}: " if first.host else ""
    reason = textwrap.shorten(reason_of(first), _REASON, placeholder="...")
    return [*begins, f"{where}{reason}{'' if reason.endswith('...') else '.'}"]


def _ready(found: Summary, wanted: Purpose) -> str:
    counted = ((found.servers, "server"), (found.tenants, "tenant"))
    ready = [f"{counts.right} of {_count(counts.total, what)}" for counts, what in counted if counts.total]
    verb = wanted.one if len(ready) == 1 and ready[0].startswith("1 of") else wanted.many
    partly = ", as far as they were read" if found.servers.partly else ""
    return f"{' and '.join(ready)} {verb}{partly}" if ready else "No server was to be read"


def _left_to_do(found: Summary, stopped: bool, unasked: int) -> list[str]:
    """A run that stopped at what could not be checked has something to fix, and says the number of those. ``unasked``
    are those of the unchecked that nobody asked for."""
    nothing = "nothing to fix by hand" if found.changes["would_change"] else "nothing to fix"
    parts = [f"{_count(found.to_fix, 'fix', 'fixes')} to make"] if found.to_fix else [nothing]
    if stopped and not found.to_fix and found.unchecked:
        parts = []
    if found.unchecked > unasked:
        parts.append(f"{_count(found.unchecked - unasked, 'check')} could not be made")
    if unasked:
        parts.append(f"{unasked if found.unchecked > unasked else _count(unasked, 'check')} left to a full audit")
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
