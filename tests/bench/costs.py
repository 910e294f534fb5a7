# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a playbook cost, as data: the budgets of the tests, the lower bound and the simulation use it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

EXCHANGE: Final = "exchange"
# Who waits for whom: one host does it; every server, as many at once as there are forks; every tenant, at once; and
# each server that is changed, by turns.
ONE, EVERY, TENANTS, TURNS = "one", "every", "tenants", "turns"


@dataclass(frozen=True)
class Cost:
    """Exchange shells, cmdlets in them (of these reads that ask IIS, and writes), sign-ins to Entra, answers of
    Graph."""

    shells: int = 0
    cmdlets: int = 0
    iis: int = 0
    sets: int = 0
    tokens: int = 0
    graph: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, item.name) + getattr(other, item.name) for item in fields(self)))

    def __mul__(self, times: int) -> Cost:
        return Cost(*(getattr(self, item.name) * times for item in fields(self)))

    def seconds(self, latency: Mapping[str, float]) -> float:
        """How long somebody waits who asks for it one thing after another."""
        times = {
            "shells": "shell", "cmdlets": "cmdlet", "iis": "iis_read", "sets": "set", "tokens": "token",
            "graph": "graph",
        }  # fmt: skip
        return sum(float(getattr(self, name)) * latency.get(key, 0.0) for name, key in times.items())


@dataclass(frozen=True)
class Fleet:
    """How many servers there are, in how many of them one directory is changed, how many tenants, and the way in."""

    servers: int
    changed: int = 0
    tenants: int = 2
    way: str = "ntlm"
    off: bool = False

    @property
    def straight(self) -> bool:
        """Straight to Exchange: a shell stays open for a whole task, and begins by asking whose name it has."""
        return self.way == EXCHANGE

    def shell(self, cmdlets: int, *, iis: int = 0) -> Cost:
        return Cost(shells=1, cmdlets=cmdlets + self.straight, iis=iis)

    def more(self, cmdlets: int, *, iis: int = 0, sets: int = 0) -> Cost:
        """Another list of the same task: another shell, or more in the one that is open."""
        return Cost(shells=int(not self.straight), cmdlets=cmdlets, iis=iis, sets=sets)


@dataclass(frozen=True)
class Step:
    """One step: what each of its hosts costs, and how many there are."""

    name: str
    who: str
    cost: Cost
    hosts: int = 1

    @property
    def total(self) -> Cost:
        return self.cost * self.hosts


def _organization(fleet: Fleet, name: str = "Read the organization") -> Step:
    return Step(name, ONE, fleet.shell(18))


def _asked(fleet: Fleet) -> Step:
    return Step("Ask every server who it is", EVERY, fleet.shell(0) if fleet.straight else Cost(), fleet.servers)


def _read(fleet: Fleet) -> tuple[Step, ...]:
    """Who every server is, and its directories: straight to Exchange in one shell, elsewhere the first takes none."""
    asked = _asked(fleet)
    if fleet.straight:
        return (replace(asked, cost=fleet.shell(5, iis=5)),)
    return (asked,)


def _tenants(fleet: Fleet, name: str, graph: int) -> Step:
    return Step(name, TENANTS, Cost(tokens=1, graph=graph), fleet.tenants)


def _directories(fleet: Fleet, *, check: bool) -> tuple[Step, ...]:
    name = "Step 3, OAuth on the virtual directories"
    reading = fleet.changed if fleet.straight else fleet.servers
    read = Step(f"{name}: read", EVERY, fleet.shell(5, iis=5), reading)
    if check or not fleet.changed:
        return (read,)
    return (read, Step(f"{name}: look, write, read back", TURNS, fleet.more(3, iis=2, sets=1), fleet.changed))


def _gate(fleet: Fleet) -> tuple[Step, ...]:
    every = Step("Step 5, read every server again", EVERY, fleet.shell(7, iis=5), fleet.servers)
    return (every, _tenants(fleet, "Step 5, read every tenant again", 1))


def _authservers(fleet: Fleet) -> Step:
    """The tenants are the items of one task, one after the other."""
    item = fleet.shell(2)
    shells = 1 if fleet.straight else fleet.tenants
    return Step("Step 4, the EvoSTS AuthServer of each tenant", ONE, replace(item * fleet.tenants, shells=shells))


def _switch(fleet: Fleet, *, check: bool) -> tuple[Step, ...]:
    cost = fleet.shell(2)
    if fleet.off and not check:
        cost += fleet.more(4, sets=2)
    return (_organization(fleet, "Step 5, read the organization again"), Step("Step 5, enable", ONE, cost))


def _enable(fleet: Fleet, *, check: bool) -> tuple[Step, ...]:
    end = () if check else (_organization(fleet, "Step 6, read the organization back"),)
    replication = () if check else (Step("Step 5, every domain controller sees the same", ONE, fleet.shell(1)),)
    return (
        *_read(fleet),
        _organization(fleet),
        _tenants(fleet, "Read every tenant", 2),
        Step("Look at sign-in names", ONE, fleet.shell(2)),
        _tenants(fleet, "Step 2, client URLs as service principal names", 1),
        *_directories(fleet, check=check),
        _authservers(fleet),
        *replication,
        *_gate(fleet),
        *_switch(fleet, check=check),
        *end,
    )


def _prepare(fleet: Fleet, *, check: bool) -> tuple[Step, ...]:
    return (*_read(fleet), *_directories(fleet, check=check))


def _audit(fleet: Fleet) -> tuple[Step, ...]:
    return (
        _asked(fleet),
        _organization(fleet),
        _tenants(fleet, "Read every tenant", 2),
        Step("Look at sign-in names", ONE, fleet.shell(2)),
    )


def _verify(fleet: Fleet) -> tuple[Step, ...]:
    """Nothing is written, so straight to Exchange who it is and what the gate needs is one shell."""
    asked, organization = _asked(fleet), _organization(fleet)
    servers, tenants = _gate(fleet)
    back = _organization(fleet, "Step 6, read the organization back")
    first = (servers,) if fleet.straight else (asked,)
    return (*first, organization, *(() if fleet.straight else (servers,)), tenants, back)


def _disable(fleet: Fleet, *, check: bool) -> tuple[Step, ...]:
    cost = fleet.shell(6)
    if not fleet.off and not check:
        cost += fleet.more(4, sets=2)
    return (Step("Switch off", ONE, cost), _organization(fleet))


def steps(playbook: str, fleet: Fleet, *, check: bool = False) -> Sequence[Step]:
    """The steps of a playbook in their order, for a fleet that is wrong in nothing but some servers' directories and,
    where it is ``off``, the switch and the default endpoint."""
    if playbook in ("audit_hma", "verify_hma"):
        return {"audit_hma": _audit, "verify_hma": _verify}[playbook](fleet)
    return {"enable_hma": _enable, "prepare_vdirs": _prepare, "disable_hma": _disable}[playbook](fleet, check=check)


# Why a step of enable_hma has a shell of its own.
WHY: Final[Mapping[str, str]] = {
    "Ask every server who it is": "straight to Exchange nothing else says the name; it reads the directories too",
    "Read the organization": "steps 1 and 2 are judged by it, before anything is written",
    "Look at sign-in names": "it asks for the domains of the tenants, which are read after the organization",
    "Step 3, OAuth on the virtual directories: read": "what is planned rests on it",
    "Step 3, OAuth on the virtual directories: look, write, read back": "what was read decides what is written",
    "Step 4, the EvoSTS AuthServer of each tenant": "one for each tenant over winrm, for each is a write of its own",
    "Step 5, every domain controller sees the same": "what step 5 reads must not be older than what was written",
    "Step 5, read every server again": "the gate never rests on what was read before the writes",
    "Step 5, read the organization again": "the same, for the organization",
    "Step 5, enable": "the last look before the switch, and over winrm the write behind it",
    "Step 6, read the organization back": "what was switched is not believed, but read",
}


def single_tasks(servers: int, changed: int, *, off: bool = True) -> int:
    """Shells of the article as single tasks, as ``article.yml`` has them: each directory is read twice."""
    once = 6 + 2 + (2 if off else 0)
    return 10 * servers + changed + once


def total(of: Sequence[Step]) -> Cost:
    return sum((step.total for step in of), Cost())


def bound(of: Sequence[Step], latency: Mapping[str, float], *, forks: int, throttle: int = 1) -> float:
    """The longest chain of waits that the order of the steps forces: nothing but waiting, and no controller. No more
    servers are written to at once than there are workers, and with a throttle of 0 so many."""
    found, reading, at_once = 0.0, 0.0, min(throttle or forks, forks)
    for step in of:
        if step.who == TURNS:
            # The first one writes when it was read; reads of the others go on meanwhile.
            first, writes = of[of.index(step) - 1].cost.seconds(latency), step.cost.seconds(latency)
            found += max(0.0, first + math.ceil(step.hosts / at_once) * writes - reading)
            continue
        rounds = math.ceil(step.hosts / forks) if step.who == EVERY else min(1, step.hosts)
        reading = rounds * step.cost.seconds(latency)
        found += reading
    return found
