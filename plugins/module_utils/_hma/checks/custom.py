# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Custom checks: a JMESPath query over the canonical facts, and what it should give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..base.comparison import fold
from ..base.errors import Refused
from ..base.values import shown
from .catalogue import CHECKS
from .check import SEVERITIES, Check, Finding

_ID: Final = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")
_EXPECT: Final = ("empty", "true", "equals", "count")


def custom_findings(definitions: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> list[Finding]:
    """One finding per definition. All are looked at before one is judged, so a slip stops the task, not a half of
    it."""
    if not definitions:
        return []
    library = _library()
    return [_judged(check, item, query, facts, library) for check, item, query in _prepared(definitions, library)]


def check_definitions(definitions: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what cannot be judged, before anything is read."""
    if definitions:
        _prepared(definitions, _library())


def _prepared(definitions: Sequence[Mapping[str, Any]], library: Any) -> list[tuple[Check, Mapping[str, Any], Any]]:
    """The check of each definition, the definition, and its query."""
    checks = [(_check(item), item, _compiled(item, library)) for item in definitions]
    ids = [check.id for check, _item, _query in checks]
    for twin in {item for item in ids if ids.count(item) > 1}:
        raise Refused(f"hma_custom_checks: {twin} is there twice.")
    return checks


def custom_gates(definitions: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    return {str(item["id"]): False for item in definitions}


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


def _check(item: Mapping[str, Any]) -> Check:
    key, severity, expect = str(item["id"]), item["severity"], _expect(item)
    if not _ID.fullmatch(key) or key.startswith("HMA-") or key in CHECKS:
        raise Refused(
            f"hma_custom_checks: id {shown(key)}: use capitals, digits and dashes, as CONTOSO-URL-001; HMA-... are "
            f"this collection's own."
        )
    if severity not in SEVERITIES:
        raise Refused(f"hma_custom_checks: {key}: severity is {shown(severity)}; use one of {', '.join(SEVERITIES)}.")
    if expect not in _EXPECT:
        raise Refused(f"hma_custom_checks: {key}: expect is {shown(item['expect'])}; use one of {', '.join(_EXPECT)}.")
    if expect in ("equals", "count") and item.get("value") is None:
        raise Refused(f"hma_custom_checks: {key}: expect: {expect} needs a value.")
    return Check(
        id=key, title=str(item["title"]), severity=severity, scope="organization", why=str(item.get("why") or ""),
        read=str(item["query"]), remedy=str(item.get("fix") or ""), source="hma_custom_checks",
    )  # fmt: skip


def _expect(item: Mapping[str, Any]) -> str:
    # YAML makes a Boolean of an unquoted true.
    return "true" if item["expect"] is True else fold(str(item["expect"]))


def _compiled(item: Mapping[str, Any], library: Any) -> Any:
    query = str(item["query"])
    try:
        return library.compile(query)
    except library.exceptions.EmptyExpressionError:
        raise Refused(f"hma_custom_checks: {item['id']}: the query is empty.") from None
    except library.exceptions.ParseError as exc:
        raise Refused(f"hma_custom_checks: {item['id']}: {_at(query, int(exc.lex_position))}") from None


def _at(query: str, place: int) -> str:
    """The line of the query with a caret under the place; column and line count from 1."""
    place = min(place, len(query))
    line = query.count("\n", 0, place)
    column = place - (query.rfind("\n", 0, place) + 1)
    text = query.split("\n")[line]
    return f"the query is no JMESPath at line {line + 1}, column {column + 1}:\n{text}\n{' ' * column}^"


def _judged(check: Check, item: Mapping[str, Any], query: Any, facts: Mapping[str, Any], library: Any) -> Finding:
    gap = _gap(query.parsed, facts)
    if gap is not None:
        return check.unread("facts", gap, "Give the account the right to read it, or set hma_audit_read: full.")
    try:
        found = query.search(facts)
    except library.exceptions.JMESPathError as exc:
        raise Refused(f"hma_custom_checks: {check.id}: {exc}") from None
    expect, wanted = _expect(item), item.get("value")
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
        str(item.get("fix") or ""),
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
