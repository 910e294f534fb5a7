# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What was read for a recording, with everybody's names.

It goes from the task that read it to the task that makes the document, in the control node's memory, and is written
nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..base.facts import Facts
from ..base.values import Properties
from ..exchange.cmdlet import ErrorRecord
from .shapes import Shape, shapes


@dataclass(frozen=True)
class ReadingAnswer(Facts):
    """The answer to one question. ``keeps`` is false where of the objects nothing but their number may be kept;
    ``milliseconds`` is None for a cmdlet that was not run."""

    id: str
    cmdlet: str
    keeps: bool
    milliseconds: int | None
    objects: tuple[Shape, ...]
    errors: tuple[ErrorRecord, ...]
    warnings: tuple[str, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> ReadingAnswer:
        return cls(
            facts.any_text("id"),
            facts.any_text("cmdlet"),
            facts.flag("keeps"),
            facts.optional_number("milliseconds"),
            shapes(facts, "objects"),
            tuple(map(ErrorRecord.from_facts, facts.children("errors"))),
            tuple(facts.texts("warnings")),
        )


@dataclass(frozen=True)
class TriedWrite(Facts):
    """A write that was tried, what Exchange warned, and the directory before and after it."""

    id: str
    kind: str
    outcome: str
    warnings: tuple[str, ...]
    before: tuple[Shape, ...]
    after: tuple[Shape, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> TriedWrite:
        id_, kind, outcome = map(facts.any_text, ("id", "kind", "outcome"))
        warnings = tuple(facts.texts("warnings"))
        return cls(id_, kind, outcome, warnings, shapes(facts, "before"), shapes(facts, "after"))


@dataclass(frozen=True)
class WebAnswer(Facts):
    """What a front end said to somebody without a token. ``status`` is None where nothing answered;
    ``failure`` says why."""

    protocol: str
    name: str
    status: int | None
    failure: str
    headers: Mapping[str, Sequence[str]]

    @classmethod
    def from_facts(cls, facts: Properties) -> WebAnswer:
        headers = facts.child("headers")
        protocol, name, failure = map(facts.any_text, ("protocol", "name", "failure"))
        return cls(
            protocol, name, facts.optional_number("status"), failure, {key: headers.texts(key) for key in headers.found}
        )


@dataclass(frozen=True)
class ServerAnswers(Facts):
    """All that one server answered. ``shell_milliseconds`` is what its shell took to open."""

    name: str
    fqdn: str
    transport: str
    powershell: str
    shell_milliseconds: int
    readings: tuple[ReadingAnswer, ...]
    challenges: tuple[WebAnswer, ...] = ()
    trials: tuple[TriedWrite, ...] = ()

    @classmethod
    def from_facts(cls, facts: Properties) -> ServerAnswers:
        name, fqdn, transport, powershell = map(facts.any_text, ("name", "fqdn", "transport", "powershell"))
        return cls(
            name, fqdn, transport, powershell, facts.number("shell_milliseconds"),
            tuple(map(ReadingAnswer.from_facts, facts.children("readings"))),
            tuple(map(WebAnswer.from_facts, facts.children("challenges"))),
            tuple(map(TriedWrite.from_facts, facts.children("trials"))),
        )  # fmt: skip


@dataclass(frozen=True)
class GraphAnswer(Facts):
    """What Graph sent. ``status`` is None where nothing answered."""

    id: str
    status: int | None
    json: Any


@dataclass(frozen=True)
class PageAnswer(Facts):
    """What the sign-in page said to a reply URL."""

    id: str
    status: int | None
    text: str


@dataclass(frozen=True)
class TenantAnswers(Facts):
    """All that one tenant answered, the names of its token's claims, and the permissions that the token has."""

    id: str
    cloud: str
    claims: tuple[str, ...]
    permissions: tuple[str, ...]
    answers: tuple[GraphAnswer, ...]
    replies: tuple[PageAnswer, ...]

    @classmethod
    def from_facts(cls, facts: Properties) -> TenantAnswers:
        return cls(
            facts.any_text("id"),
            facts.any_text("cloud"),
            tuple(facts.texts("claims")),
            tuple(facts.texts("permissions")),
            tuple(map(GraphAnswer.from_facts, facts.children("answers"))),
            tuple(map(PageAnswer.from_facts, facts.children("replies"))),
        )
