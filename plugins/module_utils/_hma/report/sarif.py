# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What is open, as SARIF 2.1.0: the form that code-scanning dashboards read.

What is right is left out: a dashboard shows each result as an alert, and closes one that is no longer reported.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from ..base.comparison import fold
from .changes import Problem
from .document import Document
from .named import Names
from .text import ReportFinding

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME: Final = "https://github.com/hybrid-exchange/hybrid.exchange"
_LEVELS: Final = {"high": "error", "medium": "error", "low": "warning", "info": "note"}
# How GitHub grades an alert; a check that only informs has no grade.
_GRADES: Final = {"high": "8.0", "medium": "5.5", "low": "3.0"}
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_INVENTORY: Final = "inventory"


def sarif(document: Document) -> bytes:
    """One run of the tool, its rules the checks that are open, its results their findings."""
    open_ones = [item for item in document.findings if item.status in ("fail", "not_checked", "warn", "would_change")]
    rules: dict[str, ReportFinding] = {}
    for item in open_ones:
        rules.setdefault(item.id, item)
    places = {name: place for place, name in enumerate(rules)}
    where = _artifact(document.run.inventory)
    names = Names.of(document.servers)
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(document, rules.values())},
                "automationDetails": {"id": f"{document.run.playbook or 'hybrid.exchange'}/{document.run.id}"},
                "invocations": [_invocation(document)],
                "results": [_result(item, places[item.id], where, names) for item in open_ones],
                "columnKind": "utf16CodeUnits",
            }
        ],
    }
    return json.dumps(log, indent=1, ensure_ascii=False).encode("utf-8") + b"\n"


def _driver(document: Document, rules: Iterable[ReportFinding]) -> dict[str, Any]:
    return {
        "name": "hybrid.exchange",
        "informationUri": _HOME,
        "version": document.run.tool_version or "unknown",
        "rules": [_rule(item) for item in rules],
    }


def _rule(finding: ReportFinding) -> dict[str, Any]:
    graded = {"security-severity": _GRADES[finding.severity]} if finding.severity in _GRADES else {}
    link = {"helpUri": finding.source} if _is_uri(finding.source) else {}
    return {
        "id": finding.id,
        "shortDescription": _message(finding.title or finding.id),
        "fullDescription": _message(finding.why or finding.title or finding.id),
        "help": _message(finding.fix or "docs/checks of the collection has a page for this check."),
        "defaultConfiguration": {"level": _LEVELS.get(finding.severity, "error")},
        "properties": {"tags": ["security", "exchange"], **graded},
        **link,
    }


def _result(finding: ReportFinding, rule: int, where: Mapping[str, Any], names: Names) -> dict[str, Any]:
    kind, level = _kind(finding)
    whose = names.object(finding.object)
    key = hashlib.sha256(f"{finding.id}\n{fold(finding.object)}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "kind": kind,
        "level": level,
        "message": _message(_said(finding, whose)),
        "locations": [{"physicalLocation": where, "logicalLocations": [_logical(whose, finding.scope)]}],
        # There is no line of code to tell two of these apart by.
        "partialFingerprints": {"primaryLocationLineHash": f"{key[:16]}:1"},
        "properties": {
            "object": finding.object, "status": finding.status, "message": finding.message,
            "expected": finding.expected or "", "actual": finding.actual or "", "fix": finding.fix,
            "commands": [command.text for command in finding.commands],
        },
    }  # fmt: skip


def _kind(finding: ReportFinding) -> tuple[str, str]:
    """What was not checked is open: the standard knows the word, and gives it no level."""
    if finding.status == "not_checked":
        return "open", "none"
    if finding.status == "would_change":
        return "fail", "note"
    return "fail", "warning" if finding.status == "warn" else _LEVELS.get(finding.severity, "error")


def _said(finding: ReportFinding, whose: str) -> str:
    before = {"not_checked": "Not checked: ", "would_change": "This run would change it: "}.get(finding.status, "")
    return f"{whose}: {before}{finding.message or finding.title}"


def _message(text: str) -> dict[str, str]:
    """A text as SARIF takes it. Braces stand for arguments there, and brackets before a parenthesis for a link: what
    others wrote makes neither."""
    return {"text": text.replace("{", "(").replace("}", ")").replace("](", "] (") or "-"}


def _artifact(inventory: Iterable[str]) -> dict[str, Any]:
    """Dashboards take no result without a file: it is the inventory, which is what there is in a repository."""
    first = next(iter(inventory), "").rstrip("/").rpartition("/")[2] or _INVENTORY
    uri = quote(first.encode("utf-8", "replace"), safe="")
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}


def _logical(whose: str, scope: str) -> dict[str, str]:
    return {"name": whose or scope, "fullyQualifiedName": f"{scope}/{whose}", "kind": "resource"}


def _invocation(document: Document) -> dict[str, Any]:
    run = document.run
    times = {"startTimeUtc": run.started, "endTimeUtc": run.finished}
    return {
        "executionSuccessful": not document.problems and not run.stopped,
        "toolExecutionNotifications": [_notification(item) for item in document.problems],
        **{name: time for name, time in times.items() if _TIME.fullmatch(time)},
    }


def _notification(problem: Problem) -> dict[str, Any]:
    return {"level": "error", "message": _message(f"{problem.step} {problem.host}: {problem.message}".strip())}


def _is_uri(text: str) -> bool:
    return re.fullmatch(r"https://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+", text) is not None
