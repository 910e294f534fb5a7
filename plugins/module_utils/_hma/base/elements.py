# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Lists of objects, parsed element by element: one odd object is one entry of ``unread``, and the others are facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from .errors import ParseError

Parsed = TypeVar("Parsed")
_NAMES: Final = ("Identity", "Name", "ServerName", "DomainName", "Component", "Guid")
_SEPARATOR: Final = "\\"


@dataclass(frozen=True)
class Unread:
    """What could not be read: a part of the organization, or one object of it.

    ``object`` is None where a whole part is missing. ``server`` is the server the object belongs to, as far as it says so.
    ``concerned`` is False for an object that Hybrid Modern Authentication plainly has nothing to do with.
    """

    what: str
    reason: str
    object: str | None = None
    server: str | None = None
    field: str | None = None
    value: str | None = None
    concerned: bool = True

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def parsed(
    what: str,
    objects: Iterable[Mapping[str, Any]],
    parse: Callable[[Mapping[str, Any]], Parsed],
    gaps: list[Unread],
    concerned: Callable[[Mapping[str, Any]], bool] = lambda _found: True,
) -> list[Parsed]:
    """The objects that are as documented; each other one goes to ``gaps``, with the field and the value that are not."""
    found = []
    for number, item in enumerate(objects, 1):
        try:
            found.append(parse(item))
        except ParseError as exc:
            gaps.append(unread(what, item, exc, number=number, concerned=concerned(item)))
    return found


def unread(what: str, found: Mapping[str, Any], trouble: ParseError, *, number: int = 1, concerned: bool = True) -> Unread:
    name = name_of(found) or f"object {number} of {what}"
    return Unread(what, str(trouble), name, server_of(found), trouble.field or None, trouble.value or None, concerned)


def name_of(found: Mapping[str, Any]) -> str | None:
    """What an object is called in messages: its identity, or the next best that it shows."""
    return next((value for field in _NAMES if isinstance(value := found.get(field), str) and value), None)


def server_of(found: Mapping[str, Any]) -> str | None:
    """The server an object belongs to: by its property, or by an identity such as 'EX1\\mapi (Default Web Site)'."""
    for field in ("Server", "ServerName"):
        if isinstance(found.get(field), str) and found[field]:
            return str(found[field])
    identity = found.get("Identity")
    if isinstance(identity, str) and _SEPARATOR in identity:
        return identity.split(_SEPARATOR, 1)[0] or None
    return None
