# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What was read, as the page shows it: of many servers, requests and names that say the same, one row names
each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .alike import together
from .facts import Request
from .matrix import Cell, NameRow, ServerRow
from .named import Names

# A table of so many client names is read line by line; of more, those that are alike stand in one.
_NAMES: Final = 100
_CHALLENGE: Final = "Challenge"
_NOT_READ: Final = "The run ended before it was read."


@dataclass(frozen=True)
class ReadRow:
    """What a directory says, and the servers on which it says so. ``kind`` is the empty text where none was read."""

    servers: tuple[str, ...]
    kind: str
    text: str


@dataclass(frozen=True)
class AnswerRow:
    """What clients were answered, by which servers, in which protocols. Where a name was asked without one server in
    mind, there is one server without a name."""

    target: str
    servers: tuple[str, ...]
    protocols: tuple[str, ...]
    state: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class RegisteredRow:
    """Client names with the same cell in each tenant. ``places`` are those of a name that stands by itself."""

    names: tuple[str, ...]
    places: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class SourceRow:
    """Client names, and the places they come from."""

    names: tuple[str, ...]
    sources: tuple[str, ...]


def read_rows(rows: Iterable[ServerRow], names: Names) -> tuple[ReadRow, ...]:
    found = [
        ReadRow((names.server(row.host or row.fqdn or row.name),), *read) for row in rows for read in _read_of(row)
    ]
    groups = together(found, lambda row: (row.kind, row.text))
    return tuple(replace(same[0], servers=tuple(name for row in same for name in row.servers)) for same in groups)


def _read_of(row: ServerRow) -> Iterator[tuple[str, str]]:
    """The kind of each directory with what it says, and the answer to clients."""
    if not row.cells:
        yield "", row.reason or _NOT_READ
    for kind, cell in row.cells.items():
        yield kind, cell.evidence or cell.text
    if row.challenge:
        yield _CHALLENGE, row.challenge.evidence


def answer_rows(requests: Iterable[Request], names: Names) -> tuple[AnswerRow, ...]:
    found = [_answer(item, names) for item in requests]
    alike = together(
        found, lambda row: (row.target, any(row.servers), row.protocols, row.state, row.verdict, row.reason)
    )
    many = [replace(same[0], servers=tuple(name for row in same for name in row.servers)) for same in alike]
    groups = together(many, lambda row: (row.target, row.servers, row.state, row.verdict, row.reason), many=1)
    return tuple(
        replace(same[0], protocols=tuple(dict.fromkeys(name for row in same for name in row.protocols)))
        for same in groups
    )


def _answer(item: Request, names: Names) -> AnswerRow:
    server = names.server(_text(item.server or item.host))
    target, protocol = _text(item.target or item.url), _text(item.protocol)
    return AnswerRow(target, (server,), (protocol,), item.state, _text(item.verdict) or "none", _text(item.reason))


def _text(value: object) -> str:
    return str(value or "")


def registered_rows(rows: Iterable[NameRow]) -> tuple[RegisteredRow, ...]:
    groups = together(rows, lambda row: tuple(row.cells.items()), many=_NAMES)
    return tuple(RegisteredRow(tuple(row.name for row in same), len(same[0].sources), same[0].cells) for same in groups)


def source_rows(rows: Iterable[NameRow]) -> tuple[SourceRow, ...]:
    groups = together(rows, lambda row: row.sources)
    return tuple(SourceRow(tuple(row.name for row in same), same[0].sources) for same in groups)
