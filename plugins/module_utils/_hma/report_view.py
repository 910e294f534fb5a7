# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The report as a page shows it: words and symbols for each status, and what stands together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# Each status has a symbol and a word beside its colour: nothing is told by colour alone.
SYMBOLS: Final = {
    "pass": "\u2713", "changed": "\u2713", "would_change": "\u2192", "rolled_back": "\u21a9", "warn": "!", "fail": "\u2717",
    "not_checked": "?", "not_applicable": "\u2013",
}  # fmt: skip
WORDS: Final = {
    "pass": "Pass", "changed": "Changed", "would_change": "Would change", "rolled_back": "Rolled back", "warn": "Warning", "fail": "Fail",
    "not_checked": "Not checked", "not_applicable": "Not applicable",
}  # fmt: skip
KINDS: Final = {"mapi": "MAPI", "ews": "EWS", "oab": "OAB", "autodiscover": "Autodiscover", "activesync": "ActiveSync"}
_MODES: Final = {"check": "check mode, nothing was changed", "apply": "changes were made where needed", "audit": "read only"}
_VERDICTS: Final = {
    "ready": ("pass", "Ready"),
    "attention": ("warn", "Ready, with warnings"),
    "would_change": ("would_change", "The run would do the rest"),
    "not_ready": ("fail", "Not ready"),
    "unknown": ("not_checked", "Not known"),
}
# A fix that starts like a command is shown as one.
_COMMAND: Final = re.compile(r"ansible-playbook |[A-Z][a-z]+-[A-Z]\w+ ")
_FOLD: Final = 3


def view(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the template needs beside the document."""
    summary, organization = document["summary"], document["organization"]
    status, headline = _VERDICTS[summary["verdict"]]
    if summary["verdict"] in ("ready", "attention") and organization["modern_authentication"]:
        headline = "Hybrid Modern Authentication is on"
    findings = document["findings"]
    return {
        "document": document,
        "status": status,
        "headline": headline,
        "mode": _MODES.get(document["run"]["mode"], document["run"]["mode"]),
        "facts": _facts(document),
        "kinds": [kind for kind in KINDS if any(kind in row["cells"] for row in document["servers"])],
        "probed": any(row["challenge"] for row in document["servers"]),
        "open": [item for item in findings if item["status"] in ("fail", "not_checked", "warn")],
        "right": [item for item in findings if item["status"] not in ("fail", "not_checked", "warn")],
        "unchecked": [item for item in findings if item["status"] == "not_checked"],
        "symbols": SYMBOLS,
        "words": WORDS,
        "kind_names": KINDS,
        "fold": _FOLD,
        "is_command": lambda text: _COMMAND.match(text) is not None,
        "is_link": lambda text: text.startswith("https://") and " " not in text,
        "moment": moment,
    }


def moment(text: str) -> str:
    """2026-11-24T07:10:05+00:00 as a person writes it; any other text as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)", text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The line of figures below the headline."""
    summary, organization = document["summary"], document["organization"]
    on = {True: "on", False: "off", None: "not read"}[organization["modern_authentication"]]
    endpoints = ", ".join(organization["default_endpoints"]) or ("not read" if organization["modern_authentication"] is None else "none")
    counts = summary["findings"]
    return [
        ("Servers ready", f"{summary['servers']['ready']} of {summary['servers']['total']}"),
        ("Tenants ready", f"{summary['tenants']['ready']} of {summary['tenants']['total']}"),
        ("Modern authentication", on),
        ("Default endpoint", endpoints),
        ("Checks", f"{counts['fail']} fail, {counts['warn']} warn, {counts['not_checked']} not checked, {counts['pass'] + counts['would_change']} pass"),
    ]
