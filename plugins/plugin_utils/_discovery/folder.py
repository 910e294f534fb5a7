# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The folder of a fleet: files that are not there are written, those that are there stay as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ansible.errors import AnsibleError
from ansible.inventory.helpers import get_group_vars
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.comparing import Known
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.discovery.layout import (
    INVENTORY,
    SERVERS_GROUP,
    TENANTS_GROUP,
    Variable,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC

from .._files import new_file

_VARIABLES: Final = Path(__file__).with_name("variables.yml")
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


@dataclass(frozen=True)
class Placed:
    """Which files are new in the folder, and which were there already."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def public_variables() -> list[Variable]:
    """Every public variable; tests hold the file against docs/variables.yml."""
    rows = yaml.safe_load(_VARIABLES.read_text(encoding="utf-8"))["variables"]
    return [Variable(scope=PUBLIC[row["name"]].scope, **row) for row in rows]


def place(folder: Path, files: Mapping[str, str], *, predicting: bool) -> Placed:
    """Write what is not there. Refused says which file or folder could not be made.

    A link is there, too, where what it leads to is not: its file may lie on a share that is not mounted now.
    """
    missing = {name: text for name, text in files.items() if not os.path.lexists(folder / name)}
    try:
        for name, text in missing.items() if not predicting else ():
            path = folder / name
            path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            new_file(path, text.encode("utf-8"), _FILE_MODE)
    except OSError as exc:
        raise Refused(
            f"{exc.filename or folder} cannot be written: {exc.strerror}. Give another folder: -e hma_discover_dir=..."
        ) from None
    return Placed(tuple(missing), tuple(name for name in files if name not in missing))


def known(folder: Path) -> Known | None:
    """What the folder's inventory has, in groups of its own too; None where there is none. Refused where it is no
    inventory that can be read. No value is made of its template or vault."""
    path = folder / INVENTORY
    if not os.path.lexists(path):
        return None
    manager = InventoryManager(loader=DataLoader(), sources=None, parse=False)
    try:
        read = manager.parse_source(str(path))
    except (AnsibleError, OSError) as exc:
        raise Refused(_unreadable(path, f" ({' '.join(str(exc).split())[:200]})")) from None
    if not read:
        raise Refused(_unreadable(path, ""))
    manager.reconcile_inventory()
    servers = _hosts(manager, SERVERS_GROUP)
    tenants = {name: str(own.get("hma_tenant_id")) for name, own in _hosts(manager, TENANTS_GROUP).items()}
    others = {name: own for name, own in _hosts(manager, "all").items() if name not in {*servers, *tenants}}
    return Known(
        servers=tuple(sorted(_server(*item) for item in servers.items())),
        tenants=tenants,
        elsewhere=tuple(sorted(_server(*item) for item in others.items())),
        tenants_elsewhere=tuple(str(own["hma_tenant_id"]) for own in others.values() if own.get("hma_tenant_id")),
    )


def _unreadable(path: Path, reason: str) -> str:
    return f"{path} is no inventory that can be read{reason}. Mend it, or discover into another folder."


def _hosts(manager: Any, group: str) -> dict[str, Mapping[str, Any]]:
    """The hosts of a group and of all groups below it, as Ansible takes them together, with their variables."""
    found = manager.groups.get(group)
    hosts = found.get_hosts() if found else []
    return {str(host.name): {**get_group_vars(host.get_groups()), **host.vars} for host in hosts}


def _server(name: str, own: Mapping[str, Any]) -> str:
    return str(own.get("hma_server") or name)
