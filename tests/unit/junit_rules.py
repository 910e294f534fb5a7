# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the schema by which Jenkins' xUnit plugin takes or refuses a JUnit file (its junit-10.xsd)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

_TIME: Final = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
_RERUNS: Final = ("rerunFailure", "rerunError", "flakyFailure", "flakyError")


@dataclass(frozen=True)
class Rule:
    """What an element may hold, which attributes it must have and which it may have, and whether it holds text."""

    children: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    text: bool = False


_OUTCOME: Final = Rule(optional=("type", "message"), text=True)
_OUTPUT: Final = Rule(text=True)
RULES: Final = {
    "testsuites": Rule(("testsuite",), (), ("name", "time", "tests", "failures", "errors")),
    "testsuite": Rule(
        ("testsuite", "properties", "testcase", "system-out", "system-err"),
        ("name", "tests", "failures", "errors"),
        ("group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"),
    ),
    "testcase": Rule(
        ("skipped", "error", "failure", *_RERUNS, "system-out", "system-err"), ("name",), ("time", "classname", "group")
    ),
    "failure": _OUTCOME,
    "error": _OUTCOME,
    "skipped": _OUTCOME,
    "properties": Rule(("property",)),
    "property": Rule((), ("name", "value")),
    "system-out": _OUTPUT,
    "system-err": _OUTPUT,
}


def broken_rules(root: ElementTree.Element) -> list[str]:
    """What the schema does not allow, in the order of the document; the empty list where the file is valid."""
    return [*_of(root)] if root.tag in ("testsuites", "testsuite") else [f"{root.tag} is no root"]


def _of(element: ElementTree.Element) -> Iterator[str]:
    rule = RULES[element.tag]
    known = {*rule.required, *rule.optional}
    yield from (f"{element.tag} lacks {name}" for name in rule.required if name not in element.attrib)
    yield from (f"{element.tag} has no attribute {name}" for name in element.attrib if name not in known)
    time = element.get("time", "0")
    if element.tag != "testcase" and not _TIME.fullmatch(time):
        yield f"{element.tag}: time is {time!r}"
    if (element.text or "").strip() and not rule.text:
        yield f"{element.tag} holds text"
    for child in element:
        if child.tag in rule.children:
            yield from _of(child)
        else:
            yield f"{element.tag} holds no {child.tag}"
