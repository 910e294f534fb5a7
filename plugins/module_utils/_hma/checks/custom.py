# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Custom checks: a JMESPath query over the canonical facts, and what it should give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import Refused
from ..base.values import Properties, shown
from .catalogue import CHECKS
from .check import SEVERITIES, Check, Finding, Severity

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")
_EXPECT: Final = ("empty", "true", "equals", "count")


@dataclass(frozen=True)
class CustomCheck:
    """A check that an administrator wrote. ``value`` is what ``equals`` and ``count`` compare with."""

    id: str
    title: str
    severity: str
    query: str
    expect: str
    value: Any = None
    why: str = ""
    fix: str = ""

    @classmethod
    def from_options(cls, item: Mapping[str, Any]) -> CustomCheck:
        given = Properties(item, "hma_custom_checks")
        # YAML makes a Boolean of an unquoted true.
        expect = given.raw("expect")
        return cls(
            id=given.any_text("id"),
            title=given.any_text("title"),
            severity=given.any_text("severity"),
            query=given.any_text("query"),
            expect=expect if isinstance(expect, str) else fold(str(expect)),
            value=given.raw("value"),
            why=given.optional_text("why") or "",
            fix=given.optional_text("fix") or "",
        )


def custom_findings(definitions: Sequence[CustomCheck], facts: Mapping[str, Any]) -> list[Finding]:
    """One finding per definition. All are looked at before one is judged, so a slip stops the task, not a half of
    it."""
    if not definitions:
        return []
    library = _library()
    checks = [(_check(item), item, _compiled(item, library)) for item in definitions]
    ids = [check.id for check, _item, _query in checks]
    for twin in {item for item in ids if ids.count(item) > 1}:
        raise Refused(f"hma_custom_checks: {twin} is there twice.")
    return [_judged(check, item, query, facts, library) for check, item, query in checks]


def custom_gates(definitions: Sequence[CustomCheck]) -> dict[str, bool]:
    return {item.id: False for item in definitions}


def _library() -> Any:
    """jmespath, which only custom checks need."""
    try:
        import jmespath
        import jmespath.exceptions
    except ImportError:
        raise Refused(
            "hma_custom_checks need jmespath on the control node: pip install -r requirements.txt of the collection."
        ) from None
    return jmespath


def _check(item: CustomCheck) -> Check:
    key, severity, expect = item.id, _severity(item), fold(item.expect)
    if not _ID.fullmatch(key) or key.startswith("HMA-") or key in CHECKS:
        raise Refused(
            f"hma_custom_checks: id {shown(key)}: use capitals, digits and dashes, as CONTOSO-URL-001; HMA-... are "
            f"this collection's own."
        )
    if expect not in _EXPECT:
        raise Refused(f"hma_custom_checks: {key}: expect is {shown(item.expect)}; use one of {', '.join(_EXPECT)}.")
    if expect in ("equals", "count") and item.value is None:
        raise Refused(f"hma_custom_checks: {key}: expect: {expect} needs a value.")
    return Check(
        id=key, title=item.title, severity=severity, scope="organization", why=item.why,
        read=item.query, remedy=item.fix, source="hma_custom_checks",
    )  # fmt: skip


def _severity(item: CustomCheck) -> Severity:
    severity = next((word for word in SEVERITIES if word == item.severity), None)
    if severity is None:
        raise Refused(
            f"hma_custom_checks: {item.id}: severity is {shown(item.severity)}; use one of {', '.join(SEVERITIES)}."
        )
    return severity


def _compiled(item: CustomCheck, library: Any) -> Any:
    query = item.query
    try:
        return library.compile(query)
    except library.exceptions.EmptyExpressionError:
        raise Refused(f"hma_custom_checks: {item.id}: the query is empty.") from None
    except library.exceptions.ParseError as exc:
        raise Refused(f"hma_custom_checks: {item.id}: {_at(query, int(exc.lex_position))}") from None


def _at(query: str, place: int) -> str:
    """The line of the query with a caret under the place; column and line count from 1."""
    place = min(place, len(query))
    line = query.count("\n", 0, place)
    column = place - (query.rfind("\n", 0, place) + 1)
    text = query.split("\n")[line]
    return f"the query is no JMESPath at line {line + 1}, column {column + 1}:\n{text}\n{' ' * column}^"


def _judged(check: Check, item: CustomCheck, query: Any, facts: Mapping[str, Any], library: Any) -> Finding:
    gap = _gap(query.parsed, facts)
    if gap is not None:
        return check.unread("facts", gap, "Give the account the right to read it, or read: full.")
    try:
        found = query.search(facts)
    except library.exceptions.JMESPathError as exc:
        raise Refused(f"hma_custom_checks: {check.id}: {exc}") from None
    expect, wanted = fold(item.expect), item.value
    if found is None and expect != "equals":
        # A name that is misspelt gives null too; null would then pass for empty.
        return check.unread(
            "facts",
            "the query gives null: one of its names is not in the facts.",
            "Compare it with docs/schemas/facts.schema.json.",
        )
    expected = expect if wanted is None else f"{expect} {shown(wanted)}"
    message = f"the query gives {shown(found)}; expected {expected}."
    return check.judge(
        "facts",
        _fits(found, expect, wanted),
        message,
        item.fix,
        expected=expected,
        actual=shown(found),
    )


def _fits(found: Any, expect: str, wanted: Any) -> bool:
    if expect == "empty":
        return found in ([], {}, "")
    if expect == "true":
        return found is True
    if expect == "count":
        return isinstance(found, (list, dict)) and str(len(found)) == str(wanted)
    # True == 1 in Python; not in the facts.
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def _gap(node: Any, facts: Mapping[str, Any]) -> str | None:
    """The reason, where a part of the facts the query names could not be read: null is then no answer."""
    organization = facts.get("organization")
    if not isinstance(organization, Mapping):
        return "the organization was not read."
    named = set(_names(node))
    for section, how in organization["sections"].items():
        if section in named and how["state"] != "read":
            return f"{section}: {how['reason']}"
    return None


def _names(node: Any) -> Iterable[str]:
    """Every field name in a parsed query."""
    if node.get("type") == "field":
        yield node["value"]
    for child in node.get("children", []):
        yield from _names(child)
