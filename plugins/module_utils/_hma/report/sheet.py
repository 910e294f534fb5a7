# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The sheet for a change board: what a run would do, on two pages at most, with the numbers of the report."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..base.called import how_of
from ..base.command import playbook
from ..base.order import natural
from .document import Document
from .ending import sources
from .named import Names
from .page import head_of
from .parts import OTHER, PARTS, Part, part_of
from .text import Action

# What has room on two pages, whatever the size of the fleet; the report has all of it.
_NAMES: Final = 24
_LONGEST: Final = 60
_ACTIONS: Final = 6
_TEXT: Final = 200
# A longer command names what it leaves out: two pages are two pages.
_COMMAND: Final = 500
_MORE: Final = " (add every -e, --limit and option to sign in that this run was given: the report has them)"
_WRITING: Final = frozenset({"register_spns", "prepare_vdirs", "enable_hma", "enable_owa_hma"})
# The ways back in the order they are typed, each with what it is for.
_BACKS: Final = {
    "disable_owa_hma": "The way back of Outlook on the web, server by server",
    "disable_hma": "The way back on a bad night: two writes, and one server is enough",
    "restore_hma": "To undo the rest; RUN_ID stands on the last screen of the run that did it",
}


@dataclass(frozen=True)
class Row:
    """One kind of change: on how many objects, where, and what a board asks of it."""

    part: Part
    objects: int
    where: str
    felt: str


@dataclass(frozen=True)
class Typed:
    """A command of the sheet, and what for."""

    what: str
    command: str


@dataclass(frozen=True)
class Sheet:
    """What the template of the sheet needs."""

    document: Document
    organization: str
    status: str
    headline: str
    sentence: str
    rows: tuple[Row, ...]
    total: int
    in_the_way: tuple[str, ...]
    more_in_the_way: int
    commands: tuple[Typed, ...]


def has_sheet(document: Document) -> bool:
    """A sheet asks for what was not done yet: a playbook that writes has one in check mode, also where nothing is left
    to change."""
    checked = document.run.mode == "check"
    return checked and (document.run.playbook in _WRITING or bool(document.summary.changes["would_change"]))


def sheet(document: Document, records: str) -> Sheet:
    """``records`` is the folder that the record of the run will lie in."""
    stops = [action for action in document.actions if action.stops]
    rows = _rows(document)
    status, headline = head_of(document)
    return Sheet(
        document=document,
        organization=_short(document.organization.name, _LONGEST) or "organization not read",
        status=status,
        headline=_short(headline, _TEXT),
        sentence=_short(document.summary.sentence, 3 * _TEXT),
        rows=rows,
        total=sum(row.objects for row in rows),
        in_the_way=tuple(map(_said, stops[:_ACTIONS])),
        more_in_the_way=max(len(stops) - _ACTIONS, 0),
        commands=_commands(document, rows, records),
    )


def _rows(document: Document) -> tuple[Row, ...]:
    """In the order in which the parts are written."""
    names = Names.of(document.servers)
    hosts: dict[Part, list[str]] = {part: [] for part in (*PARTS, OTHER)}
    for change in document.changes:
        if change.status == "would_change":
            hosts[part_of(change)].append(names.server(change.host))
    on = bool(document.organization.modern_authentication)
    return tuple(
        Row(part, len(found), _where(part, found), part.felt_on if on else part.felt_off)
        for part, found in hosts.items()
        if found
    )


def _where(part: Part, hosts: Iterable[str]) -> str:
    """Each host once, as people count."""
    found = sorted(set(hosts), key=natural)
    shown = ", ".join(_short(name, _LONGEST) for name in found[:_NAMES])
    more = len(found) - _NAMES
    named = f"{shown} and {more} more" if more > 0 else shown
    return f"the organization, written on {named}" if part.wide else named


def _said(action: Action) -> str:
    """What is in the way, in a line: the check, how many objects, what to do."""
    objects = [item.object for fix in action.fixes for item in fix.objects]
    of = _short(objects[0], _LONGEST) if len(objects) == 1 else f"{len(objects)} objects"
    return _short(f"{action.id} {action.title} ({of}). {action.fixes[0].fix}", _TEXT)


def _commands(document: Document, rows: Sequence[Row], records: str) -> tuple[Typed, ...]:
    """What does it, what shows it again, and each way back that a row names."""
    name, inventory = document.run.playbook, document.run.inventory
    if not name:
        return ()
    backs = [(back, words) for back, words in _BACKS.items() if any(row.part.back == back for row in rows)]
    record = sources([f"{records.rstrip('/')}/RUN_ID"])
    return (
        _typed("To do it", name, inventory),
        _typed("To see it again, on the day", name, inventory, ("--check", "--diff")),
        *(_typed(words, back, inventory, record if back == "restore_hma" else ()) for back, words in backs),
    )


def _typed(what: str, name: str, inventory: Sequence[str], options: Sequence[str] = ()) -> Typed:
    """The command with all that the run was given; where that is very much, without it, which is said."""
    text = playbook(name, inventory, options=options).text
    if len(text) <= _COMMAND or not how_of(inventory).variables:
        return Typed(what, text)
    return Typed(f"{what}{_MORE}", playbook(name, tuple(inventory), options=options).text)


def _short(text: str, width: int) -> str:
    """A text that leaves room for the others, also where it is one long word."""
    line = textwrap.shorten(text, width, placeholder="...")
    return line if line != "..." else f"{text.strip()[: width - 3]}..."
