# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The document of a recording: what was read, without anybody's names. What it is made of is never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..exchange.cmdlet import ErrorRecord
from .anonymous import DROPPED, SOME_TIME, Anonymiser
from .answers import ReadingAnswer, ServerAnswers, TenantAnswers, TriedWrite, WebAnswer
from .recorded import Failure, Json, Page, Reading, Recording, Said, Server, Tenant, Trial, Web
from .shapes import Shape, Value
from .vocabulary import CLAIMS, HEADERS

# As many objects of one read are kept; how many more there were is said.
_OBJECTS: Final = 20
_DEEPEST: Final = 20
_BIG: Final = 10**6
_HEADERS: Final = frozenset(
    {"www-authenticate", "location", "x-ms-diagnostics", "x-ms-location", "content-type", "retry-after"}
)
# Lists that may hold hundreds of names; a handful shows their shape.
_LISTED: Final = 50
KEPT: Final = (
    "Of each object of Exchange: the names of its types, the names of its properties, and their values in the shape "
    "they had; pseudonyms stand for names of hosts, domains, people and objects, for GUIDs, addresses, thumbprints and "
    "security identifiers. The same name is the same pseudonym everywhere in this file, and in no other file.",
    "Words that every Exchange has (methods, types of AuthServers, names of web sites and role groups), versions, "
    "Booleans, numbers below a million, punctuation, the slash at the end of an address, the pattern of capitals.",
    "Of errors: id, category, class; of their sentences and of warnings: how many words, and which of the sentences "
    "that everybody knows they hold. No sentence itself.",
    "Of a server's web site: the status, the challenges and the redirect, with pseudonyms; of other headers the name.",
    "Of a tenant: answers of Graph as JSON with pseudonyms, the names of the claims of the token and its permissions, "
    "what the sign-in page says to a reply URL with and without a slash.",
    "How long shells and cmdlets took, in milliseconds.",
    "Not kept: mailboxes (only whether a read of one worked), certificates (only their size), times of day, free text, "
    "passwords, tokens.",
)


def make_document(
    version: str, servers: Sequence[ServerAnswers], tenants: Sequence[TenantAnswers], known: Sequence[str] = ()
) -> Recording:
    """The recording of what was read. ``known`` are names that the inventory has."""
    anonymiser = Anonymiser()
    for text in known:
        anonymiser.text(text)
    # Names of types and properties are kept unless they hold a name, and all names are known after the first time.
    _recording(anonymiser, version, servers, tenants)
    return _recording(anonymiser, version, servers, tenants)


def _recording(
    anonymiser: Anonymiser, version: str, servers: Sequence[ServerAnswers], tenants: Sequence[TenantAnswers]
) -> Recording:
    return Recording(
        version,
        KEPT,
        tuple(_server(anonymiser, item) for item in servers),
        tuple(_tenant(anonymiser, item) for item in tenants),
    )


def _server(anonymiser: Anonymiser, found: ServerAnswers) -> Server:
    return Server(
        name=anonymiser.text(found.name),
        fqdn=anonymiser.text(found.fqdn),
        transport=found.transport,
        powershell=anonymiser.text(found.powershell),
        shell_milliseconds=found.shell_milliseconds,
        readings=tuple(_reading(anonymiser, item) for item in found.readings),
        challenges=tuple(_web(anonymiser, item) for item in found.challenges),
        trials=tuple(_trial(anonymiser, item) for item in found.trials),
    )


def _reading(anonymiser: Anonymiser, found: ReadingAnswer) -> Reading:
    objects = found.objects if found.keeps else ()
    return Reading(
        id=found.id,
        cmdlet=found.cmdlet,
        milliseconds=found.milliseconds,
        count=len(found.objects),
        objects=tuple(_object(anonymiser, item) for item in objects[:_OBJECTS]),
        errors=tuple(_failure(anonymiser, item) for item in found.errors),
        warnings=tuple(_said(anonymiser, item) for item in found.warnings),
    )


def _trial(anonymiser: Anonymiser, found: TriedWrite) -> Trial:
    return Trial(
        id=found.id,
        kind=found.kind,
        outcome=found.outcome,
        warnings=tuple(_said(anonymiser, item) for item in found.warnings),
        before=tuple(_object(anonymiser, item) for item in found.before),
        after=tuple(_object(anonymiser, item) for item in found.after),
    )


def _object(anonymiser: Anonymiser, found: Shape) -> Shape:
    return Shape(
        tuple(anonymiser.name(name) for name in found.types),
        _text_of(found),
        _properties(anonymiser, found.adapted),
        _properties(anonymiser, found.extended),
    )


def _text_of(found: Shape) -> str:
    """What an object is as text, by what that is equal to: the text itself may be anything."""
    for name in ("Identity", "Name"):
        value = found.adapted.get(name)
        if value is not None and found.text and value.value == found.text:
            return name
    if found.text in found.types or f"Deserialized.{found.text}" in found.types:
        return "type"
    return "other" if found.text else ""


def _properties(anonymiser: Anonymiser, found: Mapping[str, Value | None]) -> dict[str, Value | None]:
    return {anonymiser.name(name): _value(anonymiser, value, _DEEPEST) for name, value in found.items()}


def _value(anonymiser: Anonymiser, found: Value | None, deep: int) -> Value | None:
    if found is None:
        return None
    named = anonymiser.name(found.type) if found.type else ""
    if found.items is None:
        return Value(named, _plain(anonymiser, found.value, found.type))
    items = found.items[:_LISTED] if deep else ()
    return Value(named, items=tuple(_value(anonymiser, item, deep - 1) for item in items), count=len(found.items))


def _plain(anonymiser: Anonymiser, value: Any, kind: str) -> Any:
    if isinstance(value, str) and kind.endswith("Byte[]"):
        return f"({len(value) * 3 // 4} bytes)"
    if isinstance(value, str) and kind.endswith("System.DateTime"):
        return SOME_TIME
    return _json(anonymiser, value, _DEEPEST)


def _failure(anonymiser: Anonymiser, found: ErrorRecord) -> Failure:
    id_, category, reason = map(anonymiser.identifier, (found.id, found.category, found.reason))
    said = _said(anonymiser, found.message)
    return Failure(id_, category, reason, anonymiser.text(found.target), said.sentences, said.words)


def _said(anonymiser: Anonymiser, text: str) -> Said:
    return Said(tuple(anonymiser.sentence(text)), len(text.split()))


def _web(anonymiser: Anonymiser, found: WebAnswer) -> Web:
    headers = {name: values for name, values in found.headers.items() if name in _HEADERS}
    return Web(
        protocol=found.protocol,
        name=anonymiser.text(found.name),
        status=found.status,
        failure=found.failure,
        headers={name: tuple(anonymiser.text(value) for value in values) for name, values in sorted(headers.items())},
        other_headers=_known([name for name in found.headers if name not in _HEADERS], HEADERS),
    )


def _tenant(anonymiser: Anonymiser, found: TenantAnswers) -> Tenant:
    return Tenant(
        id=anonymiser.text(found.id),
        cloud=found.cloud,
        claims=_known(found.claims, CLAIMS),
        permissions=tuple(sorted(anonymiser.text(name) for name in found.permissions)),
        answers=tuple(Json(item.id, item.status, _json(anonymiser, item.json, _DEEPEST)) for item in found.answers),
        replies=tuple(Page(item.id, item.status, tuple(anonymiser.sentence(item.text))) for item in found.replies),
    )


def _known(names: Sequence[str], known: frozenset[str]) -> tuple[str, ...]:
    """Names that everybody has; each other one is dropped."""
    return tuple(sorted(name if name in known else DROPPED for name in names))


def _json(anonymiser: Anonymiser, value: Any, deep: int) -> Any:
    """A value of JSON; deeper than any answer it is dropped."""
    if isinstance(value, str):
        return anonymiser.text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return max(-_BIG, min(_BIG, value))
    if deep == 0:
        return DROPPED
    if isinstance(value, Mapping):
        return {anonymiser.name(str(name)): _json(anonymiser, item, deep - 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(anonymiser, item, deep - 1) for item in value[:_LISTED]]
    return DROPPED
