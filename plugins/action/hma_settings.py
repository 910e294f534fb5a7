# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge every public variable before anything else happens; see the module hma_settings for its options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.utils.vars import load_extra_vars
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.comparison import fold
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.narrowing import missing_part
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.settings.settings import (
    PLAY,
    WITHOUT_TENANTS,
    Unreadable,
    Variables,
    judge,
    message,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._variables import PUBLIC, WIRING, with_roles
from ansible_collections.hybrid.exchange.plugins.plugin_utils._action import HmaAction
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.base import ModuleOptions, Result
from ansible_collections.hybrid.exchange.plugins.plugin_utils._data.plain import plain
from ansible_collections.hybrid.exchange.plugins.plugin_utils._needs import missing_libraries, unreadable_files

try:
    from ansible.errors import AnsibleValueOmittedError
except ImportError:
    # ansible-core before 2.19: HmaAction refuses it in one line, and it can do so only where this file is imported.
    AnsibleValueOmittedError = AnsibleUndefinedVariable

_ROLES: Final = Path(__file__).resolve().parents[2] / "roles"
_OURS: Final = ("hma_", "exchange_")
_OMITTED: Final = object()


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
    """The settings of the organization, which are the same on every host."""

    playbook: str
    organization: Mapping[str, Any]
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
        if judgement.problems:
            raise Refused(message(playbook, judgement.problems))
        return Judged(playbook=playbook, organization=judgement.organization, warnings=judgement.warnings)

    def _variables(self, options: Options) -> Variables:
        """What the hosts have under our names. A playbook that signs in to no tenant does not look at theirs."""
        hostvars = self.given["hostvars"]
        tenants = [] if options.playbook in WITHOUT_TENANTS else options.tenants
        values = {PLAY: self._of_the_play()}
        for host in (*options.servers, *tenants):
            values[host] = _ours(hostvars[host])
        return Variables(
            playbook=options.playbook,
            servers=options.servers,
            tenants=tenants,
            values=values,
            hosts=frozenset(hostvars) | {"localhost"},
            extra=frozenset(load_extra_vars(self._loader)),
            again="hma_started_run" in hostvars["localhost"],
        )

    def _of_the_play(self) -> dict[str, Any]:
        return _ours(_Templated({name: value for name, value in self.given.items() if _is_ours(name)}, self._templar))

    def _connections(self, hosts: Iterable[str]) -> set[str]:
        """The kinds of connection that the servers have, without the collection's name before them."""
        hostvars = self.given["hostvars"]
        return {str(_value(hostvars[host], "ansible_connection")).rpartition(".")[2] for host in hosts}


class _Templated(Mapping[str, Any]):
    """The variables of the play, each one made of its template when it is asked for."""

    def __init__(self, templates: Mapping[str, Any], templar: Any) -> None:
        self._templates, self._templar = templates, templar

    def __getitem__(self, name: str) -> Any:
        return self._templar.template(self._templates[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def __len__(self) -> int:
        return len(self._templates)


def _is_ours(name: str) -> bool:
    return fold(name).startswith(_OURS) and name not in WIRING


def _ours(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What is set under our names."""
    values = {name: _value(variables, name) for name in variables if _is_ours(name)}
    return {name: value for name, value in values.items() if value is not _OMITTED}


def _value(variables: Mapping[str, Any], name: str) -> Any:
    """The value of a variable, or why there is none."""
    try:
        return plain(variables[name]) if name in variables else _OMITTED
    except AnsibleValueOmittedError:
        return _OMITTED
    except AnsibleError as exc:
        return Unreadable(_reason(name, exc))


def _reason(name: str, exc: AnsibleError) -> str:
    """The first line of an error; of a secret only what Ansible says about names and vaults, for an error may quote the
    value."""
    line = (str(exc).splitlines() or [""])[0].rstrip(".") or type(exc).__name__
    harmless = isinstance(exc, AnsibleUndefinedVariable) or "decrypt" in line
    return line if harmless or not (name in PUBLIC and PUBLIC[name].shape.secret) else "its template fails"


def _options_of_roles() -> dict[str, Any]:
    """The variables that the roles document, each with its specification."""
    options: dict[str, Any] = {}
    for path in sorted(_ROLES.glob("*/meta/argument_specs.yml")):
        options |= yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    return options
