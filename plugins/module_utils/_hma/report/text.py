# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Findings in order of urgency, and as a table for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from ..base.order import natural
from ..base.printable import printable
from .alike import together

STATUSES: Final = ("fail", "not_checked", "warn", "would_change", "changed", "rolled_back", "not_applicable", "pass")
SEVERITIES: Final = ("high", "medium", "low", "info")
OPEN: Final = ("fail", "not_checked", "warn")
_SILENT: Final = frozenset({"pass", "not_applicable", "would_change"})
# A host of the inventory that needs no quotes, and is no pattern.
_LIMIT: Final = re.compile(r" --limit ([A-Za-z0-9][A-Za-z0-9._-]*)(?= |$)")
_HEAD: Final = ("STATUS", "CHECK", "OBJECT")


class Typed(Protocol):
    """Something that is typed."""

    @property
    def text(self) -> str: ...


class Judged(Protocol):
    """A finding, as far as a table shows it: of the checks, or of the report."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def object(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def fix(self) -> str: ...
    @property
    def commands(self) -> Sequence[Typed]: ...


_Finding = TypeVar("_Finding", bound=Judged)


@dataclass(frozen=True)
class CommandText:
    """What is typed, and where: powershell, shell or yaml."""

    language: str
    text: str


@dataclass(frozen=True)
class ReportFinding:
    """A finding as the report shows it; beside the statuses of a check it has *would change*."""

    id: str
    title: str
    severity: str
    gate: bool
    status: str
    object: str
    message: str
    expected: str | None
    actual: str | None
    why: str
    fix: str
    source: str
    scope: str
    server: str | None
    tenant: str | None
    doc: str
    commands: tuple[CommandText, ...]
    # Not checked for the one reason that the run was not asked to look.
    unasked: bool


@dataclass(frozen=True)
class Affected:
    """An object that a fix is for, and what is wrong with it."""

    object: str
    message: str


@dataclass(frozen=True)
class Fix:
    """What to do, what is typed for it, and for which objects."""

    fix: str
    commands: tuple[CommandText, ...]
    objects: tuple[Affected, ...]


@dataclass(frozen=True)
class Action:
    """What there is to do because of one check."""

    id: str
    title: str
    severity: str
    status: str
    gate: bool
    fixes: tuple[Fix, ...]
    # Not checked for the one reason that the run was not asked to look, whatever it is of.
    unasked: bool = False

    @property
    def stops(self) -> bool:
        """Whether it has to be done before modern authentication is called ready."""
        return self.status == "fail" or (self.gate and self.status == "not_checked")


def urgency(finding: Judged) -> tuple[int, int]:
    """The key that sorts the worst first; the order of the checks breaks ties. What nobody knows is taken for the
    worst."""
    return _place(STATUSES, finding.status), _place(SEVERITIES, finding.severity)


def _place(order: Sequence[str], value: str) -> int:
    return order.index(value) if value in order else -1


def ordered(findings: Iterable[_Finding]) -> list[_Finding]:
    """The worst first, check by check in the order they were made, the servers of a check as people count: an object
    begins with the server it is of, and keeps its place among those of that server."""
    found = sorted(findings, key=urgency)
    places: dict[tuple[tuple[int, int], str], int] = {}
    for item in found:
        places.setdefault((urgency(item), item.id), len(places))
    return sorted(found, key=lambda item: (places[urgency(item), item.id], natural(item.object.partition(" ")[0])))


def actions(findings: Iterable[ReportFinding]) -> tuple[Action, ...]:
    """What there is to do, the worst first: one entry per check, its fixes and their commands with the objects each is
    for."""
    checks: dict[tuple[str, str], list[ReportFinding]] = {}
    for item in findings:
        if item.status in OPEN:
            checks.setdefault((item.status, item.id), []).append(item)
    return tuple(_action(same) for same in checks.values())


def _action(findings: Sequence[ReportFinding]) -> Action:
    """Each fix once, with everything that is typed for it and all that it is for."""
    fixes: dict[str, list[ReportFinding]] = {}
    for item in findings:
        fixes.setdefault(item.fix, []).append(item)
    first = findings[0]
    found = tuple(
        Fix(
            fix,
            joined(command for item in same for command in item.commands),
            tuple(Affected(item.object, item.message) for item in same),
        )
        for fix, same in fixes.items()
    )
    unasked = all(item.unasked for item in findings)
    return Action(first.id, first.title, first.severity, first.status, first.gate, found, unasked)


def joined(commands: Iterable[CommandText]) -> tuple[CommandText, ...]:
    """Commands once each; playbooks that differ in the one host of their --limit become one, with all the hosts."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for command in commands:
        limit = _LIMIT.search(command.text) if command.language == "shell" else None
        before, after = (command.text[: limit.start(1)], command.text[limit.end(1) :]) if limit else (command.text, "")
        hosts = found.setdefault((command.language, before, after), [])
        if limit and limit[1] not in hosts:
            hosts.append(limit[1])
    return tuple(
        CommandText(language, f"{before}{','.join(sorted(hosts, key=natural))}{after}")
        for (language, before, after), hosts in found.items()
    )


def text_table(findings: Iterable[Judged], *, width: int = 120, everything: bool = False) -> str:
    """Findings as an administrator reads them in a terminal, the worst first: a line each, below it what is wrong and
    what to do.

    What is right is left out unless ``everything`` is asked for; the empty text means that nothing is wrong.
    """
    chosen = ordered(item for item in findings if everything or item.status not in _SILENT)
    if not chosen:
        return ""
    alike = _alike(chosen)
    heads = [(_word(same[0].status), _text(same[0].id)) for same in alike]
    columns = [max(len(row[place]) for row in (_HEAD, *heads)) for place in range(2)]
    lines = [_line(_HEAD, columns)]
    for head, same in zip(heads, alike, strict=True):
        first, *more = _objects(same, width - sum(columns) - 4)
        lines += [_line((*head, first), columns), *(_line(("", "", names), columns) for names in more)]
        lines += _below(same[0], columns[0] + 2, width)
    return "\n".join(lines)


def _alike(findings: Sequence[Judged]) -> list[list[Judged]]:
    """Findings that differ in nothing but their object together, where there are many; each by itself elsewhere."""
    return together(
        findings,
        lambda item: (item.status, item.id, item.message, item.fix, tuple(command.text for command in item.commands)),
    )


def _objects(findings: Sequence[Judged], room: int) -> list[str]:
    """The lines that name them all: where a role is used by itself, there is no report that would."""
    names = [" ".join(_text(item.object).split()) for item in findings]
    lines = [""]
    for name in (*(f"{name}," for name in names[:-1]), names[-1]):
        if lines[-1] and len(lines[-1]) + 1 + len(name) > room:
            lines.append("")
        lines[-1] += f" {name}" if lines[-1] else name
    return lines


def _below(finding: Judged, indent: int, width: int) -> list[str]:
    """What is wrong, what to do, and what is typed for it."""
    lines = _wrapped(_text(finding.message), indent=indent, width=width)
    if finding.status in _SILENT:
        return lines
    lines += _wrapped(f"Fix: {_text(finding.fix)}" if finding.fix else "", indent=indent, width=width)
    # A command stands on a line of its own, however long: it has to stay copyable.
    return lines + [" " * (indent + 2) + _text(command.text) for command in finding.commands]


def _text(value: str) -> str:
    return str(printable(value))


def _word(status: str) -> str:
    return status.replace("_", " ").upper()


def _line(row: Sequence[str], columns: Sequence[int]) -> str:
    return f"{row[0].ljust(columns[0])}  {row[1].ljust(columns[1])}  {row[2]}".rstrip()


def _wrapped(text: str, *, indent: int, width: int) -> list[str]:
    """Words are never broken: a name or an address has to stay copyable."""
    room = max(width - indent, 20)
    found = [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False)
    ]
    return [" " * indent + line for line in found]
