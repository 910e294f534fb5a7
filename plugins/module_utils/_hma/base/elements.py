# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Lists of objects, parsed element by element: one odd object is one entry of ``unread``, and the others are
facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from .errors import ParseError
from .facts import Facts
from .values import Properties

Parsed = TypeVar("Parsed")
_NAMES: Final = ("Identity", "Name", "ServerName", "DomainName", "Component", "Guid")
_SEPARATOR: Final = "\\"


@dataclass(frozen=True)
class Reason:
    """Why something was not read. ``unasked``: nobody asked for it, and nothing is wrong."""

    text: str
    unasked: bool = False

    def __str__(self) -> str:
        return self.text

    def of(self, part: str) -> Reason:
        """The same, where a text has to say what it is of."""
        return Reason(f"{part}: {self.text}", self.unasked)


@dataclass(frozen=True)
class Unread(Facts):
    """What could not be read: a part of the organization, or one object of it.

    ``object`` is None where a part as such is missing. ``server`` is the server the object belongs to, as far as it
    says so.
    ``concerned`` is False for an object that Hybrid Modern Authentication plainly has nothing to do with.
    """

    what: str
    reason: str
    object: str | None = None
    server: str | None = None
    field: str | None = None
    value: str | None = None
    concerned: bool = True

    def brief_facts(self) -> dict[str, str]:
        """Part and reason only, for results that hold parts and no objects."""
        return {"what": self.what, "reason": self.reason}


def parsed(
    what: str,
    objects: Iterable[Properties],
    parse: Callable[[Properties], Parsed],
    gaps: list[Unread],
    concerned: Callable[[Properties], bool] = lambda _object: True,
) -> list[Parsed]:
    """The objects that are as documented; each other one goes to ``gaps``, with the field and the value that are
    not."""
    results = []
    for number, properties in enumerate(objects, 1):
        try:
            results.append(parse(properties))
        except ParseError as exc:
            gaps.append(unread(what, properties, exc, number=number, concerned=concerned(properties)))
    return results


def unread(what: str, properties: Properties, error: ParseError, *, number: int = 1, concerned: bool = True) -> Unread:
    """The entry of ``unread`` for one object that could not be parsed; ``number`` names it where it has no name."""
    name = name_of(properties) or f"object {number} of {what}"
    return Unread(what, str(error), name, server_of(properties), error.field or None, error.value or None, concerned)


def name_of(properties: Properties) -> str | None:
    """What an object is called in messages: its identity, or the next best that it shows."""
    values = (properties.raw(field) for field in _NAMES)
    return next((value for value in values if isinstance(value, str) and value), None)


def server_of(properties: Properties) -> str | None:
    """The server an object belongs to: by its property, or by an identity such as 'EX1\\mapi (Default Web Site)'."""
    for field in ("Server", "ServerName"):
        server = properties.raw(field)
        if isinstance(server, str) and server:
            return server
    identity = properties.raw("Identity")
    if isinstance(identity, str) and _SEPARATOR in identity:
        return identity.split(_SEPARATOR, 1)[0] or None
    return None
