# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Names of a tenant: what is wanted, what was written or would be, and whether it has effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol, Self

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.facts import Facts
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.permissions import Access
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import EXCHANGE_ONLINE, NamePlan
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.change import (
    DONE,
    FAILED,
    NAMES,
    REPLY_URLS,
    UNCERTAIN,
    ObjectChange,
)

from .._alive import refuse_orphan
from .beforehand import Holders, access_of, holders_of, refuse_what_is_known
from .client import GraphClient
from .handoff import write_script
from .names import NAMES as NAMES_LIST
from .names import ListProperty, change_names, read_plan
from .tenant import Tenant
from .tokens import prove_names

_RESULTS: Final = {True: DONE, False: FAILED, None: UNCERTAIN}


@dataclass(frozen=True)
class Book:
    """Where a write is entered before it is sent, and its outcome after: the record of the run."""

    intent: Callable[[ObjectChange], str]
    outcome: Callable[[str, str, str], None]


@dataclass(frozen=True)
class Wanted:
    """Which names a tenant is to have, or not to have, and what is done about it."""

    names: Sequence[str]
    present: bool
    mode: str
    tenant_id: str
    cloud: str
    handoff_dir: str
    verify_seconds: int
    prove_tokens: bool
    of: ListProperty = NAMES_LIST


@dataclass(frozen=True)
class Done:
    """The names before and after, those that are missing, and what was written, or would be."""

    before: list[str]
    after: list[str]
    missing: list[str]
    changes: tuple[ObjectChange, ...] = ()
    predicted: bool = False
    script: str | None = None
    notes: list[str] = field(default_factory=list)
    findings: Sequence[Finding] = ()
    # What a reading alone says besides: may the application write, is the service principal enabled, who else holds
    # a name that is missing.
    access: Access | None = None
    enabled: bool | None = None
    holders: Holders = field(default_factory=Holders)

    @property
    def unproven(self) -> list[Finding]:
        return [item for item in self.findings if item.blocks]


class Recorder(Protocol):
    """What keeps the record of a run."""

    def intent(
        self, what: str, target: Mapping[str, Any], command: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> str: ...

    def outcome(self, number: str, result: str, detail: str = "") -> None: ...


def book_of(record: Recorder) -> Book:
    """The record of a run as writes to a tenant are entered in it."""

    def intent(change: ObjectChange) -> str:
        return record.intent(change.object, change.target, change.command, change.before, change.after)

    return Book(intent, record.outcome)


@dataclass(frozen=True)
class TenantReading(Facts):
    """Where and when a tenant was read."""

    where: str
    time: str

    @classmethod
    def of(cls, client: GraphClient) -> Self:
        """Of a read that is about to be made."""
        return cls(client.where, datetime.now(UTC).isoformat(timespec="seconds"))


def names_done(client: GraphClient, wanted: Wanted, record: Callable[[], Recorder], *, predicting: bool) -> Done:
    """Write in mode apply, outside check mode; else read, and say what would be written: no record is begun then."""
    if wanted.mode == "apply" and not predicting:
        return write_names(client, wanted, book_of(record()))
    return plan_names_of(client, wanted, predicting=predicting)


def plan_names_of(client: GraphClient, wanted: Wanted, *, predicting: bool) -> Done:
    """Read, and say what would be written; in mode handoff the script for it is written instead.

    Whatever would refuse the write is asked here too: in mode apply it fails the task, else it is part of the result.
    """
    principal, plan = read_plan(client, wanted.names, present=wanted.present, of=wanted.of)
    done = Done(plan.before, plan.before, plan.changed if wanted.present else [], enabled=principal.enabled)
    if wanted.mode == "apply" and plan.changed:
        refuse_what_is_known(client, principal, plan.changed, held=wanted.present and wanted.of.exclusive)
        return replace(done, after=plan.after, changes=(_change(wanted, plan),), predicted=True)
    holders = holders_of(client, done.missing if wanted.of.exclusive else ())
    done = replace(done, access=access_of(client, principal), holders=holders)
    if wanted.mode == "handoff" and plan.changed and not predicting:
        return replace(done, **_script(wanted, plan))
    return done


def _script(wanted: Wanted, plan: NamePlan) -> dict[str, Any]:
    """The fields of the script that was written."""
    folder, present = wanted.handoff_dir, wanted.present
    script = str(write_script(folder, wanted.tenant_id, wanted.cloud, plan.changed, present=present))
    return {"script": script, "notes": [f"Give {script} to the team that owns Entra; then run this again."]}


def write_names(client: GraphClient, wanted: Wanted, book: Book) -> Done:
    number = ""

    def intent(plan: NamePlan) -> None:
        nonlocal number
        change = _change(wanted, plan)
        number = book.intent(change)

    def outcome(right: bool | None, detail: str) -> None:
        book.outcome(number, _RESULTS[right], detail)

    done = change_names(
        client, wanted.names, present=wanted.present, on_intent=intent, on_outcome=outcome,
        verify_seconds=float(wanted.verify_seconds), of=wanted.of,
    )  # fmt: skip
    changes = () if done.sent is None else (_change(wanted, NamePlan(done.before, done.sent, done.plan.changed)),)
    return Done(done.before, done.after, done.missing if wanted.present else [], changes, notes=done.notes)


def _change(wanted: Wanted, plan: NamePlan) -> ObjectChange:
    """The one request that writes the whole list."""
    before, after = ({wanted.of.name: values} for values in (plan.before, plan.after))
    command = (
        f"PATCH servicePrincipals(appId='{EXCHANGE_ONLINE}') {'+' if wanted.present else '-'} {', '.join(plan.changed)}"
    )
    what = f"{wanted.of.name} of Office 365 Exchange Online in tenant {wanted.tenant_id}"
    kind = NAMES if wanted.of is NAMES_LIST else REPLY_URLS
    return ObjectChange(what, {"type": kind, "tenant_id": fold(wanted.tenant_id)}, command, before, after)


def proven(done: Done, wanted: Wanted, tenant: Tenant) -> Done:
    """With prove_tokens: what is registered has to be effective. In mode apply it may still become so, and is noted."""
    if not wanted.prove_tokens or not wanted.present:
        return done
    missing = set(done.missing)
    there = [name for name in wanted.names if name not in missing]
    seconds = 0 if wanted.mode == "apply" else wanted.verify_seconds
    found = replace(done, findings=prove_names(tenant, there, seconds=seconds, before_request=refuse_orphan))
    if wanted.mode != "apply":
        return found
    return replace(found, notes=[*done.notes, *(f"{item.object}: {item.message}" for item in found.unproven)])
