# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge every public variable before anything else happens; see the module hma_settings for its options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ansible import context
from ansible.utils.vars import load_extra_vars
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import missing_part
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import (
    PLAY,
    WITHOUT_TENANTS,
    Variables,
    judge,
    message,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import WIRING, with_roles
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._called import of_the_play
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._given import (
    OMITTED,
    Templated,
    is_ours,
    ours,
    unreadable_in,
    value_of,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._needs import (
    SIGN_IN_OF,
    misled_control_node,
    missing_libraries,
    unreadable_files,
)
from ansible_collections.hybrid.exchange.plugins.plugin_utils._rules import wrong_rules

_ROLES: Final = Path(__file__).resolve().parents[2] / "roles"


@dataclass(frozen=True, kw_only=True)
class Options(ModuleOptions):
    """The playbook, the hosts of its groups and of the play, and the limit of the run."""

    playbook: str
    servers: list[str]
    tenants: list[str]
    hosts: list[str]
    limit: str | None


@dataclass(frozen=True, kw_only=True)
class Judged(Result):
    """The settings of the organization, which are the same on every host, and what the play sets for all of them."""

    playbook: str
    organization: Mapping[str, Any]
    hosts: Mapping[str, Any]
    warnings: Sequence[str]


class ActionModule(HmaAction[Options]):
    """One task for all hosts, on the control node: no connection is used."""

    module = "hma_settings"
    options = Options

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self.given = task_vars or {}
        return super().run(tmp, task_vars)

    def apply(self, options: Options) -> Judged:
        playbook = options.playbook
        part = missing_part(playbook, options.servers, options.tenants, options.hosts) if options.limit else None
        if part:
            raise Refused(part)
        variables = self._variables(options)
        judgement = judge(with_roles(_options_of_roles()), variables)
        judgement.problems += [
            f"{name} is set by the playbooks only: take it out of -e." for name in sorted(WIRING & variables.extra)
        ]
        judgement.problems += [
            *unreadable_files(variables),
            *missing_libraries(variables, self._connections(options.servers)),
        ]
        for text, stops in misled_control_node(variables, self._kind_of("localhost")):
            judgement.add(text, stops=stops)
        if not judgement.problems:
            # Rules of another shape are a problem already, and cannot be looked into.
            judgement.problems += wrong_rules(playbook, judgement.organization)
        if judgement.problems:
            raise Refused(message(playbook, judgement.problems))
        return Judged(
            playbook=playbook, organization=judgement.organization, hosts=judgement.hosts, warnings=judgement.warnings
        )

    def _variables(self, options: Options) -> Variables:
        """What the hosts have under our names. A playbook that signs in to no tenant does not look at theirs."""
        hostvars = self.given["hostvars"]
        tenants = [] if options.playbook in WITHOUT_TENANTS else options.tenants
        values = {PLAY: self._of_the_play()}
        for host in (*options.servers, *tenants):
            values[host] = ours(hostvars[host])
        return Variables(
            playbook=options.playbook,
            servers=options.servers,
            tenants=tenants,
            values=values,
            hosts=frozenset(hostvars) | {"localhost"},
            extra=frozenset(load_extra_vars(self._loader)),
            play=of_the_play(),
            connections={host: unreadable_in(hostvars[host]) for host in options.servers},
            again="hma_started_run" in hostvars["localhost"],
        )

    def _of_the_play(self) -> dict[str, Any]:
        return ours(Templated({name: value for name, value in self.given.items() if is_ours(name)}, self._templar))

    def _connections(self, hosts: Iterable[str]) -> set[tuple[str, str]]:
        """The kinds of connection that the servers have, without the collection's name before them, each with how it
        signs in."""
        hostvars = self.given["hostvars"]
        names = {host: self._kind_of(host) for host in hosts}
        return {(name, str(value_of(hostvars[host], SIGN_IN_OF.get(name, "")))) for host, name in names.items()}

    def _kind_of(self, host: str) -> str:
        kind = value_of(self.given["hostvars"][host], "ansible_connection")
        return str(context.CLIARGS.get("connection") if kind is OMITTED else kind).rpartition(".")[2]


def _options_of_roles() -> dict[str, Any]:
    """The variables that the roles document, each with its specification."""
    options: dict[str, Any] = {}
    for path in sorted(_ROLES.glob("*/meta/argument_specs.yml")):
        options |= yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    return options
