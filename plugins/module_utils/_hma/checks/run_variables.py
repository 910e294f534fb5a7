# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The variables of the hosts of a run, which are read here and nowhere else in the domain."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from .inventory import TaskResult, of_run
from .steps import CONTROL_NODE, ONE, SERVERS, Step

Vars = Mapping[str, Any]
# What a step changed, and where it broke. What it read and judged stands in the facts once, in its own place.
_OF_THE_STEP: Final = frozenset({"changes", "failed", "msg", "skipped", "uncertain", "unreachable"})


@dataclass(frozen=True)
class RunVariables:
    """The variables of the hosts of a run, of which each result is taken only where this very run made it."""

    variables: Mapping[str, Vars]
    servers: Sequence[str]
    tenants: Sequence[str]
    # The same variables as they were registered, in which Ansible looks for no templates.
    registered: Mapping[str, Vars]

    @classmethod
    def of(cls, hostvars: Vars, servers: Sequence[str], tenants: Sequence[str]) -> RunVariables:
        """Ansible makes the variables of a host anew whenever it is asked for them, so each host is asked for once of
        either kind."""
        hosts = [host for host in (CONTROL_NODE, *servers, *tenants) if host in hostvars]
        variables = {host: hostvars[host] for host in hosts}
        # What a task returned holds no template, and to look through it costs most of what a judgement costs.
        raw = getattr(hostvars, "raw_get", variables.__getitem__)
        return cls(variables, servers, tenants, {host: raw(host) for host in hosts})

    def of_host(self, host: str) -> Vars:
        """The variables of a host as its tasks have them: what the play sets for all is in no host's variables."""
        own = cast("dict[str, Any]", self.variables.get(host, {}))
        return ChainMap(dict(self.settings.get("hosts") or {}), own)

    @property
    def control(self) -> Vars:
        return self.variables.get(CONTROL_NODE, {})

    @cached_property
    def id(self) -> str | None:
        return self.control.get("hma_started_run")

    @cached_property
    def _looked_up(self) -> dict[tuple[str, str], Any]:
        """Results by host and name. Ansible templates a variable whenever it is looked up, and a fleet has thousands of
        look-ups, most of them of what is not there."""
        return {}

    @cached_property
    def _found(self) -> dict[str, tuple[str, Any]]:
        """What one host has, by name."""
        return {}

    @cached_property
    def settings(self) -> Vars:
        """What hma_settings judged, in the first task of each playbook."""
        found: Vars = self.control.get("hma_settings_result") or {}
        return found

    @property
    def playbook(self) -> str:
        return str(self.settings.get("playbook") or "")

    def result(self, host: str, name: str) -> Any:
        if (host, name) not in self._looked_up:
            own = self.registered.get(host, {})
            self._looked_up[host, name] = of_run(own[name], self.id) or {} if name in own else {}
        return self._looked_up[host, name]

    def one(self, name: str) -> tuple[str, Any]:
        """The host that has a result which one host has, and the result. Where another host was asked as well, because
        the first one could not answer, the one that did."""
        if name not in self._found:
            found = ((host, self.result(host, name)) for host in (CONTROL_NODE, *self.servers))
            made = [pair for pair in found if pair[1]]
            right = (pair for pair in made if isinstance(pair[1], Mapping) and TaskResult(pair[1]).error is None)
            self._found[name] = next(right, made[0] if made else (CONTROL_NODE, {}))
        return self._found[name]

    def of_step(self, step: Step) -> dict[str, Any]:
        if step.of == ONE:
            host, result = self.one(step.result)
            return {step.shown or host: _slim(result)}
        hosts = self.servers if step.of == SERVERS else self.tenants
        return {host: _slim(self.result(host, step.result)) for host in hosts}


def _slim(result: Any) -> Any:
    """What the report takes of a step. Everything else is most of a result: of hundreds of servers and thousands of
    names it is millions of characters, through which Ansible looks for templates."""
    if not isinstance(result, Mapping):
        return result
    kept = {key: value for key, value in result.items() if key in _OF_THE_STEP}
    if isinstance(result.get("results"), list):
        kept["results"] = [_slim(item) for item in result["results"]]
    # A step that judged speaks through its findings, whatever they are.
    return {**kept, "findings": []} if "findings" in result else kept
