# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict reader of OpenMetrics text, written from the specification's grammar (OpenMetrics 1.0, ABNF): what it does
not know is an error, never left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_TYPES = {"counter", "gauge", "histogram", "gaugehistogram", "stateset", "info", "summary", "unknown"}
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclass
class Family:
    type: str
    help: str = ""
    samples: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Family]:
    """The families by name. ValueError says in which line it is no OpenMetrics."""
    if not text.endswith("# EOF\n"):
        raise ValueError("the last line is not # EOF")
    families: dict[str, Family] = {}
    for number, line in enumerate(text.split("\n")[:-2], 1):
        try:
            _line(line, families)
        except ValueError as exc:
            raise ValueError(f"line {number}: {exc}: {line!r}") from None
    return families


def _line(line: str, families: dict[str, Family]) -> None:
    if line.startswith("# "):
        _descriptor(line, families)
        return
    match = _NAME.match(line)
    if not match:
        raise ValueError("no name of a metric")
    labels, rest = _labels(line[match.end() :])
    if not families or match[0] != list(families)[-1]:
        raise ValueError("a sample outside of its family, or of no gauge")
    if not rest.startswith(" ") or not _NUMBER.fullmatch(rest[1:]):
        raise ValueError("no number behind one blank")
    family = families[match[0]]
    if labels in family.samples:
        raise ValueError("the same sample twice")
    family.samples[labels] = float(rest[1:])


def _descriptor(line: str, families: dict[str, Family]) -> None:
    _mark, kind, name, *rest = line.split(" ", 3)
    if not _NAME.fullmatch(name):
        raise ValueError("no name of a family")
    if kind == "TYPE":
        if name in families or rest[0] not in _TYPES:
            raise ValueError("a family twice, or of no type")
        families[name] = Family(rest[0])
    elif kind == "HELP" and families and name == list(families)[-1] and not families[name].samples:
        families[name].help = rest[0]
    else:
        raise ValueError("no descriptor, or not at the head of its family")


def _labels(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    if not text.startswith("{"):
        return (), text
    found: list[tuple[str, str]] = []
    text = text[1:]
    while not text.startswith("}"):
        match = _LABEL.match(text)
        if not match or match[1] in {name for name, _value in found}:
            raise ValueError("no label, or one twice")
        found.append((match[1], re.sub(r"\\.", lambda escape: _ESCAPES[escape[0]], match[2])))
        text = text[match.end() :]
        if text.startswith(","):
            text = text[1:]
        elif not text.startswith("}"):
            raise ValueError("neither comma nor brace behind a label")
    return tuple(found), text[1:]
