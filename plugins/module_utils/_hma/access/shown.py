# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The answers as one table for a terminal, and as what there is to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ..base.printable import printable
from .answers import NO, NOT_ASKED, NOT_NEEDED, UNKNOWN, YES
from .needs import NEEDS
from .rows import INVENTORY, NAME, SERVER, TENANT, Row, hidden, objects_of

_WORDS: Final = {YES: "yes", NO: "NO", UNKNOWN: "?", NOT_ASKED: "-", NOT_NEEDED: "-"}
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    INVENTORY: ("variables", "hosts"),
    SERVER: ("name", "port", "sign-in", "PowerShell", "Exchange shell"),
    TENANT: ("token", "read", "write", "domains", "users"),
    NAME: ("name", "443"),
}
_HEADS: Final = {INVENTORY: "INVENTORY", SERVER: "SERVER", TENANT: "TENANT", NAME: "PUBLISHED NAME"}
_MAY_RUN: Final = "MAY RUN"


def table(rows: Sequence[Row]) -> list[str]:
    """One block for each kind of object, and below them why each no is one."""
    lines: list[str] = []
    for kind in _COLUMNS:
        if objects_of(rows, kind):
            lines += [*_block(rows, kind), ""]
    said = [row for row in joined(rows) if row.why and row.answer in (NO, UNKNOWN)]
    lines += [f"{row.object}, {row.question}: {_reason(row)}" for row in said]
    return [str(printable(line)) for line in lines]


def _reason(row: Row) -> str:
    optional = "" if row.required else " (not required)"
    return f"{_WORDS[row.answer]}{optional}. {row.why}{f' -> {row.fix}' if row.fix else ''}"


def _block(rows: Sequence[Row], kind: str) -> list[str]:
    cells = [[_HEADS[kind], *(column.upper() for column in _COLUMNS[kind]), *([_MAY_RUN] if kind == SERVER else [])]]
    for name in objects_of(rows, kind):
        own = {row.question: row for row in rows if (row.kind, row.object) == (kind, name)}
        line = [name, *(_cell(own.get(column)) for column in _COLUMNS[kind])]
        cells.append([*line, _may_run(own)] if kind == SERVER else line)
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _cell(row: Row | None) -> str:
    if row is None:
        return "-"
    if row.question == "PowerShell" and row.answer == YES:
        return row.why.partition(",")[0]
    return _WORDS[row.answer]


def _may_run(own: Mapping[str, Row]) -> str:
    asked = [own[name] for name in NEEDS if name in own and own[name].answer != NOT_NEEDED]
    if not asked:
        return "-"
    able = [row.question for row in asked if row.answer == YES]
    return "all" if len(able) == len(asked) else ", ".join(able) or ("?" if asked[0].answer == UNKNOWN else "none")


def joined(rows: Iterable[Row]) -> list[Row]:
    """The same, with all playbooks that an account may not run on a server in one row, behind the others: what cannot
    be reached comes first."""
    others, roles = [], dict[str, list[Row]]()
    for row in rows:
        if row.missing:
            roles.setdefault(row.object, []).append(row)
        else:
            others.append(row)
    return [*others, *map(_joined, roles.values())]


def _joined(rows: Sequence[Row]) -> Row:
    missing = tuple(dict.fromkeys(name for row in rows for name in row.missing))
    why = f"{', '.join(row.question for row in rows)} cannot be run: {hidden(missing)}"
    return replace(rows[0], question="roles", why=why, missing=missing)
