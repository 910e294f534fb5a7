# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The last thing on the terminal, behind the recap: printed when the process of ansible-playbook ends.

A task, and a callback that is called before the recap, cannot be last; a callback plugin of a collection is loaded only
where a configuration names it. What every playbook run has is a process that ends, in ansible-runner and AWX too.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ansible import constants, context
from ansible.utils.display import Display
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook, variable_of_paths
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.again import repeated
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.ending import sources
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import without_report

from ._called import begun, called

# Callbacks whose stdout is for people. That of any other may be read by a program, so that the screen goes to stderr.
_FOR_PEOPLE: Final = frozenset({"default", "yaml", "debug", "dense", "unixy", "awx_display"})
# The tasks of the control node before the last play whose failure ends a run; the first one that failed is the reason.
_RECORD: Final = "hma_records/RUN_ID"
EARLY: Final = (
    *("hma_settings_result", "hma_inventory_result", "hma_runs_given", "hma_list_given", "hma_record_given"),
    *("hma_started", "hma_history_read", "hma_runs_result", "hma_discover_asked_result", "hma_access_result"),
)
# How a truth is denied, in -e name=value and in YAML.
_NO: Final = frozenset({"false", "no", "off", "n", "f", "0", "0.0"})
_SCREENS: Final = "hma_screens_result"


@dataclass
class Runs:
    """The playbooks that began in this process. ``begun`` names each by the number of screens there were before it."""

    process: int
    hostvars: Any
    begun: dict[int, str] = field(default_factory=dict)

    @property
    def control(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.hostvars.raw_get("localhost")
        return found

    @property
    def screens(self) -> list[list[str]]:
        """Those that the playbooks left so far, in order."""
        return [[str(line) for line in lines] for lines in (self.control.get(_SCREENS) or {}).values()]


_RUNS: list[Runs] = []


def begin(hostvars: Any, name: str, of_the_play: Mapping[str, Any]) -> None:
    """Note that a playbook began, and what its play sets itself. The head of a play is templated more than once."""
    if not _RUNS or _RUNS[0].process != os.getpid():
        _RUNS[:] = [Runs(os.getpid(), hostvars)]
        atexit.register(_print_all)
    runs = _RUNS[0]
    runs.begun[len(runs.screens)] = name
    begun(name, of_the_play)


def _print_all() -> None:
    """Workers are forks that end without this; one that did not would not be the process that began."""
    runs = _RUNS[0]
    if runs.process != os.getpid():
        return
    screens = runs.screens
    for lines in [*screens, *([_early(runs)] if len(screens) in runs.begun else [])]:
        _print(lines)


def _early(runs: Runs) -> list[str]:
    """The screen of the playbook that ended before its own last play."""
    name, control = runs.begun[len(runs.screens)], runs.control
    results = (control.get(variable) for variable in EARLY)
    failed = (result for result in results if isinstance(result, Mapping) and result.get("failed"))
    reason = next((str(result.get("msg") or "") for result in failed), "")
    inventory = called(str(source) for source in control.get("ansible_inventory_sources") or [])
    # A look stays a look.
    options = (*(("--check",) if context.CLIARGS.get("check") else ()), *_given(name, control))
    return list(without_report(name, reason, playbook(name, inventory, options=options)))


def _given(name: str, control: Mapping[str, Any]) -> tuple[str, ...]:
    """What a playbook cannot be typed without: the records of this run, or the place where one goes; the wave."""
    if name == "discover":
        folder = str(control.get("hma_discover_dir") or "")
        return variable_of_paths("hma_discover_dir", [folder]) if folder and "{{" not in folder else ()
    judged = (control.get("hma_settings_result") or {}).get("organization") or {}
    if name != "restore_hma":
        # What the first task did not judge stands in the command, or in the inventory, as it was given.
        return repeated(name, judged, () if judged else control)
    given = control.get("hma_restore_record")
    # What the first task did not judge may be a template, which a shell takes for text.
    records = judged.get("hma_restore_record") or (given if given and "{{" not in str(given) else None)
    # Typed once more without it, a list would be a restore. A template of it was not judged, and counts as asked for.
    listing = str(judged.get("hma_restore_list", control.get("hma_restore_list")) or "false")
    if fold(listing) not in _NO:
        asked = ("-e", "hma_restore_list=true")
        return asked if not records else (*asked, *_records(records))
    return _records(records or _RECORD)


def _records(given: Any) -> tuple[str, ...]:
    return sources([str(record) for record in given] if isinstance(given, (list, tuple)) else [str(given)])


def for_people() -> bool:
    """Whether stdout is read by people, as far as its callback tells."""
    return str(constants.DEFAULT_STDOUT_CALLBACK).rpartition(".")[2] in _FOR_PEOPLE


def _print(lines: list[str]) -> None:
    Display().display("\n".join(lines), stderr=not for_people())
