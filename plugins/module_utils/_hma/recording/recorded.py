# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A recording as its judges read it: the document, by what was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.json_schema import mismatch
from .schema import SCHEMA

_HANDED: Final = "Deserialized."


@dataclass(frozen=True)
class Value:
    """A value of a property. ``items`` is None where it is no list."""

    type: str
    value: Any = None
    items: tuple[Value | None, ...] | None = None

    @classmethod
    def of(cls, found: Mapping[str, Any] | None) -> Value | None:
        if found is None:
            return None
        named = str(found["type"]).removeprefix(_HANDED)
        if "items" in found:
            return cls(named, items=tuple(cls.of(item) for item in found["items"]))
        return cls(named, found.get("value"))

    @property
    def texts(self) -> list[str]:
        return [str(item.value) for item in self.items or () if item is not None]


@dataclass(frozen=True)
class Shape:
    """An object of a cmdlet's answer."""

    types: tuple[str, ...]
    text: str
    adapted: Mapping[str, Value | None]
    extended: Mapping[str, Value | None]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Shape:
        return cls(
            tuple(found["types"]),
            str(found["text"]),
            {name: Value.of(value) for name, value in found["adapted"].items()},
            {name: Value.of(value) for name, value in found["extended"].items()},
        )

    @property
    def own_types(self) -> list[str]:
        return [name.removeprefix(_HANDED) for name in self.types]

    def plain(self, name: str) -> Any:
        """A value as Python has it: text, a Boolean, a number, a list of text, or None."""
        value = self.adapted.get(name)
        if value is None:
            return None
        return value.value if value.items is None else value.texts


@dataclass(frozen=True)
class Failure:
    """An error record without its sentence."""

    id: str
    category: str
    reason: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """The answer to one question. ``warnings`` has the known sentences of each."""

    id: str
    count: int
    objects: tuple[Shape, ...]
    errors: tuple[Failure, ...]
    warnings: tuple[tuple[str, ...], ...]
    milliseconds: int | None

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Reading:
        errors = (
            Failure(item["id"], item["category"], item["reason"], tuple(item["sentences"])) for item in found["errors"]
        )
        return cls(
            found["id"], found["count"], tuple(map(Shape.of, found["objects"])), tuple(errors),
            tuple(tuple(item["sentences"]) for item in found["warnings"]), found["milliseconds"],
        )  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """What was tried by writing, with the directory before and after it."""

    id: str
    kind: str
    outcome: str
    warnings: tuple[tuple[str, ...], ...]
    before: tuple[Shape, ...]
    after: tuple[Shape, ...]


@dataclass(frozen=True)
class Web:
    """What a front end answered to somebody without a token."""

    protocol: str
    name: str
    status: int | None
    headers: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Server:
    name: str
    fqdn: str
    transport: str
    shell_milliseconds: int
    readings: Mapping[str, Reading]
    challenges: tuple[Web, ...]
    trials: tuple[Trial, ...]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Server:
        return cls(
            found["name"], found["fqdn"], found["transport"], found["shell_milliseconds"],
            {item["id"]: Reading.of(item) for item in found["readings"]},
            tuple(Web(i["protocol"], i["name"], i["status"], i["headers"]) for i in found["challenges"]),
            tuple(_trial(item) for item in found["trials"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Tenant:
    id: str
    cloud: str
    claims: tuple[str, ...]
    permissions: tuple[str, ...]
    answers: Mapping[str, tuple[int | None, Any]]
    replies: Mapping[str, tuple[int | None, tuple[str, ...]]]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Tenant:
        return cls(
            found["id"], found["cloud"], tuple(found["claims"]), tuple(found["permissions"]),
            {item["id"]: (item["status"], item["json"]) for item in found["answers"]},
            {item["id"]: (item["status"], tuple(item["sentences"])) for item in found["replies"]},
        )  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """All of it."""

    servers: tuple[Server, ...]
    tenants: tuple[Tenant, ...]

    @classmethod
    def of(cls, document: Any) -> Recording:
        """ParseError says what of a document is not as a recording is."""
        wrong = mismatch(document, SCHEMA)
        if wrong is not None:
            raise ParseError(f"This is no recording of this collection: {wrong}")
        return cls(tuple(map(Server.of, document["servers"])), tuple(map(Tenant.of, document["tenants"])))

    def readings(self, *names: str) -> Iterator[Reading]:
        """The answers to these questions, of every server that was asked."""
        for server in self.servers:
            yield from (server.readings[name] for name in names if name in server.readings)

    def objects(self, *names: str) -> Iterator[Shape]:
        for reading in self.readings(*names):
            yield from reading.objects

    @property
    def modern(self) -> bool | None:
        """Whether modern authentication was on."""
        return next((item.plain("OAuth2ClientProfileEnabled") for item in self.objects("config")), None)


def _trial(found: Mapping[str, Any]) -> Trial:
    return Trial(
        found["id"], found["kind"], found["outcome"], tuple(tuple(item["sentences"]) for item in found["warnings"]),
        tuple(map(Shape.of, found["before"])), tuple(map(Shape.of, found["after"])),
    )  # fmt: skip


def same_text(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and fold(one) == fold(other)
