# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Directories are taken back in one shell, whose last look says whether that was still right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange import orgconfig
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import Change, Plan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import Kind
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record.restoration import differing_properties, reversed_change, takes_away

from .._record.writer import Record
from .errors import ExchangeError
from .shell import Shell
from .write import write_plan

Kinds = Mapping[str, Kind]


def write_directories(shell: Shell, changes: Sequence[Change], kinds: Kinds, record: Record, *, host: str, domain_controller: str | None) -> None:
    """Write and read back. Exchange writes nothing on a condition, so what was taken away while somebody switched on is given back."""

    def read_back(change: Change) -> Cmdlet:
        guid = str(change.target["guid"])
        return kinds[guid].get_one(guid)

    written = write_plan(
        shell, Plan(tuple(changes)), record,
        host=host, read_back=read_back, read_after=[orgconfig.READ], domain_controller=domain_controller,
    )  # fmt: skip
    *directories, config = written.read_back
    taken = [change for change in changes if takes_away(change)]
    if taken and orgconfig.parse_organization_config(config.only(orgconfig.READ.name)).may_be_on:
        back = Plan(tuple(reversed_change(change) for change in taken))
        write_plan(shell, back, record, host=host, read_back=read_back, domain_controller=domain_controller)
        raise ExchangeError(
            f"{host}: modern authentication was switched on while OAuth was being taken from {', '.join(change.object for change in taken)}; "
            "it was given back. Find out who switched on; run disable_hma before this again."
        )
    check_read_back(host, changes, by_guid(item.only("the read-back") for item in directories))


def by_guid(objects: Iterable[Properties]) -> dict[str, Properties]:
    """Objects of a read-back by their GUID; one without a GUID is nobody's."""
    return {fold(properties.label("Guid", "")): properties for properties in objects}


def check_read_back(host: str, changes: Sequence[Change], now: Mapping[str, Properties]) -> None:
    """ExchangeError for the first object that is not as it was written; ``now`` holds the objects by GUID."""
    for change in changes:
        wrong = differing_properties(change, now)
        if wrong:
            text = f"{change.cmdlet.typed()} was accepted, but {', '.join(wrong)} did not read back as written. Run this again."
            raise ExchangeError(f"{host}: {text}")
