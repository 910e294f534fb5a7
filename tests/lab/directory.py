# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Active Directory: one copy of every object per domain controller, and replication between them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .binder import ShellError

Object = dict[str, Any]
# The warning of a Set that changes nothing.
UNCHANGED = "The command completed successfully but no settings of '{}' have been modified."


class Directory:
    """Objects by GUID. A write lands on one domain controller and reaches the others after ``delay`` seconds."""

    def __init__(self, controllers: list[str], delay: float, clock: Callable[[], float]) -> None:
        self.controllers = controllers
        self._delay = delay
        self._clock = clock
        self._copies: dict[str, dict[str, Object]] = {name: {} for name in controllers}
        # The same objects by their kind: a large organization has thousands, and each answer is of one kind.
        self._by_kind: dict[str, dict[str, dict[str, Object]]] = {name: {} for name in controllers}
        self._pending: list[tuple[float, str, str, Object]] = []

    def add(self, found: Object) -> None:
        for name in self.controllers:
            copied = copy.deepcopy(found)
            self._copies[name][found["Guid"]] = copied
            self._by_kind[name].setdefault(found["class"], {})[found["Guid"]] = copied

    def remove(self, kind: str, name: str) -> None:
        """Take an object away, on every controller."""
        gone = {
            guid
            for kinds in self._by_kind.values()
            for guid, item in kinds.get(kind, {}).items()
            if item["Name"] == name
        }
        for guid in gone:
            self.remove_object(guid)

    def remove_object(self, guid: str) -> None:
        """Take one object away, on every controller."""
        for name, objects in self._copies.items():
            found = objects.pop(guid, None)
            if found is not None:
                del self._by_kind[name][found["class"]][guid]

    def alter(self, guid: str, changes: Object, hidden: list[str]) -> None:
        """Make an object odd, on every controller; ``hidden`` are properties that it does not show."""
        for objects in self._copies.values():
            objects[guid].update(copy.deepcopy(changes))
            for name in hidden:
                objects[guid].pop(name, None)

    def select(self, controller: str, kind: str, server: str | None = None) -> list[Object]:
        """Copies of all objects of a kind; with a server's name, of those that are its own: of hundreds of servers all
        would be most of what an answer takes."""
        self._replicate()
        found = list(self._by_kind[controller].get(kind, {}).values())
        if server is not None:
            found = [item for item in found if str(item["Server"]).casefold() == server.casefold()]
        return [{**_copied(item), "OriginatingServer": controller} for item in found]

    def write(self, controller: str, guid: str, changes: Object) -> None:
        self._replicate()
        self._copies[controller][guid].update(copy.deepcopy(changes))
        due = self._clock() + self._delay
        self._pending += [
            (due, other, guid, copy.deepcopy(changes)) for other in self.controllers if other != controller
        ]
        self._replicate()

    def _replicate(self) -> None:
        now = self._clock()
        due = [item for item in self._pending if item[0] <= now]
        self._pending = [item for item in self._pending if item[0] > now]
        for _due, controller, guid, changes in due:
            self._copies[controller][guid].update(changes)


def _copied(found: Object) -> Object:
    """An object of plain values and lists of them, which is nearly all there is; whatever else it holds, copied too."""
    return {
        key: value if isinstance(value, (str, bool, int, type(None))) else copy.deepcopy(value)
        for key, value in found.items()
    }


def one(found: list[Object], identity: Any, controller: str) -> Object:
    """The object that an -Identity names."""
    wanted = str(identity or "").casefold()
    for item in found:
        if wanted in {str(item.get(key, "")).casefold() for key in ("Guid", "Identity", "Name", "Fqdn")} - {""}:
            return item
    text = f"The operation couldn't be performed because object '{identity}' couldn't be found on '{controller}'."
    error_id = "[FailureCategory=Cmdlet-ManagementObjectNotFoundException]"
    raise ShellError(error_id, "NotSpecified", "ManagementObjectNotFoundException", text, str(identity))
