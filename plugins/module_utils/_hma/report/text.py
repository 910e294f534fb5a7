# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Findings in order of urgency, and as a table for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..base.command import written
from ..base.printable import printable

STATUSES: Final = ("fail", "not_checked", "warn", "would_change", "changed", "rolled_back", "not_applicable", "pass")
SEVERITIES: Final = ("high", "medium", "low", "info")
_SILENT: Final = frozenset({"pass", "not_applicable", "would_change"})
_HEAD: Final = ("STATUS", "CHECK", "OBJECT")


def urgency(finding: Mapping[str, Any]) -> tuple[int, int]:
    """The key that sorts the worst first; the order of the checks breaks ties. What nobody knows is taken for the worst."""
    return _place(STATUSES, finding.get("status")), _place(SEVERITIES, finding.get("severity"))


def _place(order: Sequence[str], value: Any) -> int:
    return order.index(value) if value in order else -1


def actions(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What there is to do, the worst first: one entry per check, its fixes and their commands with the objects each is for."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for item in findings:
        if item["status"] not in ("fail", "not_checked", "warn"):
            continue
        head = {key: item[key] for key in ("id", "title", "severity", "status", "gate")}
        action = found.setdefault((item["status"], item["id"]), {**head, "fixes": {}})
        key = item["fix"], tuple(command["text"] for command in item["commands"])
        fix = action["fixes"].setdefault(key, {"fix": item["fix"], "commands": item["commands"], "objects": []})
        fix["objects"].append({"object": item["object"], "message": item["message"]})
    return [{**item, "fixes": list(item["fixes"].values())} for item in found.values()]


def text_table(findings: Sequence[Mapping[str, Any]], *, width: int = 120, everything: bool = False) -> str:
    """Findings as an administrator reads them in a terminal, the worst first: a line each, below it what is wrong and what to do.

    What is right is left out unless ``everything`` is asked for; the empty text means that nothing is wrong.
    """
    chosen = sorted((printable(item) for item in findings if everything or item.get("status") not in _SILENT), key=urgency)
    if not chosen:
        return ""
    rows = [(_word(item["status"]), str(item["id"]), " ".join(str(item["object"]).split())) for item in chosen]
    columns = [max(len(row[place]) for row in (_HEAD, *rows)) for place in range(2)]
    lines = [_line(_HEAD, columns)]
    for row, item in zip(rows, chosen, strict=True):
        lines.append(_line(row, columns))
        wrong, indent = item["status"] not in _SILENT, columns[0] + 2
        fix, commands = (item.get("fix"), written(item.get("commands"))) if wrong else ("", [])
        for text in (str(item.get("message") or ""), f"Fix: {fix}" if fix else ""):
            lines += _wrapped(text, indent=indent, width=width)
        # A command stands on a line of its own, however long: it has to stay copyable.
        lines += [" " * (indent + 2) + command["text"] for command in commands]
    return "\n".join(lines)


def _word(status: Any) -> str:
    return str(status).replace("_", " ").upper()


def _line(row: Sequence[str], columns: Sequence[int]) -> str:
    return f"{row[0].ljust(columns[0])}  {row[1].ljust(columns[1])}  {row[2]}".rstrip()


def _wrapped(text: str, *, indent: int, width: int) -> list[str]:
    """Words are never broken: a name or an address has to stay copyable."""
    room = max(width - indent, 20)
    found = [line for part in text.splitlines() for line in textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False)]
    return [" " * indent + line for line in found]
