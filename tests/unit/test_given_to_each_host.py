# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task is given for each server does not grow with the fleet and its tenants: Ansible copies it for each host,
and 300 servers would pay 300 times for what was read of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.hybrid.exchange.plugins.filter import history_for, organization_for

from tests.unit.audit_story import NOW, Story
from tests.unit.large_fleet import registered

ROOT = Path(__file__).parents[2]
SERVERS = ROOT / "playbooks" / "steps" / "audit_servers.yml"
ROLES = {
    "hma_restore": ("exchange.yml", "hma_restore_recorded"),
    "hma_owa": ("main.yml", "hma_owa_history"),
    "hma_disable": ("main.yml", "hma_disable_history"),
}


def templated(given: object, variables: Mapping[str, object]) -> Any:
    """What Ansible makes of an argument of a task, with these variables. Its loader does not find a collection that the
    tests have imported."""
    templar = Templar(loader=DataLoader(), variables=dict(variables))
    for plugin in (history_for, organization_for):
        for name, function in plugin.FilterModule().filters().items():
            templar._engine.environment.filters[f"hybrid.exchange.{name}"] = function
    return templar.template(given)


def trusted(value: object) -> Any:
    """Texts that may hold templates, as Ansible takes those of a playbook."""
    if isinstance(value, dict):
        return {key: trusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


def tasks_of(module: str, tasks: object) -> Iterator[dict[str, Any]]:
    """The tasks of a module, in blocks too."""
    for task in tasks if isinstance(tasks, list) else ():
        if module in task:
            yield task
        for key in ("tasks", "block", "rescue", "always"):
            yield from tasks_of(module, task.get(key))


def organization(servers: int) -> dict[str, Any]:
    """What was read of an organization with so many servers alike."""
    found: dict[str, Any] = json.loads(json.dumps(Story().organization()))
    for name, key in (("servers", "name"), ("client_urls", "server"), ("directories", "server")):
        first = found[name][0]
        found[name] += [{**first, key: f"X{number}"} for number in range(servers)]
    return found


def asked_with(servers: int) -> str:
    play, *_others = yaml.safe_load(SERVERS.read_text("utf-8"))
    (task,) = tasks_of("hybrid.exchange.hma_info", play["tasks"])
    variables = {
        **trusted(play["vars"]),
        "groups": {"hma_reader": ["ex1"]},
        "hostvars": {"ex1": {"hma_organization_read": {"organization": organization(servers)}}},
        "hma_host_read": {"server": "ex2.corp.contoso.test"},
    }
    return json.dumps(templated(trusted(task["hybrid.exchange.hma_info"]["organization"]), variables))


def test_a_server_is_asked_with_its_own_part_of_the_organization() -> None:
    """All of it, with 300 servers 860 kB, took longer to copy than the server took to answer."""
    small, large = asked_with(4), asked_with(300)
    assert small == large
    assert [item["fqdn"] for item in json.loads(large)["servers"]] == ["ex2.corp.contoso.test"]


def write(kind: str, **values: object) -> dict[str, Any]:
    """A recorded write, as hma_record returns it."""
    return {
        "id": kind, "time": NOW, "run": "r", "host": "h", "object": kind, "target": {"type": kind}, "command": "c",
        "before": {}, "after": {}, "result": "done", **values,
    }  # fmt: skip


def history_of(role: str, history: list[dict[str, Any]], **variables: object) -> list[dict[str, Any]]:
    """The recorded writes that a role gives to its module."""
    file, name = ROLES[role]
    tasks = yaml.safe_load((ROOT / "roles" / role / "tasks" / file).read_text("utf-8"))
    found = [
        (task, task[module]["history"])
        for module in ("hybrid.exchange.hma_restore", "hybrid.exchange.hma_web_sign_in")
        for task in tasks_of(module, tasks)
        if "history" in task[module]
    ]
    ((task, given),) = found
    recorded: object = {"history": history} if role == "hma_restore" else history
    own = {name: recorded, "hma_disable_from_record": True, "omit": "", **variables}
    result: list[dict[str, Any]] = templated(trusted(given), {**trusted(task.get("vars", {})), **own})
    return result


@pytest.mark.parametrize("role", ROLES)
def test_no_server_is_handed_the_names_and_people_of_a_record(role: str) -> None:
    """Two tenants with 5,000 names and a wave of 3,000 people are no server's."""
    names = {"servicePrincipalNames": registered(5000, "contoso")}
    own = [write("directory"), write("web_directory"), write("authserver"), write("organization")]
    history = [
        write("names", before=names, after=names), *own, write("reply_urls"), *(write("user") for _n in range(3000)),
    ]  # fmt: skip
    assert history_of(role, history, hma_restore_scope="server") == own


def test_the_policies_go_back_with_their_people() -> None:
    history = [write("user"), write("default_policy"), write("names")]
    # One server has these scopes; in check mode the second one asks whom the policies block by then.
    for scope in ("policies", "organization"):
        assert history_of("hma_restore", history, hma_restore_scope=scope) == history[:2]


@pytest.mark.parametrize("role", ROLES)
def test_a_write_without_a_target_reaches_the_module_which_says_what_is_wrong_with_it(role: str) -> None:
    odd = [{"id": "1"}]
    assert history_of(role, odd, hma_restore_scope="server") == odd
