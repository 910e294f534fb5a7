# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The directories of a server: reading them, writing to them, and giving back what a write took with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import (
    THIS_SERVER,
    Cmdlet,
    CmdletResult,
    Unread,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.side_effects import give_back
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    KINDS,
    Directory,
    Kind,
    front_end,
    parse_directory,
)

from .errors import ExchangeError
from .failures import cmdlet_failure
from .shell import Shell
from .write import Writer

_LOOK: Final = "Look at the server's event log; nothing after it was enabled."
_URLS: Final = "Give the directory its URLs by hand: clients are sent to them."


@dataclass(frozen=True)
class Seen:
    """The directories of a server as one shell showed them, and the objects that they were read from. ``guard``: what
    else the writes rest on, each read with what it has to show."""

    directories: list[Directory]
    objects: Mapping[str, Mapping[str, Any]]
    controller: str | None
    server: str
    guard: tuple[Cmdlet, ...] = ()

    def again(self, plan: Plan) -> list[Cmdlet]:
        """The reads that a plan rests on, for the shell that writes: each has to show the same object again."""
        return [*self.guard, *(self._again(change) for change in plan.changes)]

    def _again(self, change: Change) -> Cmdlet:
        known = self.objects[change.target["guid"]]
        cmdlet = read_back(change)
        expected = {name: known[name] for name in cmdlet.returns if name in known}
        # What nobody could read cannot be compared, and decides nothing.
        return replace(cmdlet, expected={n: value for n, value in expected.items() if not isinstance(value, Unread)})


def known_directories(read: Mapping[str, Any], kinds: Sequence[Kind]) -> Seen | None:
    """What the run has read of the server already; None where that is not one directory of each kind."""
    found = [
        Directory.from_facts(item) for item in Properties({"directories": [], **read}, "read").children("directories")
    ]
    if not found or [item.kind for item in found] != [kind.key for kind in kinds]:
        return None
    return Seen(found, {}, None, Properties(read, "read").text("server"))


def read_directories(shell: Shell, host: str, kinds: Sequence[Kind], server: str | None) -> Seen:
    """One directory of each kind. What is wrong is said of all of them at once, before anything is written."""
    cmdlets = [kind.get(server or THIS_SERVER) for kind in kinds]
    answer = shell.run(cmdlets)
    found, objects, wrong = list[Directory](), dict[str, Mapping[str, Any]](), list[str]()
    for kind, cmdlet, result in zip(kinds, cmdlets, answer.results, strict=True):
        try:
            if result.errors:
                raise ExchangeError(cmdlet_failure(host, cmdlet, result.errors[0]))
            found.append(front_end(kind, result))
            seen = found[-1]
            objects[seen.guid] = next(item for item in result.objects if item.get("Identity") == seen.identity)
        except (Refused, ParseError) as exc:
            wrong.append(str(exc))
    if wrong:
        raise Refused(" ".join(wrong))
    return Seen(found, objects, answer.domain_controller, server or answer.host.fqdn)


def write_directories(writer: Writer, plan: Plan, seen: Seen) -> tuple[list[Directory], list[str], list[str]]:
    """The directories as they read back, what Exchange warned, and what had to be given back.

    Overtaken where one of them is not as it was seen; nothing is written then.
    """
    written = writer.write(plan, read_before=seen.again(plan), read_back=read_back)
    before = {item.guid: item for item in seen.directories}
    found = [parse_read_back(change, result) for change, result in zip(plan.changes, written.read_back, strict=True)]
    found, given_back = give_back_urls(writer, before, found)
    for change, item in zip(plan.changes, found, strict=True):
        # Another object than the one that was asked for has none of its properties.
        writer.check_read_back(change, item.settings if item.guid == change.target["guid"] else {}, _LOOK)
    now = {**before, **{item.guid: item for item in found}}
    return list(now.values()), written.warnings, given_back


def read_back(change: Change) -> Cmdlet:
    return KINDS[change.target["kind"]].get_one(change.target["guid"])


def parse_read_back(change: Change, result: CmdletResult) -> Directory:
    kind = KINDS[change.target["kind"]]
    return parse_directory(kind, result.only(f"Get-{kind.noun}"))


def give_back_urls(
    writer: Writer, before: Mapping[str, Directory], now: Sequence[Directory]
) -> tuple[list[Directory], list[str]]:
    """The directories with the URLs that they had before a write; each that had lost them is a note.

    ExchangeError where a directory does not take its URLs again.
    """
    known = {fold(guid): directory for guid, directory in before.items()}
    pairs = [(known[fold(item.guid)], item) for item in now if fold(item.guid) in known]
    changes = [change for was, item in pairs if (change := give_back(was, item))]
    if not changes:
        return list(now), []
    written = writer.write(Plan(tuple(changes)), read_back=read_back)
    given = {}
    for change, result in zip(changes, written.read_back, strict=True):
        found = parse_read_back(change, result)
        writer.check_read_back(change, {**found.settings, **found.urls}, _URLS)
        given[found.guid] = found
    notes = [
        f"{change.object}: Exchange changed its URLs with its methods; they were given back." for change in changes
    ]
    return [given.get(item.guid, item) for item in now], [*notes, *written.warnings]
