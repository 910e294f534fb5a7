# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The two tables that answer most questions: server x directory and client name x tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..base.by_name import ByName
from ..base.comparison import fold, folded
from ..base.order import natural
from ..checks.directories import OAUTH_ON
from ..checks.hosts import same_server
from ..checks.inputs import stands_for
from ..exchange.virtual_directories import KINDS
from .changes import ReportedChange
from .facts import CHALLENGE, DirectoryReading, KnownServer, Request, ServerReading, TenantReading
from .text import STATUSES, ReportFinding

STOPPED: Final = "This run did not read it."
_UNCOVERED: Final = "No host of the inventory stands for it."
_READY: Final = frozenset({"pass", "changed"})
# The words of a directory's cell, by what the check of the directories says.
_JUDGED: Final = {
    "pass": "OAuth", "fail": "no OAuth", "would_change": "would be set", "warn": "no OAuth",
    "not_applicable": "not applicable",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A status with the words for it, and what was read."""

    status: str
    text: str
    evidence: str = ""


@dataclass(frozen=True)
class ServerRow:
    """A server: a cell per kind of directory, and one for the answer to clients where it was asked."""

    host: str | None
    name: str
    fqdn: str
    label: str
    reason: str
    cells: Mapping[str, Cell]
    status: str
    challenge: Cell | None = None
    ready: bool = False
    # Nothing that was read of it is wrong, and some of it was not read.
    partly: bool = False
    asked: bool = True
    # The kinds of directory that the server was asked for and did not show.
    gaps: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """What findings and answers may call it by."""
        return folded(name for name in (self.host, self.name, self.fqdn) if name)


@dataclass(frozen=True)
class NameRow:
    """A client name: a cell per tenant."""

    name: str
    sources: tuple[str, ...]
    cells: Mapping[str, Cell]
    status: str


@dataclass(frozen=True)
class TenantRow:
    """A tenant, and why it was not read."""

    name: str
    ready: bool
    reason: str
    asked: bool = True


@dataclass(frozen=True)
class IgnoredName:
    """A host that was left out on purpose, with the reason that was given."""

    host: str
    reason: str


@dataclass(frozen=True)
class Counted:
    """How many of all are ready. ``partly``: nothing is wrong with these, and not all of them was read."""

    ready: int
    total: int
    partly: int = 0

    @property
    def right(self) -> int:
        return self.ready + self.partly


def worst(statuses: Iterable[str]) -> str:
    """The status that a whole row has; nothing at all is not checked."""
    return min(statuses, key=STATUSES.index, default="not_checked")


def server_rows(
    clients: Sequence[KnownServer],
    readings: Sequence[ServerReading],
    excluded: Mapping[str, str],
    requests: Sequence[Request],
    changes: Sequence[ReportedChange],
    findings: Sequence[ReportFinding],
) -> tuple[ServerRow, ...]:
    """A row per host that was to be read and per server that no host stands for, the worst first.

    A directory that was judged without being read itself, from Active Directory, say, shows that judgement. A server
    that any check failed is not ready, whatever its directories say.
    """
    said = ByName((reading.server or reading.host, reading) for reading in readings)
    hosts = {server: _host_of(said, server) for server in clients}
    known = {host: server for server, host in hosts.items() if host is not None}
    reasons = {fold(name): reason for name, reason in excluded.items()}
    written = _statuses(changes)
    rows = [_server_row(reading, known.get(reading.host), written.get(reading.host, {})) for reading in readings]
    rows += [
        _absent_row(server, reasons.get(fold(server.name)) or reasons.get(fold(server.fqdn)))
        for server, host in hosts.items()
        if host is None
    ]
    failing = folded(item.server for item in findings if item.server and _fails(item))
    own = ByName((item.server or "", item) for item in findings if item.id == OAUTH_ON.id)
    answers = ByName((str(item.server or item.host or ""), item) for item in requests)
    judged = [
        _judged(_with_findings(row, own.of(row.names)) if row.host else row, answers.of(row.names), failing)
        for row in rows
    ]
    return tuple(sorted(judged, key=lambda row: (STATUSES.index(row.status), natural(row.name))))


def _fails(finding: ReportFinding) -> bool:
    return finding.scope == "server" and finding.status == "fail"


def _with_findings(row: ServerRow, own: Sequence[ReportFinding]) -> ServerRow:
    """The row with what the check of the directories says of those that were not read on the server."""
    judged = {item.object.rpartition(" ")[2]: item for item in own}
    cells = {kind: cell if kind in row.gaps else _cell_of(judged.get(kind), cell) for kind, cell in row.cells.items()}
    return replace(row, cells=cells)


def _cell_of(finding: ReportFinding | None, cell: Cell) -> Cell:
    if finding is None or cell.status != "not_checked":
        return cell
    evidence = finding.actual or finding.message
    if finding.status not in _JUDGED:
        return replace(cell, evidence=finding.message or cell.evidence)
    return Cell(finding.status, _JUDGED[finding.status], evidence)


def counted_servers(rows: Iterable[ServerRow], *, asked_only: bool = False) -> Counted:
    """Servers are counted, not inventory names; one with two names is ready where both of its rows are.

    ``asked_only``: without those that a limit left out of the run.
    """
    ready: dict[str, bool] = {}
    partly: dict[str, bool] = {}
    alike: dict[str, list[str]] = {}
    for row in rows:
        if row.status == "not_applicable" or (asked_only and not row.asked):
            continue
        said = row.fqdn or row.name
        # Two names of one server begin alike.
        others = alike.setdefault(fold(said).split(".", 1)[0], [])
        name = next((known for known in others if same_server(known, said)), said)
        others.append(name)
        ready[name] = row.ready and ready.get(name, True)
        partly[name] = row.partly and partly.get(name, True)
    return Counted(sum(ready.values()), len(ready), sum(partly.values()))


def name_rows(readings: Sequence[TenantReading], changes: Sequence[ReportedChange]) -> tuple[NameRow, ...]:
    """A row per client name that any tenant is to have, the worst first; a cell per tenant."""
    sources: dict[str, tuple[str, ...]] = {}
    for reading in readings:
        for name, places in {
            **reading.sources,
            **{name: () for name in reading.wanted or () if name not in reading.sources},
        }.items():
            sources.setdefault(name, places)
    rows = []
    for name, places in sources.items():
        cells = {reading.host: _name_cell(name, reading, changes) for reading in readings}
        rows.append(NameRow(name, places, cells, worst(cell.status for cell in cells.values())))
    return tuple(sorted(rows, key=lambda row: (STATUSES.index(row.status), natural(row.name))))


def tenant_rows(
    readings: Sequence[TenantReading], names: Sequence[NameRow], findings: Sequence[ReportFinding]
) -> tuple[TenantRow, ...]:
    """A tenant is ready when every client name is registered there and no check of it fails; where nobody read the
    client names, that is not known."""
    failing = {item.tenant for item in findings if item.scope == "tenant" and item.status == "fail"}
    rows = []
    for reading in readings:
        read = reading.missing is not None and bool(names)
        ready = read and {row.cells[reading.host].status for row in names} <= _READY and reading.host not in failing
        rows.append(TenantRow(reading.host, ready, "" if read else reading.error or _why_not(reading), reading.asked))
    return tuple(rows)


def _why_not(reading: TenantReading) -> str:
    return STOPPED if reading.missing is None else "The client names were not read."


def ignored_names(readings: Sequence[TenantReading]) -> tuple[IgnoredName, ...]:
    """Hosts that were left out on purpose, once each."""
    found = {host: reason for reading in readings for host, reason in reading.ignored.items()}
    return tuple(IgnoredName(host, reason) for host, reason in sorted(found.items(), key=_host))


def _host(item: tuple[str, str]) -> tuple[tuple[int, str], ...]:
    return natural(item[0])


def _host_of(said: ByName[ServerReading], server: KnownServer) -> str | None:
    """The host of the inventory that stands for a server: by the full name, or by a bare one."""
    for reading in said.of((server.name, server.fqdn)):
        if stands_for(reading.server or reading.host, server.name, server.fqdn):
            return reading.host
    return None


def _statuses(changes: Sequence[ReportedChange]) -> dict[str, dict[str, str]]:
    """What became of each kind of directory, by host."""
    found: dict[str, dict[str, str]] = {}
    for change in changes:
        found.setdefault(change.host, {})[change.kind] = change.status
    return found


def _server_row(reading: ServerReading, known: KnownServer | None, statuses: Mapping[str, str]) -> ServerRow:
    kinds = [kind for kind in KINDS if kind in reading.directories or kind in reading.gaps] or KINDS
    cells = {kind: _kind_cell(kind, reading, statuses.get(kind)) for kind in kinds}
    fqdn = reading.server or (known.fqdn if known else "") or reading.host
    name, label = (known.name or fqdn, known.label) if known else (fqdn, "")
    return ServerRow(
        reading.host, name, fqdn, label, reading.error, cells, "not_checked",
        asked=reading.asked, gaps=frozenset(reading.gaps),
    )  # fmt: skip


def _absent_row(server: KnownServer, reason: str | None) -> ServerRow:
    status = "not_applicable" if reason else "not_checked"
    text = f"Left out: {reason}" if reason else _UNCOVERED
    cells = {kind: Cell(status, "left out" if reason else "not covered", text) for kind in KINDS}
    return ServerRow(None, server.name, server.fqdn, server.label, text, cells, status, asked=False)


def _judged(row: ServerRow, answers: Sequence[Request], failing: frozenset[str]) -> ServerRow:
    """The row with what clients were answered, its status, and whether the server is ready."""
    challenge = _challenge(answers)
    status = worst(cell.status for cell in (*row.cells.values(), *([challenge] if challenge else [])))
    statuses = {cell.status for cell in row.cells.values()}
    sound = not row.names & failing
    return replace(
        row,
        challenge=challenge,
        status=status,
        ready=status in _READY and sound,
        partly=status == "not_checked" and bool(statuses & _READY) and sound,
    )


def _kind_cell(kind: str, reading: ServerReading, status: str | None) -> Cell:
    if kind in reading.directories:
        return _directory_cell(reading.directories[kind], status)
    return Cell("not_checked", "not read", reading.gaps.get(kind) or reading.error or STOPPED)


def _directory_cell(directory: DirectoryReading, status: str | None) -> Cell:
    if status == "would_change":
        return Cell("would_change", "would be set", directory.evidence)
    if not directory.oauth:
        return Cell("fail", "no OAuth", directory.evidence)
    return (
        Cell("changed", "OAuth set", directory.evidence)
        if status == "changed"
        else Cell("pass", "OAuth", directory.evidence)
    )


def _name_cell(name: str, reading: TenantReading, changes: Sequence[ReportedChange]) -> Cell:
    if reading.missing is None or reading.wanted is None:
        return Cell("not_checked", "not read", reading.error or STOPPED)
    statuses = {change.status for change in changes if change.host == reading.host and fold(name) in change.added}
    lacks = fold(name) in reading.missing
    if "would_change" in statuses or (reading.predicted and lacks):
        return Cell("would_change", "would be added")
    if lacks:
        return Cell("fail", "missing")
    return Cell("changed", "added") if "changed" in statuses else Cell("pass", "registered")


def _challenge(found: Sequence[Request]) -> Cell | None:
    """What clients were answered by this very server; None where nobody asked it."""
    if not found:
        return None
    status = worst(CHALLENGE[item.state] for item in found)
    bad = [f"{item.protocol}: {item.reason}" for item in found if item.state != "proven"]
    text = {"pass": "as expected", "not_checked": "not proven"}.get(status, "not Bearer")
    return Cell(status, text, "; ".join(bad) or f"{len(found)} requests were answered as expected")
