# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. WWW-Authenticate (RFC 9110, 11.6.1): several headers, several schemes in one, quoted commas, and what servers make of it.

Whatever text comes in, challenges come out: a header that is no good must not end a probe of a hundred targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .comparison import fold

_NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SEPARATORS: Final = re.compile(r"[\s,]+")
_WORD: Final = re.compile(rf"{_NAME}|.", re.DOTALL)
_SCHEME: Final = re.compile(rf"({_NAME})(?=[\s,]|$)")
# A value may stand without quotes although it holds what no token may (authorization_uri=https://...): seen in the wild.
# It never begins with "=": "abc==" is the padding of a token68, not a parameter.
_PARAMETER: Final = re.compile(rf'({_NAME})\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([^\s,"=][^\s,"]*))', re.DOTALL)
_TOKEN68: Final = re.compile(r"[ \t]+([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|\Z)")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Challenge:
    """One scheme on offer. Names of parameters are in lower case; of two with one name the first counts."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    token: str = ""


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """The challenges of all WWW-Authenticate headers of an answer, in their order."""
    return [challenge for value in values for challenge in _parse(value)]


def bearer(challenges: Iterable[Challenge]) -> Challenge | None:
    """The first Bearer challenge, or None."""
    return next((item for item in challenges if fold(item.scheme) == "bearer"), None)


def _parse(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    parameters: dict[str, str] = {}
    position = 0
    while position < len(value):
        between = _SEPARATORS.match(value, position)
        if between is not None:
            position = between.end()
            continue
        parameter = _PARAMETER.match(value, position)
        if parameter is not None:
            if found:  # before any scheme it belongs to nothing
                name, quoted, plain = parameter.groups()
                parameters.setdefault(fold(name), plain if quoted is None else _ESCAPED.sub(r"\1", quoted))
            position = parameter.end()
            continue
        scheme = _SCHEME.match(value, position)
        if scheme is None:
            # What has no place here. A whole word at a time: a header of one long word must not cost its square.
            position += len(_WORD.match(value, position)[0])  # type: ignore[index]
            continue
        position = scheme.end()
        token = _TOKEN68.match(value, position)
        if token is not None:
            position = token.end()
        parameters = {}
        found.append(Challenge(scheme[1], parameters, token[1] if token is not None else ""))
    return found
