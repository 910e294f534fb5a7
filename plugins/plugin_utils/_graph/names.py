# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Changing service principal names without losing one: read, plan, read again, one write, look."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.names import NamePlan, is_plausible, plan_names

from .client import GraphClient, ServicePrincipal
from .errors import GraphError, NotFinished

_WRITES: Final = 3


@dataclass
class Outcome:
    """What was there, what was sent (None: nothing), what is there, what a person should know."""

    before: list[str]
    plan: NamePlan
    sent: list[str] | None = None
    after: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_plan(client: GraphClient, wanted: Sequence[str], *, present: bool) -> tuple[ServicePrincipal, NamePlan]:
    """One read and what it asks for. A list without the application's own id is nothing to build on."""
    principal = client.exchange_online()
    if not is_plausible(principal.names):
        raise GraphError(
            f"Service principal {principal.id} came back with {len(principal.names)} names and without its own application id: a stale "
            "replica or a damaged object. Nothing was written. Run this again in some minutes; if it stays, ask Microsoft support."
        )
    return principal, plan_names(principal.names, wanted, present=present)


def change_names(
    client: GraphClient,
    wanted: Sequence[str],
    *,
    present: bool,
    on_intent: Callable[[NamePlan], None],
    on_outcome: Callable[[bool, str], None],
    verify_seconds: float = 60.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Apply. Graph has no compare-and-swap: what either read saw is kept, so another writer loses nothing by us."""
    _principal, first = read_plan(client, wanted, present=present)
    outcome = Outcome(first.before, first)
    seen = list(first.before)
    tried: NamePlan | None = None
    for attempt in range(_WRITES):
        principal, plan = read_plan(client, wanted, present=present)
        seen += [name for name in principal.names if name not in seen]
        plan = plan_names(seen, wanted, present=present)
        if not plan_names(principal.names, wanted, present=present).changed:
            # Nothing (more) to do: another writer did it, or our own write took effect though its answer was lost.
            outcome.after, outcome.sent = principal.names, tried.after if tried else None
            return outcome
        on_intent(plan)
        tried = plan
        try:
            client.replace_names(principal.id, plan.after)
        except NotFinished as exc:
            on_outcome(False, str(exc))
            if attempt == _WRITES - 1:
                raise
            outcome.notes.append(str(exc))
            continue
        except GraphError as exc:
            on_outcome(False, str(exc))
            raise GraphError(_with_holder(client, plan, str(exc))) from None
        on_outcome(True, "")
        outcome.sent = plan.after
        break
    _look(client, wanted, outcome, present=present, seconds=verify_seconds, sleep=sleep)
    return outcome


def _look(
    client: GraphClient, wanted: Sequence[str], outcome: Outcome, *, present: bool, seconds: float, sleep: Callable[[float], None]
) -> None:
    """Read back with growing pauses: replicas of the directory may lag, and Microsoft promises no read-after-write."""
    waited, pause = 0.0, 1.0
    while True:
        _principal, plan = read_plan(client, wanted, present=present)
        outcome.after, outcome.missing = plan.before, plan.changed
        lost = [name for name in outcome.sent or [] if name not in plan.before and name not in wanted]
        if not plan.changed and not lost:
            return
        if waited >= seconds:
            break
        sleep(pause)
        waited, pause = waited + pause, min(pause * 2, 15.0)
    if lost:
        raise GraphError(f"After the write these names are gone: {', '.join(lost)}. The list that was sent is in the record; put them back from it.")
    outcome.notes.append(f"not visible yet after {seconds:.0f} s: {', '.join(outcome.missing)}; Entra's replicas may lag, run this again.")


def _with_holder(client: GraphClient, plan: NamePlan, text: str) -> str:
    if "MultipleObjects" not in text and "ObjectConflict" not in text:
        return text
    for name in plan.changed:
        for form in (name, name.rstrip("/")):
            holder = client.holder_of(form)
            if holder:
                return f"{text} {form} belongs to {holder}: take it away there, or list the host in hma_spn_ignored with the reason."
    return text
