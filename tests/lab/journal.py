# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened: every shell, cmdlet, sign-in and Graph call, in order; and the faults that are to happen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any


class Journal:
    """Entries for tests and for the cost budget. No secret is ever put in."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def add(self, kind: str, **values: Any) -> None:
        self.entries.append({"n": len(self.entries) + 1, "time": time.time(), "kind": kind, **values})

    def clear(self) -> None:
        self.entries.clear()


class Faults:
    """Faults by place. Each has ``at`` and whatever narrows it, and happens ``count`` times (default: always).

    What narrows it is a part of the place that must be equal (``host: EX1``) or, with ``_contains`` behind the name, a
    text that must be in it (``path_contains: appId``). Its ``given`` must be among the parameters. ``after`` lets the
    first ones pass.
    """

    def __init__(self) -> None:
        self._faults: list[dict[str, Any]] = []

    def add(self, fault: dict[str, Any]) -> None:
        self._faults.append(dict(fault))

    def clear(self) -> None:
        self._faults.clear()

    def take(self, at: str, given: Mapping[str, Any] | None = None, **place: Any) -> dict[str, Any] | None:
        """The first fault for this place, used up by one."""
        for fault in self._faults:
            if fault["at"] != at or not _fits(fault, given or {}, place):
                continue
            if fault.get("after", 0) > 0:
                fault["after"] -= 1
                continue
            self._use_up(fault)
            return fault
        return None

    def _use_up(self, fault: dict[str, Any]) -> None:
        if "count" in fault:
            fault["count"] -= 1
            if fault["count"] <= 0:
                self._faults.remove(fault)


def _fits(fault: Mapping[str, Any], given: Mapping[str, Any], place: Mapping[str, Any]) -> bool:
    return (
        all(given.get(key) == value for key, value in fault.get("given", {}).items())
        and all(fault[key] == value for key, value in place.items() if key in fault)
        and all(
            str(fault[f"{key}_contains"]) in str(value) for key, value in place.items() if f"{key}_contains" in fault
        )
    )
