# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Going back at owa and ecp: recorded methods return, OAuth goes, and there is always a way in.

Going back takes no method away and turns OAuth on nowhere: a record that says otherwise is of a run that went back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..base.comparison import fold, same
from ..exchange import web_sign_in
from ..exchange.change import NOT_SENT, Plan
from ..exchange.web_directories import OAUTH, OTHERS, SETTINGS, TARGET, WebDirectory, WebSite
from .history import Recorded
from .restoration import Restoration, by_guid

_NEVER_ON: Final = (
    "people signed in at Entra alone before the run. Going back never switches that on: run enable_owa_hma."
)


def of_server(history: Iterable[Recorded], server: str) -> list[Recorded]:
    """The recorded writes to owa and ecp of a server."""
    wanted = server.split(".")[0]
    return [step for step in history if step.is_of(TARGET) and same(step.target_text("server"), wanted)]


def switch_off(site: WebSite, history: Sequence[Recorded]) -> Plan:
    """OAuth off at both directories, and the methods back that recorded runs turned off; without such, forms."""
    steps = by_guid(history)
    return _plan(site, {item.kind: {**before(item, steps.get(item.guid, ())), OAUTH: False} for item in site.both})


def restore(site: WebSite, history: Sequence[Recorded]) -> Restoration:
    """What recorded runs changed at both directories, and only that."""
    done = Restoration(live=site.oauth_only)
    done.handled = [step.id for step in history]
    steps = by_guid(history)
    known = {item.guid for item in site.both}
    for guid in steps.keys() - known:
        done.refuse(steps[guid][-1].object, "it is no longer there; it was removed, or made anew, after the run.")
    wanted = {item.kind: before(item, steps.get(item.guid, ())) for item in site.both}
    for item in site.both:
        if wanted[item.kind][OAUTH] and not item.oauth:
            done.refuse(item.identity, _NEVER_ON)
    plan = _plan(site, wanted)
    # A directory that no recorded run wrote to is left as it is.
    done.changes = [change for change in plan.changes if change.target["guid"] in steps]
    done.warnings = [note for note in plan.notes if any(step.object in note for step in history)]
    return done


def before(directory: WebDirectory, steps: Sequence[Recorded]) -> dict[str, bool]:
    """The settings before the first step that changed them. A method that is on stays on, whatever a record says."""
    found = {name: _before(directory.settings[name], name, steps) for name in SETTINGS}
    return {name: value or (name in OTHERS and directory.settings[name]) for name, value in found.items()}


def _before(now: bool, name: str, steps: Sequence[Recorded]) -> bool:
    """A step that says what was there before is no change; of the others the state tells whether they took place."""
    value = now
    for step in reversed(steps):
        changes = name in step.after and step.after[name] != step.before[name] and step.result != NOT_SENT
        if changes and value == step.after[name]:
            value = bool(step.before[name])
    return value


def _plan(site: WebSite, wanted: Mapping[str, Mapping[str, bool]]) -> Plan:
    complete, notes = {}, []
    for item in site.both:
        complete[item.kind], note = web_sign_in.with_a_way_in(item, wanted[item.kind])
        notes += [note] if note else []
    plan = web_sign_in.plan_back(site, complete)
    touched = {fold(change.object) for change in plan.changes}
    return Plan(plan.changes, tuple(note for note in notes if fold(note.split(":")[0]) in touched))
