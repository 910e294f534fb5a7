# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Findings and changes as CSV that a spreadsheet opens without a question, and that runs nothing there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

from .changes import ReportedChange
from .document import Document
from .named import Names
from .page import WORDS
from .text import ReportFinding

FINDINGS: Final = (
    "Status", "Check", "Title", "Severity", "Server", "Tenant", "Object", "Found", "Expected", "Actual", "What to do",
    "Commands", "Why", "Source", "Organization", "Run",
)  # fmt: skip
CHANGES: Final = ("Status", "Host", "Object", "Before", "After", "Command", "Organization", "Run")
# A cell that begins like this is a formula in a spreadsheet. Where the list separator of a country is a semicolon, a
# cell may begin in the middle of a text, behind one or in a new line.
_FORMULA: Final = re.compile(r"(^|[;\t\r\n])(?=[\s\"']*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])")


def findings_csv(document: Document) -> bytes:
    """A row for each finding, the worst first, with the texts that a sheet filters by."""
    names = Names.of(document.servers)
    return _csv(FINDINGS, ((*_finding(item, names), *_of(document)) for item in document.findings))


def changes_csv(document: Document) -> bytes:
    """A row for each object that was changed, or would be."""
    names = Names.of(document.servers)
    return _csv(CHANGES, ((*_change(item, names), *_of(document)) for item in document.changes))


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", text)


def _of(document: Document) -> tuple[str, str]:
    return document.organization.name, document.run.id


def _finding(item: ReportFinding, names: Names) -> tuple[str, ...]:
    return (
        WORDS[item.status], item.id, item.title, item.severity, names.server(item.server or ""), item.tenant or "",
        names.object(item.object), item.message, item.expected or "", item.actual or "", item.fix,
        "\n".join(command.text for command in item.commands), item.why, item.source,
    )  # fmt: skip


def _change(item: ReportedChange, names: Names) -> tuple[str, ...]:
    command = "\n".join(command.text for command in item.commands)
    return WORDS[item.status], names.server(item.host), item.object, item.before, item.after, command


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark by which Excel knows UTF-8, and the ends of lines that RFC 4180 has."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
