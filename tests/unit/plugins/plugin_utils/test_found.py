# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run found so far is looked up by the module itself, as it was registered and without a look for templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.action import hma_assess
from ansible_collections.hybrid.exchange.plugins.action.hma_assess import ActionModule as Assess
from ansible_collections.hybrid.exchange.plugins.action.hma_drift import ActionModule as Drift
from ansible_collections.hybrid.exchange.plugins.action.hma_report import ActionModule as Report
from ansible_collections.hybrid.exchange.plugins.module_utils._argspec import SPECS
from ansible_collections.hybrid.exchange.plugins.plugin_utils._found import FactsAction

READ = {"changed": False, "run_id": "R", "server": "ex1.corp.test", "read": {}}
VARIABLES: Mapping[str, Mapping[str, Any]] = {
    "localhost": {"hma_started_run": "R", "groups": {"mail": ["ex1"], "entra": ["contoso"]}},
    "ex1": {"hma_host_read": READ, "ansible_host": "{{ of_the_inventory }}"},
    "contoso": {"hma_tenant_id": "{{ of_the_inventory }}"},
}


class HostVars(Mapping[str, Any]):
    """As Ansible has them: what is asked for by host is templated. No registered result is to be asked for so."""

    def __getitem__(self, host: str) -> Any:
        return {
            name: value.replace("{{ of_the_inventory }}", "resolved") if isinstance(value, str) else value
            for name, value in VARIABLES[host].items()
            if not name.endswith("_read")
        }

    def raw_get(self, host: str) -> Any:
        return VARIABLES[host]

    def __iter__(self) -> Iterator[str]:
        return iter(VARIABLES)

    def __len__(self) -> int:
        return len(VARIABLES)


def completed(action: type[FactsAction[Any]], **given: Any) -> dict[str, Any]:
    spec = SPECS[action.module]["argument_spec"]
    options = {name: option.get("default") for name, option in spec.items()} | given
    found: dict[str, Any] = object.__new__(action).completed(options, {"hostvars": HostVars()})
    return found


@pytest.mark.parametrize("action", [Assess, Drift, Report])
def test_without_facts_it_is_what_the_run_found(action: type[FactsAction[Any]]) -> None:
    facts = completed(action, servers_group="mail", tenants_group="entra")["facts"]
    assert facts["run"]["id"] == "R"
    assert facts["servers"]["ex1"]["identified"] is READ
    assert facts["servers"]["ex1"]["place"]["connect_to"] == "resolved"
    assert facts["tenants"]["contoso"]["tenant_id"] == "resolved"


@pytest.mark.parametrize("action", [Assess, Drift, Report])
@pytest.mark.parametrize("given", [{}, {"servers": {}}])
def test_facts_that_are_given_are_taken_as_they_are(action: type[FactsAction[Any]], given: dict[str, Any]) -> None:
    assert completed(action, facts=given)["facts"] is given


def test_a_watch_that_could_not_do_its_work_looks_nothing_up() -> None:
    assert completed(Drift, not_done="No server answered.")["facts"] == {}


@pytest.mark.parametrize(
    ("later", "judged"), [(None, {"name": "before"}), ({"name": "after"}, {"name": "after"}), ({}, {})]
)
def test_a_later_reading_of_the_organization_counts_though_nothing_is_in_it(later: Any, judged: Any) -> None:
    """What was read before a write is no proof of what is there after it."""
    options: Any = SimpleNamespace(facts={"organization": {"name": "before"}}, organization=later)
    assert hma_assess._with_the_last_reading(options)["organization"] == judged
