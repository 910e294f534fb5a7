# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The lists of the page: what is the same for many servers stands there once, and each server has one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..exchange.change import LISTS
from .alike import together
from .changes import Problem, ReportedChange
from .named import Names
from .text import Action, Affected, CommandText, Fix, ReportFinding

# So many lines of a list stand before and after its change.
_LISTED: Final = 24


@dataclass(frozen=True)
class CheckRow:
    """A check, with what it is for; its findings are counted by status."""

    number: int
    id: str
    title: str
    severity: str
    gate: bool
    why: str
    source: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Place:
    """An object that was judged, and the server or tenant that it is of."""

    object: str
    of: str


@dataclass(frozen=True)
class FindingRow:
    """A finding in the table of all, by which check, and of what: of many objects with the same finding."""

    finding: ReportFinding
    places: tuple[Place, ...]
    check: int


@dataclass(frozen=True)
class ChangeGroup:
    """One change, and every host that it is made on. ``boxes`` hold what is typed for all of them."""

    status: str
    object: str
    hosts: tuple[str, ...]
    before: str
    after: str
    lines: str
    boxes: tuple[CommandText, ...]
    count: int


@dataclass(frozen=True)
class ProblemGroup:
    """One message of one step, and every host that it came from."""

    step: str
    message: str
    uncertain: bool
    hosts: tuple[str, ...]


def check_rows(findings: Iterable[ReportFinding]) -> tuple[CheckRow, ...]:
    """In the order of the findings: the check with the worst of them first."""
    found: dict[tuple[str, ...], list[ReportFinding]] = {}
    for item in findings:
        found.setdefault(_check(item), []).append(item)
    return tuple(
        CheckRow(
            number, same[0].id, same[0].title, same[0].severity, same[0].gate, same[0].why, same[0].source,
            Counter(item.status for item in same),
        )
        for number, same in enumerate(found.values(), 1)
    )  # fmt: skip


def finding_rows(findings: Sequence[ReportFinding], names: Names) -> tuple[FindingRow, ...]:
    numbers: dict[tuple[str, ...], int] = {}
    for item in findings:
        numbers.setdefault(_check(item), len(numbers) + 1)
    groups = together(
        findings, lambda item: (numbers[_check(item)], item.status, item.message, item.expected, item.actual)
    )
    return tuple(_finding_row(same, names, numbers[_check(same[0])]) for same in groups)


def _finding_row(same: Sequence[ReportFinding], names: Names, check: int) -> FindingRow:
    return FindingRow(same[0], tuple(Place(names.object(item.object), _of(item, names)) for item in same), check)


def _check(finding: ReportFinding) -> tuple[str, ...]:
    return finding.id, finding.title, finding.severity, str(finding.gate), finding.why, finding.source


def _of(finding: ReportFinding, names: Names) -> str:
    return names.server(finding.server) if finding.server else finding.tenant or "organization"


def change_groups(changes: Iterable[ReportedChange], names: Names) -> tuple[ChangeGroup, ...]:
    """The same change of many hosts once, in the order of the first of them."""
    found: dict[tuple[str, ...], list[ReportedChange]] = {}
    for item in changes:
        found.setdefault((item.status, _bare(item, names), item.before, item.after), []).append(item)
    return tuple(_group(same, names) for same in found.values())


def _group(changes: Sequence[ReportedChange], names: Names) -> ChangeGroup:
    first = changes[0]
    object_ = first.object if len(changes) == 1 else _bare(first, names)
    return ChangeGroup(
        first.status, object_, tuple(dict.fromkeys(names.server(item.host) for item in changes)),
        _counted(first.before, first), _counted(first.after, first), "" if first.commands else first.command,
        boxes(command for item in changes for command in item.commands), len(changes),
    )  # fmt: skip


def _counted(text: str, change: ReportedChange) -> str:
    """A long list counts what it has: beside it stands what was added and taken away, and most of it is as it was."""
    number = len(text.splitlines())
    return text if change.type not in LISTS or number <= _LISTED else f"{number} in all; report.json has each."


def _bare(change: ReportedChange, names: Names) -> str:
    """The object without the server it is of: ``EX1\\mapi (Default Web Site)`` is the directory of that name."""
    server, slash, rest = change.object.partition("\\")
    return rest if slash and names.server(server) == names.server(change.host) else change.object


def problem_groups(problems: Iterable[Problem], names: Names) -> tuple[ProblemGroup, ...]:
    found: dict[tuple[str, str, bool], list[str]] = {}
    for item in problems:
        message = item.message.removeprefix(f"{item.host}: ") if item.host else item.message
        found.setdefault((item.step, message, item.uncertain), []).append(item.host)
    return tuple(
        ProblemGroup(*key, tuple(names.server(host) if host else "control node" for host in dict.fromkeys(hosts)))
        for key, hosts in found.items()
    )


def shown_actions(actions: Iterable[Action], names: Names) -> tuple[Action, ...]:
    """The actions with the one name of each server, and one box for all that is typed in one place."""
    return tuple(replace(item, fixes=tuple(_fix(fix, names) for fix in item.fixes)) for item in actions)


def _fix(fix: Fix, names: Names) -> Fix:
    objects = tuple(Affected(names.object(item.object), item.message) for item in fix.objects)
    return Fix(fix.fix, boxes(fix.commands), objects)


def boxes(commands: Iterable[CommandText]) -> tuple[CommandText, ...]:
    """What is typed in the same place, as one text: it is copied at once."""
    found: dict[str, list[str]] = {}
    for command in commands:
        found.setdefault(command.language, []).append(command.text)
    return tuple(CommandText(language, "\n".join(dict.fromkeys(texts))) for language, texts in found.items())


def reasons(fix: Fix, most: int) -> str:
    """Why the objects of a fix were not looked at: each reason once, and no more than a person reads."""
    found = list(dict.fromkeys(item.message for item in fix.objects))
    more = len(found) - most
    return " ".join(found[:most]) + (f" And {more} more like it." if more > 0 else "")


def places(rows: Iterable[FindingRow]) -> tuple[str, ...]:
    """The servers and tenants that findings are of, each once."""
    return tuple(dict.fromkeys(place.of for row in rows for place in row.places))
