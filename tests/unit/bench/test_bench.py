# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's own arithmetic: the lower bound, the simulation, and the page."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, replace
from typing import Any

import jinja2
import pytest
import yaml

from tests.bench import collect, costs, faults, fleet, page, simulate
from tests.bench.costs import Cost, Fleet
from tests.lab import scenario

TIMES = {"shell": 3.0, "cmdlet": 0.2, "iis_read": 1.0, "set": 2.0}
READ, WRITE = 3 + 5 * 1.2, 3 + 3 * 0.2 + 2 * 1 + 2


@pytest.mark.parametrize(
    ("servers", "changed", "forks", "throttle", "seconds"),
    [
        (1, 0, 50, 1, READ),
        (50, 0, 50, 1, READ),
        # Two rounds.
        (51, 0, 50, 1, 2 * READ),
        (1, 1, 50, 1, READ + WRITE),
        (50, 3, 50, 1, READ + 3 * WRITE),
        (50, 3, 50, 3, READ + WRITE),
        # No more write at once than there are workers, and 0 is all of them.
        (10, 10, 5, 0, READ + 2 * WRITE),
        (10, 10, 5, 50, READ + 2 * WRITE),
        # Reads go on while one writes: what takes longer counts.
        (300, 1, 50, 1, 6 * READ),
    ],
)
def test_the_longest_chain_of_waits(servers: int, changed: int, forks: int, throttle: int, seconds: float) -> None:
    steps = costs.steps("prepare_vdirs", Fleet(servers, changed))
    assert costs.bound(steps, TIMES, forks=forks, throttle=throttle) == pytest.approx(seconds)


def test_a_changed_server_costs_two_shells_over_winrm_and_one_more_than_who_it_is_straight_to_exchange() -> None:
    def shells(way: str, changed: int) -> int:
        return costs.total(costs.steps("prepare_vdirs", Fleet(1, changed, way=way))).shells

    assert [shells("ntlm", 0), shells("ntlm", 1)] == [1, 2]
    assert [shells(costs.EXCHANGE, 0), shells(costs.EXCHANGE, 1)] == [1, 2]


@pytest.mark.parametrize("way", ["ntlm", costs.EXCHANGE])
def test_the_way_out_costs_the_same_however_many_servers_there_are(way: str) -> None:
    few, many = (costs.total(costs.steps("disable_hma", Fleet(count, way=way))) for count in (4, 3000))
    assert few == many
    assert few.shells == (2 if way == costs.EXCHANGE else 3)


def test_a_controller_that_takes_no_time_is_as_fast_as_the_bound() -> None:
    for known in (Fleet(300), Fleet(300, 100), Fleet(120, 7)):
        steps = costs.steps("prepare_vdirs", known)
        ideal = simulate.Controller(task=0.0, rest=0.0)
        assert simulate.playbook("prepare_vdirs", known, ideal, TIMES) == pytest.approx(
            costs.bound(steps, TIMES, forks=50), rel=0.05
        )


@pytest.mark.parametrize("throttle", [0, 50])
def test_no_more_servers_are_written_to_at_once_than_there_are_workers(throttle: int) -> None:
    alike = [simulate.Controller(task=0.0, rest=0.0, forks=5, throttle=number) for number in (throttle, 5)]
    one, other = (simulate.playbook("prepare_vdirs", Fleet(100, 100), item, TIMES) for item in alike)
    assert one == other


def by_the_guide(known: Fleet, controller: simulate.Controller) -> float:
    """Seconds of prepare_vdirs by the formula that people find in the guide."""
    text = (page.PAGE.parent / "docsite" / "rst" / "scale.rst").read_text("utf-8")
    terms = dict(re.findall(r"^   (seconds|read|write) += (.+?)(?:  .*)?$", text, re.MULTILINE))
    values: dict[str, Any] = {
        **TIMES, "ceil": math.ceil, "N": known.servers, "K": known.changed, "tasks": simulate.TASKS - 1,
        "task": controller.task, "run": controller.rest, "cores": controller.cores, "forks": controller.forks,
        "throttle": min(controller.throttle or controller.forks, controller.forks),
    }  # fmt: skip
    environment = jinja2.Environment(autoescape=True)

    def computed(name: str) -> float:
        found = environment.compile_expression(terms[name])(values)
        assert isinstance(found, (int, float))
        return found

    read, write = computed("read"), computed("write")
    more = 0.0
    if known.straight:
        assert all(part in text for part in ("a cmdlet more", "without the shell", "``ceil(K / forks) * read`` more"))
        read, write = read + TIMES["cmdlet"], write - TIMES["shell"]
        more = math.ceil(known.changed / controller.forks) * read
    values |= {"read": read, "write": write}
    return more + computed("seconds")


@pytest.mark.parametrize("way", ["ntlm", costs.EXCHANGE])
@pytest.mark.parametrize("throttle", [0, 1, 4, 10, 50, 300])
@pytest.mark.parametrize("forks", [5, 50])
def test_the_formula_of_the_guide_is_the_upper_end(way: str, throttle: int, forks: int) -> None:
    controller = simulate.Controller(task=0.176, rest=21.9, forks=forks, throttle=throttle)
    for servers in (1, 10, 300, 1000):
        for changed in (0, 1, servers // 3, servers):
            known = Fleet(servers, changed, way=way)
            found = simulate.playbook("prepare_vdirs", known, controller, TIMES)
            # With as many turns as workers a round of writes may begin where one of reads ends.
            room = 1.0 if 0 < throttle < forks else 1.05
            assert found <= by_the_guide(known, controller) * room + 0.01, (servers, changed)


def test_slices_help_where_writes_take_turns() -> None:
    controller = simulate.Controller(task=0.15, rest=5.0)
    one, ten = (simulate.sliced("prepare_vdirs", Fleet(3000, 1000), count, controller, TIMES) for count in (1, 10))
    assert 8 < one / ten < 10.5


def test_what_a_task_costs_comes_from_two_sizes() -> None:
    rows = [
        {"command": "again", "way": "winrm", "servers": servers, "cpu": cpu}
        for servers, cpu in ((10, 8.0), (110, 38.0))
    ]
    assert simulate.measured(rows) == pytest.approx((0.1, 5.0))
    assert simulate.measured(rows[:1]) == (0.0, 0.0)


@pytest.mark.parametrize(("servers", "changed"), [(4, 1), (10, 3), (300, 100)])
def test_a_third_of_a_fleet_is_wrong_and_spread_over_it(servers: int, changed: int) -> None:
    found = scenario.complete(fleet.fleet(servers, changed, fleet.LATENCY))
    wrong = [item["name"] for item in found["organizations"][0]["servers"] if item["directories"]]
    assert len(wrong) == changed
    assert wrong[0] == "EX1"
    assert len(found["organizations"][0]["servers"]) == servers


def test_each_fault_is_one_that_a_check_reports_and_a_read_shows() -> None:
    numbers = [fault.number for fault in faults.FAULTS]
    assert sorted(set(numbers)) == numbers
    assert all(fault.checks and fault.cmdlets for fault in faults.FAULTS)


ROW: dict[str, Any] = {
    "command": "enable", "servers": 10, "changed": 3, "way": "winrm", "forks": 50, "counted": asdict(Cost(30, 200)),
    "budget": asdict(Cost(30, 200)), "requests": 300, "lines": 250, "cpu": 20.0, "memory": 200, "page": 300,
    "waited": 99.0, "bound": 50.0, "seconds": 60.0, "machine": "2 x something",
}  # fmt: skip


def test_the_page_has_ratios_beside_values_and_names_the_machine() -> None:
    text = page.page({"rows": [ROW, {**ROW, "way": "psrp-exchange", "seconds": None}], "models": [], "found": []})
    assert "| 10 | 3 | enable | winrm | 30 | 200 | 300 | 99.0 | 50.0 | 60.0 | 1.20 |" in text
    assert "Seconds on 2 x something." in text


def test_a_machine_is_named_once_with_the_loads_that_it_had() -> None:
    rows = [
        {**ROW, "way": way, "machine": f"2 x something, load {load}"}
        for way, load in (("winrm", "11.0"), ("psrp-exchange", "0.7"))
    ]
    text = page.page({"rows": rows, "models": [], "found": []})
    assert "Seconds on 2 x something, load 0.7 to 11.0." in text


def test_a_count_does_not_take_away_the_seconds_that_were_measured() -> None:
    keys = ("servers", "command", "way")
    (row,) = collect.merged([ROW], [{**ROW, "requests": 310, "seconds": None, "machine": "another"}], keys)
    assert (row["requests"], row["seconds"], row["machine"]) == (310, 60.0, "2 x something")
    (row,) = collect.merged([ROW], [{**ROW, "seconds": 70.0, "machine": "another"}], keys)
    assert (row["seconds"], row["machine"]) == (70.0, "another")
    tasks = [{"task": "nothing", "milliseconds": number} for number in (31.2, 14.5)]
    assert collect.merged(tasks[:1], tasks[1:], ("task",)) == tasks[1:]


def test_the_page_of_the_repository_is_made_from_its_results() -> None:
    assert page.PAGE.read_text("utf-8") == page.page(collect.kept()), "run: python -m tests.bench --page"


def test_what_was_counted_is_what_the_steps_say() -> None:
    for row in collect.kept()["rows"]:
        assert row["counted"] == row["budget"], (row["servers"], row["way"], row["command"])


def test_single_tasks_are_counted_as_the_playbook_of_the_article_has_them() -> None:
    plays = yaml.safe_load((page.PAGE.parents[1] / "tests" / "bench" / "article.yml").read_text("utf-8"))
    tasks = [(play["hosts"], task) for play in plays for task in play["tasks"] if "exchange_cmdlet" in task]
    of_each = [task for hosts, task in tasks if hosts == "exchange_servers" and "when" not in task]
    once = [task for hosts, task in tasks if hosts == "exchange_servers[0]"]
    assert costs.single_tasks(7, 0) - costs.single_tasks(6, 0) == len(of_each)
    assert costs.single_tasks(0, 0) == len(once)
    measured = [row for row in collect.kept()["models"] if row["model"].startswith("the article")]
    assert measured
    for row in measured:
        assert row["counted"]["shells"] == costs.single_tasks(row["servers"], row["changed"])


def test_each_shell_of_enable_hma_has_a_reason() -> None:
    for way in page.WAYS.values():
        steps = costs.steps("enable_hma", Fleet(10, 3, way=way, off=True))
        assert {step.name for step in steps if step.total.shells} <= set(costs.WHY)


def test_without_enable_the_commands_that_need_a_fleet_that_is_right_have_one_of_their_own() -> None:
    found = [
        ([command.label for command in commands], changed)
        for commands, changed in collect._fleets(["check", "audit", "disable", "prepare_vdirs"], 3)
    ]
    assert found == [(["check"], 3), (["audit", "disable"], 0), (["prepare_vdirs, all right"], 0)]
    (first, changed), _last = collect._fleets(["enable", "verify"], 3)
    assert ([command.label for command in first], changed) == (["enable", "verify"], 3)


def test_straight_to_exchange_asks_a_name_in_each_shell() -> None:
    assert replace(Fleet(1), way=costs.EXCHANGE).shell(5) == Cost(shells=1, cmdlets=6)
    assert Fleet(1).shell(5) == Cost(shells=1, cmdlets=5)
