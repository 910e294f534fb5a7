# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as a page shows it: words and symbols for each status, and what stands together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ..base.command import playbook
from ..base.order import natural
from .alike import MANY
from .document import Document
from .evidence import (
    AnswerRow,
    ReadRow,
    RegisteredRow,
    SourceRow,
    answer_rows,
    read_rows,
    registered_rows,
    source_rows,
)
from .facts import CHALLENGE
from .listed import (
    ChangeGroup,
    CheckRow,
    FindingRow,
    ProblemGroup,
    change_groups,
    check_rows,
    finding_rows,
    places,
    problem_groups,
    reasons,
    shown_actions,
)
from .matrix import Counted
from .named import Names
from .text import OPEN, Action, CommandText, Fix
from .verdict import PARTS, headline

# Each status has a symbol and a word beside its colour: nothing is told by colour alone.
SYMBOLS: Final = {
    "pass": "\u2713", "changed": "\u2713", "would_change": "\u2192", "rolled_back": "\u21a9", "warn": "!",
    "fail": "\u2717",
    "not_checked": "?", "not_applicable": "\u2013",
}  # fmt: skip
WORDS: Final = {
    "fail": "Fail", "not_checked": "Not checked", "warn": "Warning", "would_change": "Would change",
    "changed": "Changed",
    "rolled_back": "Rolled back", "not_applicable": "Not applicable", "pass": "Pass",
}  # fmt: skip
KINDS: Final = {"mapi": "MAPI", "ews": "EWS", "oab": "OAB", "autodiscover": "Autodiscover", "activesync": "ActiveSync"}
_MODES: Final = {
    "check": "check mode, nothing was changed",
    "apply": "changes were made where needed",
    "audit": "read only",
}
# Where each language is typed.
LANGUAGES: Final = {
    "powershell": "Exchange Management Shell",
    "shell": "Shell of the control node",
    "yaml": "Inventory or variables (YAML)",
}
# How many fixes are shown before the tables; the others are one click away.
_FOLD: Final = 3
# How many lines of a list stand on paper, so that a big fleet does not fill a folder; the page has them all.
_PAPER: Final = 20
# A text that is longer scrolls on the screen.
_LONG: Final = 12


@dataclass(frozen=True)
class View:
    """What the template needs: the document, and how it is shown."""

    document: Document
    status: str
    headline: str
    mode: str
    facts: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    probed: bool
    to_do: tuple[Action, ...]
    warnings: tuple[Action, ...]
    next_step: tuple[str, tuple[CommandText, ...]]
    open: tuple[FindingRow, ...]
    right: tuple[FindingRow, ...]
    checks: tuple[CheckRow, ...]
    places: tuple[str, ...]
    read: tuple[ReadRow, ...]
    registered: tuple[RegisteredRow, ...]
    sources: tuple[SourceRow, ...]
    answers: tuple[AnswerRow, ...]
    changes: tuple[ChangeGroup, ...]
    problems: tuple[ProblemGroup, ...]
    unchecked: tuple[Action, ...]
    reasons: Callable[[Fix, int], str]
    names: Names
    is_link: Callable[[str], bool]
    moment: Callable[[str], str]
    challenge: Mapping[str, str]
    symbols: Mapping[str, str]
    words: Mapping[str, str]
    kind_names: Mapping[str, str]
    fold: int
    paper: int
    long: int
    alike: int
    languages: Mapping[str, str]


def view(document: Document) -> View:
    """The document as a page shows it."""
    names = Names.of(document.servers)
    rows, actions = finding_rows(document.findings, names), shown_actions(document.actions, names)
    status, words = head_of(document)
    return View(
        document=document,
        status=status,
        headline=words,
        mode=_MODES.get(document.run.mode, document.run.mode),
        facts=_facts(document),
        kinds=tuple(kind for kind in KINDS if any(kind in row.cells for row in document.servers)),
        probed=any(row.challenge for row in document.servers),
        to_do=tuple(item for item in actions if item.stops),
        warnings=tuple(item for item in actions if item.status == "warn"),
        next_step=_next_step(document),
        open=tuple(row for row in rows if row.finding.status in OPEN),
        right=tuple(row for row in rows if row.finding.status not in OPEN),
        checks=check_rows(document.findings),
        places=tuple(sorted(places(rows), key=natural)),
        read=read_rows(document.servers, names),
        registered=registered_rows(document.names),
        sources=source_rows(document.names),
        answers=answer_rows(document.probes, names),
        changes=change_groups(document.changes, names),
        problems=problem_groups(document.problems, names),
        unchecked=tuple(item for item in actions if item.status == "not_checked"),
        reasons=reasons,
        names=names,
        is_link=_is_link,
        moment=moment,
        challenge=CHALLENGE,
        symbols=SYMBOLS,
        words=WORDS,
        kind_names=KINDS,
        fold=_FOLD,
        paper=_PAPER,
        long=_LONG,
        alike=MANY,
        languages=LANGUAGES,
    )


def head_of(document: Document) -> tuple[str, str]:
    """The status and the words of the headline."""
    run, summary = document.run, document.summary
    on, broke = document.organization.modern_authentication, bool(document.problems)
    return headline(summary.verdict, run.playbook, on, broke=broke, stopped=bool(run.stopped))


def _is_link(text: str) -> bool:
    return text.startswith("https://") and " " not in text


def _next_step(document: Document) -> tuple[str, tuple[CommandText, ...]]:
    """What there is to do where no check asks for anything, and the command for it."""
    look = playbook("enable_hma", document.run.inventory, options=("--check", "--diff"))
    verdict, on = document.summary.verdict, document.organization.modern_authentication
    if document.problems or document.run.stopped or verdict == "unknown":
        return "Mend what broke the run (above), then run it again: it reads first and does what is left.", ()
    if verdict == "would_change":
        return "Run the playbook without --check to make the changes below.", ()
    if document.run.playbook in PARTS:
        # Its judgement is of its own part, and says nothing of the other prerequisites.
        done = "This part is done." if on else "This part is done. Look at what enable_hma would do beside it."
        return done, () if on else (CommandText(look.language, look.text),)
    if on is False:
        text = (
            "Every prerequisite is met and modern authentication is off. Look at what enabling would change, "
            "then enable it."
        )
        return text, (CommandText(look.language, look.text),)
    if document.summary.warnings or document.summary.unchecked:
        return "Nothing has to be fixed. What is worth knowing, and what could not be checked, stands below.", ()
    return "Nothing: every check is met.", ()


def moment(text: str) -> str:
    """2026-11-24T07:10:05+00:00 as a person writes it; any other text as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)", text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _how(counts: Counted) -> str:
    return "right as far as read" if counts.partly else "ready"


def _facts(document: Document) -> tuple[tuple[str, str], ...]:
    """The line of figures below the headline."""
    summary, organization = document.summary, document.organization
    on = {True: "on", False: "off", None: "not read"}[organization.modern_authentication]
    rows = ((summary.servers, "Servers"), (summary.tenants, "Tenants"))
    endpoints = ", ".join(organization.default_endpoints) or (
        "not read" if organization.modern_authentication is None else "none"
    )
    return (
        *((f"{what} {_how(counts)}", f"{counts.right} of {counts.total}") for counts, what in rows if counts.total),
        ("Modern authentication", on),
        ("Default endpoint", endpoints),
        ("Checks", _checks(document)),
    )


def _checks(document: Document) -> str:
    """Counted as the sentence counts them: once each, however many objects they are made of."""
    summary = document.summary
    open_ones = {item.id for item in document.actions}
    right = len({item.id for item in document.findings} - open_ones)
    counted = (
        (summary.to_fix, "to fix"), (summary.unchecked, "not checked"), (summary.warnings, "worth knowing"),
        (right, "right"),
    )  # fmt: skip
    return ", ".join(f"{number} {words}" for number, words in counted if number) or "none"
