# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Strict readers for values that come from a directory: the error names the field, never guesses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .comparison import fold
from .errors import ParseError

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_SHOWN: Final = 120


def text(found: Mapping[str, Any], field: str, where: str) -> str:
    """A string that is there and not empty."""
    value = _there(found, field, where)
    if not isinstance(value, str) or not value:
        raise _wrong(where, field, value, "text")
    return value


def optional_text(found: Mapping[str, Any], field: str, where: str) -> str | None:
    """A string, or None where the property is unset: Exchange writes both null and an empty string for that."""
    value = found.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _wrong(where, field, value, "text or nothing")
    return value


def flag(found: Mapping[str, Any], field: str, where: str) -> bool:
    """A Boolean; text that looks like one is not accepted."""
    value = _there(found, field, where)
    if not isinstance(value, bool):
        raise _wrong(where, field, value, "true or false")
    return value


def optional_flag(found: Mapping[str, Any], field: str, where: str) -> bool | None:
    """A Boolean, or None where this version does not show the property."""
    return None if found.get(field) is None else flag(found, field, where)


def texts(found: Mapping[str, Any], field: str, where: str) -> list[str]:
    """A list of strings; an unset list is an empty one."""
    return _texts(_there(found, field, where), field, where)


def optional_texts(found: Mapping[str, Any], field: str, where: str) -> list[str]:
    """As ``texts``, for a property that not every version has."""
    return _texts(found.get(field), field, where)


def _texts(value: Any, field: str, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong(where, field, value, "a list of text")
    return list(value)


def guid(found: Mapping[str, Any], field: str, where: str) -> str:
    """A GUID in its plain form, lower-case."""
    value = text(found, field, where)
    if not is_guid(value):
        raise _wrong(where, field, value, "a GUID")
    return fold(value)


def is_guid(value: str) -> bool:
    return _GUID.fullmatch(value) is not None


def shown(value: Any) -> str:
    """A value for a message: its representation, cut short."""
    written = {None: "nothing", True: "true", False: "false"}.get(value, "") if value is None or isinstance(value, bool) else repr(value)
    return written if len(written) <= _SHOWN else written[:_SHOWN] + "..."


def _there(found: Mapping[str, Any], field: str, where: str) -> Any:
    if field not in found:
        reason = f"{where}: the answer has no {field}. The account's roles may hide it, or the object is of another kind."
        raise ParseError(reason, field=field, value="nothing")
    return found[field]


def _wrong(where: str, field: str, value: Any, expected: str) -> ParseError:
    return ParseError(f"{where}: {field} is {shown(value)}; expected {expected}.", field=field, value=shown(value))
