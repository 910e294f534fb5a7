# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what a fleet is run from, as one server shows its organization; see the module hma_discover for its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold, folded
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.comparing import (
    FleetChange,
    fleet_change,
    lines,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.fleet import Fleet
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import (
    INVENTORY,
    SignIn,
    files,
    lines_to_add,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ExchangeOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.info import Reading
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.asking import ask
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.folder import (
    known,
    place,
    public_variables,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.places import place_of, places
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.screen import screen_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._discovery.sign_in import sign_in_of
from ansible_collections.hybrid.exchange.plugins.plugin_utils._given import Templated
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.durability import will_not_outlive


@dataclass(frozen=True, kw_only=True)
class Options(ExchangeOptions):
    """Which folder, and as whom Exchange is asked."""

    dir: str


@dataclass(frozen=True, kw_only=True)
class Discovered(Result):
    """The fleet, the files, and what an inventory that was there already does not say, or says too much."""

    dir: str
    fleet: Fleet
    written: Sequence[str]
    kept: Sequence[str]
    drift: FleetChange | None
    to_add: Sequence[str]
    compared: Sequence[str]
    screen: Sequence[str]
    read: Reading
    warnings: Sequence[str] = ()


class ActionModule(HmaAction[Options]):
    """One shell, one connection to each port, and files that were not there."""

    module = "hma_discover"
    options = Options

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.given = task_vars or {}
        return super().run(tmp, task_vars)

    def apply(self, options: Options) -> Discovered:
        folder = local_path(options.dir)
        before = known(folder)
        asked = ask(self.shell(options), status=True)
        fleet, sign_in = self._reached(asked.fleet, asked.alive, options)
        placed = place(folder, files(fleet, sign_in, public_variables()), predicting=self.predicting)
        found = None if before is None else fleet_change(before, fleet)
        return Discovered(
            changed=bool(placed.written),
            dir=str(folder),
            fleet=fleet,
            written=placed.written,
            kept=placed.kept,
            drift=found,
            to_add=[] if found is None else lines_to_add(fleet, sign_in, found.new_servers, found.new_tenants),
            compared=_compared(folder, fleet, found),
            screen=screen_of(folder, fleet, placed, found, predicting=self.predicting),
            read=Reading.of(self.host, asked.answer),
            warnings=_lost_with_the_job(folder) if placed.written else [],
        )

    def _reached(self, fleet: Fleet, alive: frozenset[str] | None, options: Options) -> tuple[Fleet, SignIn]:
        """How each server is reached: by its own name at the port of the one that was asked, or through that one."""
        _host, port = place_of(self._connection)
        found = places({server.fqdn: (server.fqdn, port) for server in fleet.servers})
        answering = {fqdn for fqdn, place in found.items() if place.answers}
        variables = Templated(self.given, self._templar)
        sign_in = sign_in_of(self._connection, variables, options.exchange_user, by_its_name=fleet.reader in answering)
        return fleet.reached(answering, alive), sign_in


def _lost_with_the_job(folder: Path) -> list[str]:
    """In a container the folder is written, shown, and gone with the job."""
    reason = will_not_outlive(folder)
    text = f"The folder {folder} lies {reason}: it will be deleted when the job is over."
    return [f"{text} Set hma_discover_dir to a mounted folder."] if reason else []


def _compared(folder: Path, fleet: Fleet, found: FleetChange | None) -> list[str]:
    """Two lists of names as a diff; none where there was no inventory, or where it is as the organization is.

    It is no ``diff`` of the result: Ansible shows one only where something was changed, and nothing is.
    """
    if found is None or not found.found:
        return []
    servers, tenants = [server.fqdn for server in fleet.servers], [item.host for item in fleet.tenants if item.domain]
    new = folded((*found.new_servers, *found.new_tenants))
    before = [
        [name for name in names if fold(name) not in new] + list(less)
        for names, less in ((servers, found.gone_servers), (tenants, found.gone_tenants))
    ]
    names = (f"{folder}/{INVENTORY}", f"the organization, as {fleet.reader} shows it")
    changed = unified_diff(lines(*before), lines(servers, tenants), *names, n=0, lineterm="")
    return [line for line in changed if not line.startswith("@@")]
