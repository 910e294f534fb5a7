# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trials of the module, over the lab's own organization in this process."""

from __future__ import annotations

from typing import Any, cast

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import KINDS
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.answers import TriedWrite
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.directories import read_directories
from ansible_collections.hybrid.exchange.plugins.plugin_utils._exchange.write import Writer
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record
from ansible_collections.hybrid.exchange.plugins.plugin_utils._recording.trying import try_writes

from tests.lab.exchange import Organization
from tests.unit.support.memory_shell import MemoryShell


class Kept:
    """A record in memory."""

    def __init__(self) -> None:
        self.intents: list[tuple[str, Any, Any]] = []

    def intent(
        self, name: str, _target: Any, _command: str, before: Any, after: Any, _beside: Any, **_more: Any
    ) -> str:
        self.intents.append((name, before, after))
        return str(len(self.intents))

    def outcome(self, *_given: Any) -> None:
        return None

    def refute(self, *_given: Any) -> None:
        return None


def tried(organization: Organization, server: str, kind: str, *, out_of_use: bool = True) -> list[TriedWrite]:
    """What is tried on one directory."""
    return tried_in(MemoryShell(organization, server), kind, out_of_use=out_of_use)


def tried_in(shell: MemoryShell, kind: str, *, out_of_use: bool = True) -> list[TriedWrite]:
    """The same in a shell that the caller has."""
    seen = read_directories(shell, shell.server, (KINDS[kind],), None)
    writer = Writer(shell, cast(Record, Kept()), shell.server, None)
    return try_writes(writer, seen, out_of_use=out_of_use)[0]
