# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. One name for each server wherever a report names it: the inventory, Exchange and DNS name it differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from ..base.comparison import fold
from .matrix import ServerRow


@dataclass(frozen=True)
class Names:
    """The name that is shown for every name that a server goes by, folded."""

    shown: Mapping[str, str]

    @classmethod
    def of(cls, rows: Sequence[ServerRow]) -> Names:
        """By Exchange's name; by the full name where two servers of the fleet have the same one."""
        servers = {fold(row.fqdn or row.name): fold(row.name) for row in rows}
        many = {name for name, number in Counter(servers.values()).items() if number > 1}
        return cls({name: shown for row in rows for name, shown in _shown(row, many)})

    def server(self, name: str) -> str:
        return self.shown.get(fold(name), name)

    def object(self, text: str) -> str:
        """An object that begins with its server: ``ex1.corp.test ews`` is ``EX1 ews``."""
        server, blank, rest = text.partition(" ")
        return f"{self.server(server)}{blank}{rest}"


def _shown(row: ServerRow, many: Set[str]) -> list[tuple[str, str]]:
    """Every name of the server with the one that is shown. A name that others have too means a host alone."""
    if fold(row.name) not in many:
        return [(name, row.name) for name in row.names]
    own = row.names - many | ({fold(row.host)} if row.host else set())
    return [(name, row.fqdn or row.name) for name in own]
