# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The properties that need no Ansible, over one drawn organization: python -m tests.wild.in_memory 1-20000."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks import gates
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.check import Finding
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.checks.inputs import Inputs
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.organization import Organization

from tests.integration.story import sets
from tests.lab import wild
from tests.wild import article
from tests.wild.properties import contradict, differences, nothing_is_lost, step_5_is_whole
from tests.wild.seeds import chosen, known
from tests.wild.world import Killed, World

GATES = ("preflight", "enable", "verify", "audit", "names")


def violations(found: Mapping[str, Any], killed_after: int) -> Iterator[str]:
    """Everything that is wrong with what the product makes of an organization."""
    world = World(found, people=True)
    inputs = world.case()
    yield from facts(inputs)
    yield from judgements(inputs)
    yield from one_mind(world, inputs)
    # Every world starts as this one: what was read of it is read once, its people apart.
    inputs = replace(inputs, identity=World(found).people(inputs.identity.domains if inputs.identity else ()))
    yield from there_and_back(World(found), inputs, 10_000)
    yield from there_and_back(World(found), inputs, killed_after)
    yield from promise(World(found), inputs)


def facts(inputs: Inputs) -> Iterator[str]:
    """They come back from JSON as they were."""
    made = inputs.organization.facts()
    if Organization.from_facts(Properties(json.loads(json.dumps(made)), "facts")).facts() != made:
        yield "the facts do not come back as they were"


def judgements(inputs: Inputs) -> Iterator[str]:
    """Each finding that is wrong says what, where and what to do."""
    for gate in GATES:
        for item in gates.judge(gate, inputs):
            yield from (f"{gate}: {text}" for text in _well_said(item))


def _well_said(item: Finding) -> Iterator[str]:
    json.dumps(item.facts())
    if not item.object:
        yield f"{item.id} has no object"
    if item.status in ("fail", "warn", "not_checked"):
        if not item.message:
            yield f"{item.id} {item.object} ({item.status}) has no message"
        if not item.advice:
            yield f"{item.id} {item.object} ({item.status}) has no next step"
    for word in ("None", "Traceback", "[]", "{}", "NoneType"):
        if word in item.message.split():
            yield f"{item.id} {item.object} says {word}: {item.message}"


def one_mind(world: World, inputs: Inputs) -> Iterator[str]:
    """What the full read calls right the fast one does not call wrong, and the other way round."""
    hosts = {
        item["inventory_name"]: item["name"] for item in world.exchange.servers.values() if "inventory_name" in item
    }
    world.full = False
    both = {"full": inputs, "fast": world.case()}
    judged: dict[tuple[str, str], dict[str, str]] = {}
    for name, case in both.items():
        for item in gates.judge("audit", case):
            first, _space, rest = item.object.partition(" ")
            judged.setdefault((item.id, f"{hosts.get(first, first)} {rest}"), {})[name] = item.status
    for where, by_name in judged.items():
        if contradict(where, by_name):
            yield f"reports: {where}: {by_name}"


def there_and_back(world: World, inputs: Inputs, lives: int) -> Iterator[str]:
    """A run that may be killed after any write loses nothing; taken back it is the first state, or says what is not."""
    start, world.lives = world.state(), lives
    try:
        for step in (world.register, world.prepare, world.trust):
            list(step(inputs))
        list(world.switch(inputs))
    except Killed:
        pass
    now = world.state()
    yield from nothing_is_lost(start, now)
    if lives >= 10_000:
        yield from step_5_is_whole(start, now)
    done = world.restore()
    said = " ".join(f"{item.object} {item.reason}" for item in (*done.refused, *done.left))
    for where, key, was, is_now in differences(sets(start), sets(world.state())):
        if where not in said:
            yield f"restored: {where} {key}: {was} is {is_now} now, and nobody says so"


def promise(world: World, inputs: Inputs) -> Iterator[str]:
    """Where step 1 finds nothing in the way nothing is refused later, and what the article asks for is there. What it
    warned of, object by object, is no surprise."""
    first = gates.judge("preflight", world.step_1(inputs))
    if [item for item in first if item.blocks]:
        return
    said = [item for item in first if item.status in ("warn", "fail")]
    refused = [text for step in (world.register, world.prepare, world.trust) for text in step(inputs)]
    late = [item for item in world.judge("enable") if item.blocks]
    if not refused and not late:
        refused += world.switch(inputs)
    if refused or late:
        new = [text for text in refused if not _warned(text.partition(": ")[0], said)]
        new += [f"{item.id} {item.object}: {item.message}" for item in late if not _said(item, said)]
        if new:
            yield f"promise: step 1 found nothing in the way, then: {'; '.join(new)}"
        return
    yield from (f"article: {text}" for text in article.violations(world.state(), article.excluded_of(world.scenario)))
    for item in world.judge("verify"):
        if (item.blocks or item.status == "fail") and not _said(item, said):
            yield f"verify after success: {item.id} {item.object}: {item.message}"


def _warned(name: str, said: list[Finding]) -> bool:
    return any(name in item.message and "step 3 stops" in item.message for item in said)


def _said(finding: Finding, said: list[Finding]) -> bool:
    return any((item.id, item.object) == (finding.id, finding.object) for item in said)


def main() -> None:
    """Each seed in turn; what is wrong is counted by its words."""
    counted: Counter[str] = Counter()
    first: dict[str, int] = {}
    seeds = chosen(sys.argv[1], "")
    for seed in seeds:
        try:
            wrong = list(violations(wild.of_seed(seed), seed % 9))
        except Exception as exc:
            wrong = [f"{type(exc).__name__}: {exc}"]
        for text in wrong:
            shape = _shape(text)
            counted[shape] += 1
            if first.setdefault(shape, seed) == seed and counted[shape] == 1:
                print(f"seed {seed}: {'known: ' if known([text]) else ''}{text[:600]}", flush=True)
    for shape, number in counted.most_common():
        print(f"{number:6} of {len(seeds)}, first {first[shape]}: {shape}")


def _shape(text: str) -> str:
    """The words of a fault without the names in it."""
    return " ".join(re.sub(r"\b[0-9A-F]{40}\b|\d", "#", text).split())[:90]


__all__ = ["violations"]
if __name__ == "__main__":
    main()
