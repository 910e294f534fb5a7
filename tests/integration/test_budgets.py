# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each playbook costs: Exchange shells, cmdlets, sign-ins and answers of Graph, as the steps of
``tests/bench/costs`` say, and the HTTP requests of four servers. Counts, not seconds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.bench import costs
from tests.bench.collect import THIRD, Command
from tests.bench.fleet import fleet, written
from tests.bench.page import WAYS
from tests.bench.run import Measured, run
from tests.lab.client import LabClient, running

FLEET = costs.Fleet(servers=4, changed=1, off=True)
# Over winrm a shell is six requests with NTLM's three, over psrp a cmdlet is three.
REQUESTS = {
    "winrm": {"check": 150, "enable": 180, "again": 170, "audit": 60, "verify": 95, "disable": 25},
    "psrp-exchange": {"check": 430, "enable": 490, "again": 440, "audit": 100, "verify": 235, "disable": 110},
}


@dataclass(frozen=True)
class Stage:
    """A fleet of four servers, reached in one way."""

    lab: LabClient
    folder: Path
    way: str

    def run(self, command: Command) -> Measured:
        done = run(self.lab, self.folder, command.playbook, *command.arguments, forks=4)
        assert done.code == 0, done.output
        return done

    def budget(self, command: Command) -> costs.Cost:
        changed = FLEET.changed if command.wrong else 0
        known = replace(FLEET, changed=changed, way=WAYS[self.way], off=command.off)
        return costs.total(costs.steps(command.playbook, known, check=command.check))

    def shells(self) -> Counter[str]:
        return Counter(item["host"] for item in self.lab.journal("shell"))


@pytest.fixture(scope="module", params=["winrm", pytest.param("psrp-exchange", marks=pytest.mark.long)])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if os.environ.get("HMA_LAB_ENGINE", "none") != "none":
        pytest.skip("what is counted is the same with the engine in the loop, and takes much longer")
    folder = tmp_path_factory.mktemp("budgets")
    with running(written(folder, fleet(4, 1)), folder / "lab", WAYS[request.param]) as lab:
        yield Stage(lab, folder, request.param)


PREPARE = Command("prepare", "prepare_vdirs", wrong=True, off=True)
PREPARED = Command("prepare again", "prepare_vdirs", off=True)
AHEAD = {"winrm": 0, "psrp-exchange": 1}


@pytest.mark.matrix
def test_step_3_of_a_changed_server_and_of_one_that_is_right(stage: Stage) -> None:
    """A server that is right: one shell. One that is changed: two over winrm, one straight to Exchange, where another
    one asked who it is and showed that the others are right."""
    stage.lab.reset()
    done = stage.run(PREPARE)
    assert done.cost == stage.budget(PREPARE)
    assert done.writes == 1
    assert stage.shells() == {"EX1": 2, "EX2": 1, "EX3": 1, "EX4": 1}
    again = stage.run(PREPARED)
    assert again.cost == stage.budget(PREPARED)
    assert stage.shells() == dict.fromkeys(("EX1", "EX2", "EX3", "EX4"), 1)


@pytest.mark.matrix
def test_the_way_out_is_three_shells_on_one_server_and_writes_in_the_second(stage: Stage) -> None:
    stage.lab.reset()
    stage.lab.write("Set-OrganizationConfig", "Contoso", {"OAuth2ClientProfileEnabled": True})
    command = Command("disable", "disable_hma")
    done = stage.run(command)
    assert set(stage.shells()) == {"EX1"}
    assert done.cost.shells == stage.budget(command).shells <= 3
    order = [item for item in done.journal if item["kind"] in ("shell", "cmdlet")]
    first = next(number for number, item in enumerate(order) if item.get("write"))
    assert sum(item["kind"] == "shell" for item in order[:first]) == 2 - AHEAD[stage.way]
    # Not by a shell of Windows either: nobody else is asked.
    assert {item["host"] for item in done.journal if item["kind"] == "http"} == {"EX1"}


@pytest.mark.matrix
def test_every_playbook_costs_what_its_steps_say(stage: Stage) -> None:
    stage.lab.reset()
    for command in THIRD:
        done = stage.run(command)
        assert done.cost == stage.budget(command), command.label
        assert done.requests <= REQUESTS[stage.way][command.label], command.label
