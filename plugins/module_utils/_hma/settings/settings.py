# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The public variables of a run, judged all at once, before anything is read or written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..base.called import GIVEN_WITH_E
from ..base.comparison import fold
from ..base.display import few
from ..base.values import shown
from .shapes import Shape
from .spelling import nearest, slipped
from .texts import odd_text
from .ways_in import sign_in_faults

SERVER: Final = "server"
TENANT: Final = "tenant"
ORGANIZATION: Final = "organization"
# Read by the head of a play, which gets extra variables only.
HEAD: Final = "head"
ROLE: Final = "role"
# The variables that the play itself has, beside those of the hosts.
PLAY: Final = "localhost"
_PREFIX: Final = "hma_"
_NAMED: Final = 3
# Playbooks that sign in to no tenant.
WITHOUT_TENANTS: Final = frozenset(
    {"prepare_vdirs", "disable_hma", "disable_owa_hma", "try_writes_on_one_directory", "measure_sign_ins"}
)
# The ways out need least: a variable that they do not read must not stand in their way.
WAYS_OUT: Final = frozenset({"disable_hma", "disable_owa_hma"})


@dataclass(frozen=True)
class Setting:
    """One public variable. ``way_out``: the ways out read it. ``shared``: tenants have to have the value of the
    servers."""

    name: str
    scope: str
    shape: Shape
    way_out: bool = False
    shared: bool = False

    def stops(self, playbook: str) -> bool:
        """Whether a fault of it stops a playbook."""
        if self.scope == TENANT and playbook in WITHOUT_TENANTS:
            return False
        return self.way_out or playbook not in WAYS_OUT


@dataclass(frozen=True)
class Unreadable:
    """A variable whose template or vault gave no value, or one that cannot be ``used``."""

    reason: str
    used: bool = False


@dataclass(frozen=True)
class Variables:
    """What the hosts of a run have under the names that are ours. ``extra`` are names given with -e."""

    playbook: str
    servers: Sequence[str]
    tenants: Sequence[str]
    values: Mapping[str, Mapping[str, Any]]
    hosts: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    # Whether this process ran a playbook of the collection before.
    again: bool = False
    # By server, the variables of its connection that give no value.
    connections: Mapping[str, Mapping[str, Unreadable]] = field(default_factory=dict)
    # Names of which the play itself has another value than the inventory, as ``vars`` of import_playbook give them.
    play: frozenset[str] = frozenset()


@dataclass
class Judgement:
    """``problems`` stop the run, ``warnings`` do not; ``organization`` are the settings of the organization that are
    set, ``hosts`` those of servers and tenants that the play sets for all of them, whatever the inventory has."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    organization: dict[str, Any] = field(default_factory=dict)
    hosts: dict[str, Any] = field(default_factory=dict)

    def add(self, text: str, *, stops: bool) -> None:
        (self.problems if stops else self.warnings).append(text)


def judge(settings: Mapping[str, Setting], variables: Variables) -> Judgement:
    """Every variable of every host: its type, its place, its name."""
    judgement = Judgement()
    for text in _unreadable_connections(variables):
        judgement.add(text, stops=variables.playbook not in WAYS_OUT)
    for setting in settings.values():
        stops = setting.stops(variables.playbook)
        for text in (*_faults(setting, variables), *_misplaced(setting, variables), *_unequal(setting, variables)):
            judgement.add(text, stops=stops)
        for text in _oddities(setting, variables):
            judgement.add(text, stops=stops and variables.playbook not in WAYS_OUT)
    for text in _out_of_sight(settings, variables):
        judgement.add(text, stops=False)
    for text in _of_sign_in(variables):
        judgement.add(text, stops=variables.playbook not in WITHOUT_TENANTS)
    _judge_names(settings, variables, judgement)
    for setting in settings.values():
        # A secret is in no result: whoever needs it reads the variable.
        if not setting.shape.secret:
            _keep(setting, variables, judgement)
    return judgement


def _keep(setting: Setting, variables: Variables, judgement: Judgement) -> None:
    """The value of a variable, where it is one for the whole run; what a play sets outranks the inventory."""
    of_play = setting.name in variables.play
    hosts = [PLAY] if of_play else [*variables.servers, PLAY]
    value = next((own[setting.name] for host in hosts if setting.name in (own := variables.values.get(host, {}))), None)
    if not _is_set(value):
        return
    if setting.scope == ORGANIZATION:
        judgement.organization[setting.name] = setting.shape.meant(value)
    elif setting.scope in (SERVER, TENANT) and of_play:
        judgement.hosts[setting.name] = setting.shape.meant(value)


def _is_set(value: Any) -> bool:
    """An empty text is not set: a question of a controller that nobody answered."""
    return value is not None and value != "" and not isinstance(value, Unreadable)


def _unreadable_connections(variables: Variables) -> Iterator[str]:
    """One line per variable of a connection that gives no value: Ansible would drop its host in the middle of the
    run."""
    hosts: dict[tuple[str, str], list[str]] = {}
    for host, reasons in variables.connections.items():
        for name, unreadable in reasons.items():
            text = unreadable.reason if unreadable.used else f"cannot be read: {unreadable.reason}"
            hosts.setdefault((name, text), []).append(host)
    for (name, text), having in hosts.items():
        yield f"{name} {text} ({place(name, having, variables)})."


def _faults(setting: Setting, variables: Variables) -> Iterator[str]:
    """One line per fault, whichever number of hosts has it."""
    yield from _placed(
        setting,
        variables,
        (
            (text, host)
            for host, values in variables.values.items()
            for text in _faults_at(setting, host, values, variables)
        ),
    )


def _oddities(setting: Setting, variables: Variables) -> Iterator[str]:
    """One line per text that has more in it than was meant."""
    values = {host: values[setting.name] for host, values in variables.values.items() if setting.name in values}
    yield from _placed(
        setting, variables, ((text, host) for host, value in values.items() for text in _odd_text(setting, value))
    )


def _placed(setting: Setting, variables: Variables, found: Iterable[tuple[str, str]]) -> Iterator[str]:
    hosts: dict[str, list[str]] = {}
    for text, host in found:
        hosts.setdefault(text, []).append(host)
    for text, having in hosts.items():
        yield f"{text} ({place(setting.name, having, variables)})."


def _faults_at(setting: Setting, host: str, values: Mapping[str, Any], variables: Variables) -> Iterator[str]:
    if setting.name not in values:
        if setting.shape.required and host in variables.tenants and setting.scope == TENANT:
            yield f"{setting.name} is not set; expected {setting.shape.expected}"
        return
    value = values[setting.name]
    if isinstance(value, Unreadable):
        yield f"{setting.name} cannot be read: {value.reason}"
        return
    yield from (fault.text(setting.name) for fault in setting.shape.faults(value))
    if setting.name == "hma_probe_from" and isinstance(value, str) and value and value not in variables.hosts:
        yield f"{setting.name} is {shown(value)}; expected localhost or a host of the inventory"


def _odd_text(setting: Setting, value: Any) -> Iterator[str]:
    """A text that has more in it than was meant; of dictionaries and lists only their modules look at the elements."""
    if setting.shape.kind in ("str", "path") and isinstance(value, str) and not list(setting.shape.faults(value)):
        hidden = setting.shape.secret or setting.shape.hidden
        odd = odd_text(value, secret=hidden, password=setting.name.endswith("password"))
        yield from [f"{setting.name} {odd}"] if odd else []


def _of_sign_in(variables: Variables) -> Iterator[str]:
    """What the variables of a tenant say together of how it is signed in to."""
    hosts: dict[tuple[str, str], list[str]] = {}
    for host in variables.tenants:
        for fault in sign_in_faults(variables.values.get(host, {})):
            hosts.setdefault(fault, []).append(host)
    for (name, text), having in hosts.items():
        yield f"{text} ({place(name, having, variables)})."


def _misplaced(setting: Setting, variables: Variables) -> Iterator[str]:
    """A variable for the head of a play that the inventory has: the head would not see it."""
    if setting.scope != HEAD or setting.name in variables.extra:
        return
    having = [
        host for host in (*variables.servers, *variables.tenants) if setting.name in variables.values.get(host, {})
    ]
    if having:
        yield (
            f"{setting.name} is set in the inventory, where no playbook sees it: give it with -e "
            f"({place(setting.name, having, variables)})."
        )


def _out_of_sight(settings: Mapping[str, Setting], variables: Variables) -> Iterator[str]:
    """Variables of tenants that servers have and no tenant has: nothing reads them there."""
    if not variables.tenants:
        return
    servers: dict[str, list[str]] = {}
    for host in variables.servers:
        for name in variables.values.get(host, {}):
            if name in settings and settings[name].scope == TENANT:
                servers.setdefault(name, []).append(host)
    for name, having in servers.items():
        if not any(name in variables.values.get(host, {}) for host in variables.tenants):
            where = place(name, having, variables)
            yield f"{name} is of a tenant, and no tenant has it ({where}): set it for the hosts of the tenants' group."


def _unequal(setting: Setting, variables: Variables) -> Iterator[str]:
    """A setting of the organization that is not the same for two hosts that use it."""
    if setting.scope != ORGANIZATION:
        return
    using = [
        host
        for host in (*variables.servers, *(variables.tenants if setting.shared else ()))
        if host in variables.values
    ]
    first: dict[str, str] = {}
    for host in using:
        first.setdefault(_key(setting.shape.meant(variables.values[host].get(setting.name))), host)
    if len(first) > 1:
        places = [f"{_at(host, setting, variables)} at {host}" for host in list(first.values())[:2]]
        yield (
            f"{setting.name} is one setting of the organization, but it is {' and '.join(places)}. Set it once "
            f"for all of them, or give it with -e."
        )


def _at(host: str, setting: Setting, variables: Variables) -> str:
    value = variables.values[host].get(setting.name)
    return "one value (not shown)" if setting.shape.secret and value is not None else _written(value)


def _key(value: Any) -> str:
    return (
        ""
        if value in (None, "", [], {}) or isinstance(value, Unreadable)
        else json.dumps(value, sort_keys=True, default=str)
    )


def _written(value: Any) -> str:
    return "not set" if value is None else "unreadable" if isinstance(value, Unreadable) else shown(value)


def _judge_names(settings: Mapping[str, Setting], variables: Variables, judgement: Judgement) -> None:
    """Names that begin as ours do, or are a slip of one, and are not ours. A slip stops the run; another word is a
    warning."""
    if variables.again:
        # The results of the earlier playbook are variables too, and it looked at everybody else's.
        return
    hosts: dict[str, list[str]] = {}
    for host, values in variables.values.items():
        for name in values:
            if name not in settings and (fold(name).startswith(_PREFIX) or slipped(fold(name), settings)):
                hosts.setdefault(name, []).append(host)
    for name, having in hosts.items():
        meant = slipped(fold(name), settings)
        near = meant or nearest(fold(name), settings)
        hint = f" Did you mean {near}?" if near else ""
        where = place(name, having, variables)
        judgement.add(
            f"{name} is no variable of hybrid.exchange ({where}).{hint}",
            # exchange_users may well be somebody else's.
            stops=meant is not None and fold(name).startswith(_PREFIX) and variables.playbook not in WAYS_OUT,
        )


def place(name: str, having: Sequence[str], variables: Variables) -> str:
    """Where a variable comes from, as far as Ansible says."""
    if name in variables.extra:
        return GIVEN_WITH_E
    inventory = {host for host in variables.values if host != PLAY}
    named = [host for host in having if host != PLAY] or [PLAY]
    if len(inventory) > 1 and set(named) >= inventory:
        return "for every host"
    return f"at {few(named, _NAMED)}"


def message(playbook: str, problems: Iterable[str]) -> str:
    """One message for everything that is wrong."""
    lines = list(problems)
    head = f"{playbook} did not begin, and nothing was read or changed. What is to be mended first ({len(lines)}):"
    return "\n".join([head, *(f"- {line}" for line in lines)])
