# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Strict readers for values of a directory and of facts: an error names the object and the field, and nothing
is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .comparison import fold
from .errors import ParseError

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_SHOWN: Final = 120


@dataclass(frozen=True)
class Properties:
    """One object as a cmdlet, or a document of facts, shows it. ``where`` says in messages whose object it is."""

    found: Mapping[str, Any]
    where: str

    def named(self, field: str) -> Properties:
        """The same object, called by one of its own fields in messages: "Get-AuthServer EvoSTS"."""
        return Properties(self.found, f"{self.where} {self.label(field, '')}".strip())

    def __contains__(self, field: str) -> bool:
        return field in self.found

    def raw(self, field: str) -> Any:
        """The value as it is, for what has no type of its own; None where the field is missing."""
        return self.found.get(field)

    def label(self, field: str, otherwise: str) -> str:
        """A text to show to people; other words stand for one that is missing or odd."""
        value = self.raw(field)
        return value if isinstance(value, str) and value else otherwise

    def text(self, field: str) -> str:
        """A string that is there and not empty."""
        value = self._there(field)
        if not isinstance(value, str) or not value:
            raise self.wrong(field, "text")
        return value

    def any_text(self, field: str) -> str:
        """A string that is there; it may be empty."""
        value = self._there(field)
        if not isinstance(value, str):
            raise self.wrong(field, "text")
        return value

    def optional_text(self, field: str) -> str | None:
        """A string, or None where the property is unset: Exchange writes both null and an empty string for that."""
        value = self.raw(field)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(field, "text or nothing")
        return value

    def flag(self, field: str) -> bool:
        """A Boolean; text that looks like one is not accepted."""
        value = self._there(field)
        if not isinstance(value, bool):
            raise self.wrong(field, "true or false")
        return value

    def optional_flag(self, field: str) -> bool | None:
        """A Boolean, or None where this version does not show the property."""
        return None if self.raw(field) is None else self.flag(field)

    def number(self, field: str) -> int:
        """A whole number."""
        value = self._there(field)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(field, "a whole number")
        return value

    def optional_number(self, field: str) -> int | None:
        """A whole number, or None where nothing was measured or answered."""
        return None if self.raw(field) is None else self.number(field)

    def texts(self, field: str) -> list[str]:
        """A list of strings; an unset list is an empty one."""
        self._there(field)
        return self.optional_texts(field)

    def optional_texts(self, field: str) -> list[str]:
        """As ``texts``, for a property that not every version has."""
        value = self.raw(field)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)) or not all(isinstance(element, str) for element in value):
            raise self.wrong(field, "a list of text")
        return list(value)

    def guid(self, field: str) -> str:
        """A GUID in its plain form, lower-case."""
        value = self.text(field)
        if not is_guid(value):
            raise self.wrong(field, "a GUID")
        return fold(value)

    def child(self, field: str) -> Properties:
        """An object within this one."""
        value = self._there(field)
        if not isinstance(value, Mapping):
            raise self.wrong(field, "a dictionary")
        return Properties(value, f"{self.where}, {field}")

    def children(self, field: str) -> Iterator[Properties]:
        """The objects of a list within this one; an unset list has none."""
        value = self._there(field)
        if value is None:
            return
        if not isinstance(value, (list, tuple)):
            raise self.wrong(field, "a list of dictionaries")
        for number, element in enumerate(value, 1):
            if not isinstance(element, Mapping):
                raise self.wrong(field, "a list of dictionaries")
            yield Properties(element, f"{self.where}, {field} {number}")

    def wrong(self, field: str, expected: str) -> ParseError:
        """What to raise where the value of a field is not as documented."""
        value = shown(self.raw(field))
        return ParseError(f"{self.where}: {field} is {value}; expected {expected}.", field=field, value=value)

    def _there(self, field: str) -> Any:
        if field not in self.found:
            reason = (
                f"{self.where}: the answer has no {field}. The account's roles may hide it, or the object is of "
                f"another kind."
            )
            raise ParseError(reason, field=field, value="nothing")
        return self.found[field]


def is_guid(value: str) -> bool:
    return _GUID.fullmatch(value) is not None


def shown(value: Any) -> str:
    """A value for a message: its representation, cut short."""
    if value is None:
        return "nothing"
    written = str(value).lower() if isinstance(value, bool) else repr(value)
    return written if len(written) <= _SHOWN else written[:_SHOWN] + "..."
