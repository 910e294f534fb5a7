# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. A recording: what was read, without anybody's names. ``facts()`` is the document; its judges read the
objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import ParseError
from ..base.facts import Facts, plain
from ..base.json_schema import mismatch
from ..base.values import Properties
from .schema import SCHEMA
from .shapes import Shape, shapes

VERSION: Final = 1
# The transport of a server whose answers were files.
FILES: Final = "clixml"


@dataclass(frozen=True)
class Said(Facts):
    """A text that is not kept: the known sentences that it held, and how many words it had."""

    sentences: tuple[str, ...]
    words: int


@dataclass(frozen=True)
class Failure(Facts):
    """An error record without its sentence."""

    id: str
    category: str
    reason: str
    target: str
    sentences: tuple[str, ...]
    words: int


@dataclass(frozen=True)
class Reading(Facts):
    """The answer to one question. ``count`` objects came; some of them are kept."""

    id: str
    cmdlet: str
    milliseconds: int | None
    count: int
    objects: tuple[Shape, ...]
    errors: tuple[Failure, ...]
    warnings: tuple[Said, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Reading:
        return cls(
            facts.any_text("id"), facts.any_text("cmdlet"), facts.optional_number("milliseconds"),
            facts.number("count"), shapes(facts, "objects"),
            tuple(map(Failure.from_facts, facts.children("errors"))), _said(facts),
        )  # fmt: skip


@dataclass(frozen=True)
class Trial(Facts):
    """What was tried by writing, with the directory before and after it."""

    id: str
    kind: str
    outcome: str
    warnings: tuple[Said, ...]
    before: tuple[Shape, ...]
    after: tuple[Shape, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Trial:
        id_, kind, outcome = map(facts.any_text, ("id", "kind", "outcome"))
        return cls(id_, kind, outcome, _said(facts), shapes(facts, "before"), shapes(facts, "after"))


@dataclass(frozen=True)
class Web(Facts):
    """What a front end answered to somebody without a token. Of ``other_headers`` only the names are kept."""

    protocol: str
    name: str
    status: int | None
    failure: str
    headers: Mapping[str, Sequence[str]]
    other_headers: tuple[str, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Web:
        protocol, name, failure = map(facts.any_text, ("protocol", "name", "failure"))
        headers = facts.child("headers")
        return cls(
            protocol, name, facts.optional_number("status"), failure,
            {key: tuple(headers.texts(key)) for key in headers.found}, tuple(facts.texts("other_headers")),
        )  # fmt: skip


@dataclass(frozen=True)
class Server(Facts):
    """A server's answers. ``shell_milliseconds`` is what its shell took to open."""

    name: str
    fqdn: str
    transport: str
    powershell: str
    shell_milliseconds: int
    readings: tuple[Reading, ...]
    challenges: tuple[Web, ...]
    trials: tuple[Trial, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Server:
        name, fqdn, transport, powershell = map(facts.any_text, ("name", "fqdn", "transport", "powershell"))
        return cls(
            name, fqdn, transport, powershell, facts.number("shell_milliseconds"),
            tuple(map(Reading.from_facts, facts.children("readings"))),
            tuple(map(Web.from_facts, facts.children("challenges"))),
            tuple(map(Trial.from_facts, facts.children("trials"))),
        )  # fmt: skip

    def reading(self, name: str) -> Reading | None:
        """The answer to a question; None where the server was not asked it."""
        return next((item for item in self.readings if item.id == name), None)


@dataclass(frozen=True)
class Json(Facts):
    """What Graph sent, with pseudonyms. ``status`` is None where nothing answered."""

    id: str
    status: int | None
    json: Any


@dataclass(frozen=True)
class Page(Facts):
    """What is known of what the sign-in page said to a reply URL."""

    id: str
    status: int | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Tenant(Facts):
    """A tenant's answers, the names of its token's claims, and the permissions that the token has."""

    id: str
    cloud: str
    claims: tuple[str, ...]
    permissions: tuple[str, ...]
    answers: tuple[Json, ...]
    replies: tuple[Page, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> Tenant:
        return cls(
            facts.any_text("id"), facts.any_text("cloud"), tuple(facts.texts("claims")),
            tuple(facts.texts("permissions")), tuple(map(Json.from_facts, facts.children("answers"))),
            tuple(map(Page.from_facts, facts.children("replies"))),
        )  # fmt: skip

    def answer(self, name: str) -> Json | None:
        return next((item for item in self.answers if item.id == name), None)

    def reply(self, name: str) -> Page | None:
        return next((item for item in self.replies if item.id == name), None)


@dataclass(frozen=True)
class Recording:
    """All of it. ``collection`` is the version that read it, ``kept`` says what of the answers is in it."""

    collection: str
    kept: tuple[str, ...]
    servers: tuple[Server, ...]
    tenants: tuple[Tenant, ...]

    @classmethod
    def of(cls, document: Any) -> Recording:
        """The recording that a document has. ParseError says what of it is not as a recording is."""
        wrong = mismatch(document, SCHEMA)
        if wrong is not None:
            raise ParseError(f"This is no recording of this collection: {wrong}")
        facts = Properties(document, "recording")
        return cls(
            facts.any_text("collection"),
            tuple(facts.texts("kept")),
            tuple(map(Server.from_facts, facts.children("servers"))),
            tuple(map(Tenant.from_facts, facts.children("tenants"))),
        )

    def facts(self) -> dict[str, Any]:
        """The document, as docs/schemas/recording.schema.json describes it."""
        parts = {"kept": self.kept, "servers": self.servers, "tenants": self.tenants}
        return {"schema": VERSION, "collection": self.collection, **{name: plain(part) for name, part in parts.items()}}

    def readings(self, *names: str) -> Iterator[Reading]:
        """The answers to these questions, of every server that was asked."""
        for server in self.servers:
            yield from (found for name in names if (found := server.reading(name)))

    def objects(self, *names: str) -> Iterator[Shape]:
        for reading in self.readings(*names):
            yield from reading.objects

    @property
    def of_files(self) -> bool:
        """Whether it was made of files of Export-Clixml: how objects travel does not show in it."""
        return any(server.transport == FILES for server in self.servers)

    @property
    def modern(self) -> bool | None:
        """Whether modern authentication was on."""
        return next((item.plain("OAuth2ClientProfileEnabled") for item in self.objects("config")), None)


def same_text(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and fold(one) == fold(other)


def _said(facts: Properties) -> tuple[Said, ...]:
    return tuple(map(Said.from_facts, facts.children("warnings")))
