# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Commands that people type: held as data, quoted by the rules of their language whenever they are written.

Names in an organization are text of others. They get into a command or a setting here and nowhere else, and none of
these types can be made from text that is quoted already.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from .called import Hidden, how_of, text_of
from .quoting import quoted, yaml_quoted

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)?")
_PROPERTY: Final = re.compile(r"[A-Za-z0-9]+\*?")
_VARIABLE: Final = re.compile(r"(?:env:)?[A-Za-z0-9_]+")
_SETTING: Final = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./-]+")
_PLAYBOOK: Final = re.compile(r"[a-z][a-z0-9_]*")
# Switch parameters take no value of their own: -Force, and -Confirm:$false to say no.
_SWITCHES: Final = frozenset(
    {"ADPropertiesOnly", "Arbitration", "Confirm", "Force", "IgnoreDefaultScope", "RefreshAuthMetadata"}
)
# Those of an authentication policy, one for each protocol.
_SWITCHES_OF_POLICIES: Final = ("BlockLegacyAuth", "BlockModernAuth")


@dataclass(frozen=True)
class Variable:
    """A variable of PowerShell as a value: $env:COMPUTERNAME."""

    name: str

    def __post_init__(self) -> None:
        if not _VARIABLE.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a variable")


@dataclass(frozen=True)
class Columns:
    """Names of properties, as Format-Table takes them; a star stands for more."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in self.names:
            if not _PROPERTY.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a property")


@dataclass(frozen=True)
class Off:
    """A switch that is turned off: -BlockModernAuthMapi:$false."""


OFF: Final = Off()


class Command:
    """One command or setting. ``language`` says where it is typed: powershell, shell, or yaml for the inventory and the
    variables."""

    language: ClassVar[str]

    @property
    def text(self) -> str:
        raise NotImplementedError

    def facts(self) -> dict[str, str]:
        return {"language": self.language, "text": self.text}


@dataclass(frozen=True)
class PowerShell(Command):
    """A cmdlet with its parameters, for the Exchange Management Shell; ``then`` is what its output is piped to."""

    language: ClassVar[str] = "powershell"
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    values: tuple[Any, ...] = ()
    then: PowerShell | None = None

    def __post_init__(self) -> None:
        for name in (self.name, *self.parameters):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a cmdlet or parameter")

    @property
    def text(self) -> str:
        values = (_literal(value) for value in self.values)
        own = " ".join([self.name, *values, *(_pair(name, value) for name, value in self.parameters.items())])
        return f"{own} | {self.then.text}" if self.then else own


@dataclass(frozen=True)
class Shell(Command):
    """A command line for the POSIX shell of the control node."""

    language: ClassVar[str] = "shell"
    words: tuple[str | Hidden, ...]

    @property
    def text(self) -> str:
        return text_of(self.words)


@dataclass(frozen=True)
class Setting(Command):
    """A line of YAML for the inventory or the variables: the value is read back as it is, and never templated."""

    language: ClassVar[str] = "yaml"
    name: str
    value: Any

    def __post_init__(self) -> None:
        if not _SETTING.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a variable")

    @property
    def text(self) -> str:
        return f"{self.name}: {yaml_quoted(self.value)}"


LANGUAGES: Final = ("powershell", "shell", "yaml")


def playbook(
    name: str, inventory: Sequence[str] = (), *, limit: str | None = None, options: Sequence[str] = ()
) -> Shell:
    """A playbook of this collection, with the inventory of this run where it is known, and with what else the run was
    called with (``Called``)."""
    if not _PLAYBOOK.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a playbook")
    how = how_of(inventory)
    words: list[str | Hidden] = ["ansible-playbook", f"hybrid.exchange.{name}"]
    words += [*_option("--limit", how.limit_of(name) if limit is None else limit), *how.words(name, options), *options]
    for source in inventory:
        words += _option("-i", source)
    return Shell(tuple(words))


def module(
    name: str, host: str, arguments: Mapping[str, Any], inventory: Sequence[str] = (), *, options: Sequence[str] = ()
) -> Shell:
    """A module of this collection on one host, with the inventory of this run and with how it signs in. Ansible
    evaluates what stands in braces in the arguments."""
    if not _PLAYBOOK.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a module")
    words: list[str | Hidden] = ["ansible", host]
    for source in inventory:
        words += _option("-i", source)
    words += ["-m", f"hybrid.exchange.{name}", "-a", json.dumps(arguments, ensure_ascii=False)]
    return Shell((*words, *how_of(inventory).words(name, options), *options))


def with_the_rest(text: str, inventory: Sequence[str]) -> str:
    """A command of a playbook that was made where nobody knew more than the inventory, as hma_probe makes it on another
    host, with what else the run was called with. Any other command is given back as it is."""
    words = iter(_words(text))
    program, name = next(words, ""), next(words, "").partition("hybrid.exchange.")[2]
    sources: list[str] = []
    limit, own = None, []
    for word in words:
        if word == "-i":
            sources.append(next(words, ""))
        elif word == "--limit":
            limit = next(words, None)
        elif word in ("--check", "--diff"):
            own.append(word)
        else:
            return text
    if program != "ansible-playbook" or not _PLAYBOOK.fullmatch(name) or sources != list(inventory):
        return text
    return playbook(name, inventory, limit=limit, options=own).text


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def variable_of_paths(name: str, given: Sequence[str]) -> tuple[str, ...]:
    """A variable of paths, as ansible-playbook takes it: key=value has no way to write a blank or a list."""
    if not given:
        return ()
    if len(given) > 1 or not _PLAIN.fullmatch(given[0]):
        return ("-e", json.dumps({name: list(given) if len(given) > 1 else given[0]}, ensure_ascii=False))
    return ("-e", f"{name}={given[0]}")


def look(cmdlet: str, how: str, *names: str) -> PowerShell:
    """A cmdlet whose output is shown: ``how`` is Format-Table or Format-List."""
    return PowerShell(cmdlet, then=PowerShell(how, values=(Columns(names),) if names else ()))


def texts(commands: Iterable[Command]) -> list[str]:
    return [command.text for command in commands]


def advice(fix: str, commands: Iterable[Command]) -> str:
    """What to do, in one line: the words, then the commands."""
    return " ".join(part for part in (fix, "; ".join(texts(commands))) if part)


def written(commands: Any) -> list[dict[str, str]]:
    """The commands of a finding as facts hold them, read from the result of a task; anything else is left out."""
    entries = [entry for entry in commands if isinstance(entry, Mapping)] if isinstance(commands, (list, tuple)) else []
    return [
        {"language": entry["language"], "text": entry["text"]}
        for entry in entries
        if entry.get("language") in LANGUAGES and isinstance(entry.get("text"), str) and entry["text"]
    ]


def _pair(name: str, value: Any) -> str:
    if isinstance(value, Off):
        return f"-{name}:$false"
    if name in _SWITCHES or name.startswith(_SWITCHES_OF_POLICIES):
        return f"-{name}" if value else f"-{name}:$false"
    return f"-{name} {_literal(value)}"


def _literal(value: Any) -> str:
    if isinstance(value, Variable):
        return f"${value.name}"
    if isinstance(value, Columns):
        return ",".join(value.names)
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "@(" + ", ".join(quoted(str(item)) for item in value) + ")"
    return quoted(str(value))


def _option(name: str, value: str | None) -> list[str]:
    """A value that begins with a dash would be taken for an option of its own."""
    if value is None:
        return []
    return (
        [f"{name}={value}" if name.startswith("--") else f"{name}{value}"] if value.startswith("-") else [name, value]
    )
