# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. WWW-Authenticate (RFC 9110, 11.6.1): several headers, several schemes in one, quoted commas, and what
servers make of it.

Whatever text comes in, challenges come out: a header that is no good must not end a probe of a hundred targets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Final

from ..base.comparison import fold

_NAME: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SEPARATORS: Final = re.compile(r"[\s,]+")
_WORD: Final = re.compile(rf"{_NAME}|.", re.DOTALL)
_SCHEME: Final = re.compile(rf"({_NAME})(?=[\s,]|$)")
# A value may stand without quotes although it holds what no token may (authorization_uri=https://...): seen in the
# wild. It never begins with "=": "abc==" is the padding of a token68, not a parameter.
_PARAMETER: Final = re.compile(rf'({_NAME})\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([^\s,"=][^\s,"]*))', re.DOTALL)
_TOKEN68: Final = re.compile(r"[ \t]+([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|\Z)")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
# No honest server sends a challenge that can be read in so many ways.
READINGS: Final = 16


@dataclass(frozen=True)
class Challenge:
    """One scheme on offer. Names of parameters are in lower case; one that is there twice has two values."""

    scheme: str
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    token: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters with the first value of each."""
        return {name: values[0] for name, values in self.values.items()}

    def readings(self, *names: str) -> list[dict[str, str]]:
        """The parameters in each way a client may read them: one reading where each of ``names`` has one value. More
        than READINGS are too many."""
        choices = [[(name, value) for value in dict.fromkeys(self.values.get(name, ("",)))] for name in names]
        return [{**self.parameters, **dict(choice)} for choice in islice(product(*choices), READINGS + 1)]


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """The challenges of all WWW-Authenticate headers of an answer, in their order."""
    return [challenge for value in values for challenge in _parse(value)]


def bearers(challenges: Iterable[Challenge]) -> list[Challenge]:
    """All Bearer challenges: a device in front may have added one of its own."""
    return [item for item in challenges if fold(item.scheme) == "bearer"]


def _parse(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    parameters: dict[str, list[str]] = {}
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
                parameters.setdefault(fold(name), []).append(plain if quoted is None else _ESCAPED.sub(r"\1", quoted))
            position = parameter.end()
            continue
        scheme = _SCHEME.match(value, position)
        if scheme is None:
            # A word that has no place here is skipped in one step: a header of one long word must not cost its square.
            position += len(_WORD.match(value, position)[0])  # type: ignore[index]
            continue
        position = scheme.end()
        token = _TOKEN68.match(value, position)
        if token is not None:
            position = token.end()
        parameters = {}
        found.append(Challenge(scheme[1], parameters, token[1] if token is not None else ""))
    return found
