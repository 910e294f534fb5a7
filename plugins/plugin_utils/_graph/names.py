# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Changing a list of the service principal without losing an entry: read, plan, read again, one write, look.

Names and reply URLs are such lists; Graph replaces either as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.name_forms import refused_names
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.reply_urls import plan_reply_urls
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.entra.spns import NamePlan, is_plausible, plan_names

from .beforehand import refuse_what_is_known, who_holds
from .client import GraphClient, ServicePrincipal
from .errors import GraphError, NotFinished

_WRITES: Final = 3


@dataclass(frozen=True)
class ListProperty:
    """A list of the service principal: Graph's name of it, what people call its entries, and how it is planned.

    ``exclusive``: an entry is there once in a tenant, so that somebody else can hold it. Names are; many applications
    may have one reply URL.
    """

    name: str
    entries: str
    plan: Callable[..., NamePlan]
    exclusive: bool

    def of(self, client: GraphClient, principal: ServicePrincipal) -> list[str]:
        values = principal.names if self is NAMES else principal.reply_urls
        if values is None:
            raise GraphError(f"{client.where}: {self.name} of the service principal is no list of text.")
        return values


NAMES: Final = ListProperty("servicePrincipalNames", "names", plan_names, exclusive=True)
REPLY_URLS: Final = ListProperty("replyUrls", "reply URLs", plan_reply_urls, exclusive=False)


@dataclass
class Outcome:
    """What was there, what was sent (None: nothing), what is there, what a person should know."""

    before: list[str]
    plan: NamePlan
    sent: list[str] | None = None
    after: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_plan(
    client: GraphClient, wanted: Sequence[str], *, present: bool, of: ListProperty = NAMES
) -> tuple[ServicePrincipal, NamePlan]:
    """One read and what it asks for. A list without the application's own id is nothing to build on."""
    principal = client.exchange_online()
    _plausible(client, principal, "Nothing was written.")
    return principal, of.plan(of.of(client, principal), wanted, present=present)


def change_names(
    client: GraphClient,
    wanted: Sequence[str],
    *,
    present: bool,
    on_intent: Callable[[NamePlan], None],
    on_outcome: Callable[[bool | None, str], None],
    verify_seconds: float = 60.0,
    sleep: Callable[[float], None] = time.sleep,
    of: ListProperty = NAMES,
) -> Outcome:
    """Apply. Graph has no compare-and-swap: what any read saw is kept, so another writer loses nothing by us.

    What stays open is the moment between the last read and the write; it is kept to one request.
    """
    known, first = read_plan(client, wanted, present=present, of=of)
    outcome = Outcome(first.before, first, after=first.before)
    if not first.changed:
        return outcome
    refuse_what_is_known(client, known, first.changed, held=present and of.exclusive)
    writes = _Writes(client, of, wanted, present, on_intent, on_outcome, sleep)
    if writes.made(outcome):
        writes.look(outcome, verify_seconds)
    return outcome


@dataclass(frozen=True)
class _Writes:
    """The writes of one change: read again, one PATCH, and the same once more where its effect is in doubt.

    ``on_outcome`` is given True (it took effect), False (it did not) or None (nobody knows), and why.
    """

    client: GraphClient
    of: ListProperty
    wanted: Sequence[str]
    present: bool
    on_intent: Callable[[NamePlan], None]
    on_outcome: Callable[[bool | None, str], None]
    sleep: Callable[[float], None]

    def made(self, outcome: Outcome) -> bool:
        """Write until it took effect; False where another writer did it before. The last doubt is raised."""
        seen, attempt = list(outcome.before), 0
        doubt: NotFinished | None = None
        while True:
            principal = self._read_again(doubt)
            have, now = set(seen), self.of.of(self.client, principal)
            seen += [entry for entry in now if entry not in have]
            if not self._plan(now).changed:
                if doubt is None:
                    outcome.after = now
                    return False
                self.on_outcome(True, f"{doubt} Read again: it took effect.")
                return True
            if doubt is not None:
                self.on_outcome(False, f"{doubt} Read again: it is not there.")
            plan = self._plan(seen)
            self.on_intent(plan)
            doubt = self._write(principal.id, plan)
            outcome.sent = plan.after
            if doubt is None:
                return True
            attempt += 1
            if attempt == _WRITES:
                self.on_outcome(None, str(doubt))
                raise doubt
            outcome.notes.append(str(doubt))
            self.sleep(2.0 ** (attempt - 1) if doubt.retry_after is None else doubt.retry_after)

    def look(self, outcome: Outcome, seconds: float) -> None:
        """Read back with growing pauses: replicas of the directory may lag, and Microsoft promises no
        read-after-write."""
        waited, pause = 0.0, 1.0
        outcome.missing = list(outcome.plan.changed)
        while True:
            try:
                names = self.of.of(self.client, self.client.exchange_online())
            except GraphError as exc:
                # Graph accepted the write: that this look failed is no reason to call it failed.
                outcome.notes.append(f"the write was accepted, but reading it back failed: {exc}")
                return
            plan = self._plan(names)
            outcome.after, outcome.missing = names, plan.changed
            expected = {*names, *self.wanted}
            lost = [name for name in outcome.sent or [] if name not in expected]
            if not plan.changed and not lost:
                return
            if waited >= seconds:
                break
            self.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 15.0)
        if lost:
            raise GraphError(
                f"{self.client.where}: Graph accepted the write, but after it these {self.of.entries} are missing: "
                f"{', '.join(lost)}. Look again in some minutes, because a replica may lag. If they stay missing, the "
                f"list that was sent is in the record; put them back from it."
            )
        outcome.notes.append(
            f"not visible yet after {seconds:.0f} s: {', '.join(outcome.missing)}; Entra's replicas may lag, run "
            f"this again."
        )

    def _plan(self, entries: Sequence[str]) -> NamePlan:
        return self.of.plan(entries, self.wanted, present=self.present)

    def _write(self, principal_id: str, plan: NamePlan) -> NotFinished | None:
        """One PATCH. What leaves its effect open is given back: the next read tells what the outcome was."""
        try:
            self.client.replace(principal_id, self.of.name, plan.after)
        except NotFinished as exc:
            return exc
        except GraphError as exc:
            self.on_outcome(False, str(exc))
            raise GraphError(_with_next_step(self.client, plan, exc, self.of)) from None
        self.on_outcome(True, "")
        return None

    def _read_again(self, doubt: NotFinished | None) -> ServicePrincipal:
        """The read right before a write; where the write before it is in doubt, a failure here must not hide that."""
        try:
            principal = self.client.exchange_online()
            _plausible(self.client, principal, "" if doubt else "Nothing was written.")
        except GraphError as exc:
            if doubt is None:
                raise
            self.on_outcome(None, str(doubt))
            raise GraphError(
                f"{doubt} Whether that write took effect is not known, because reading again failed: {exc}"
            ) from None
        return principal


def _plausible(client: GraphClient, principal: ServicePrincipal, written: str) -> None:
    if not is_plausible(principal.names):
        raise GraphError(
            f"{client.where}: service principal {principal.id} came back with {len(principal.names)} names "
            f"and without its own application "
            f"id: a stale replica or a damaged object. {written} Run this again in some minutes; if it "
            f"stays, ask Microsoft support."
        )


def _with_next_step(client: GraphClient, plan: NamePlan, exc: GraphError, of: ListProperty) -> str:
    """What Graph refused, and what to do: who holds a name, or which of the names to look at first."""
    if not of.exclusive:
        return (
            f"{exc} These {of.entries} were new: {', '.join(plan.changed)}."
            if exc.conflict or exc.invalid
            else str(exc)
        )
    if exc.conflict:
        return f"{exc} {who_holds(client, plan.changed)}"
    if exc.invalid:
        return f"{exc} {refused_names(plan.changed, len(plan.after), _domains(client))}"
    return str(exc)


def _domains(client: GraphClient) -> list[str] | None:
    """The tenant's domains, where the application may read them: they only help to say which name is unusual."""
    try:
        return client.verified_domains()
    except GraphError:
        return None
