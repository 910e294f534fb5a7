# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of docs/lab.md from docs/assumptions.yml: python -m tests.tools.assumptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.lab.assumptions import SWITCHES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "lab.md"
_HEAD = "| Behaviour | Source | Switch |\n|---|---|---|\n"
_TABLE = re.compile(r"\| Behaviour \| Source \|.*?\n(?=\n)", re.DOTALL)


@dataclass(frozen=True)
class Assumption:
    """One row: what the lab does, how that is known, and which tests rest on it. A row with a switch is open."""

    id: str
    behaviour: str
    source: str
    switch: str | None = None
    tests: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        positions = ", ".join(f"`{position}`" for position in SWITCHES[self.switch]) if self.switch else ""
        return f"| {self.behaviour} | {self.source} | {f'`{self.switch}`: {positions}' if self.switch else ''} |\n"


def assumptions() -> list[Assumption]:
    """The rows, as docs/assumptions.yml has them."""
    listed = yaml.safe_load((DOCS / "assumptions.yml").read_text(encoding="utf-8"))["assumptions"]
    return [Assumption(**row) for row in listed]


def page(text: str) -> str:
    """The page with the table as the rows are now."""
    table = _HEAD + "".join(row.line for row in assumptions())
    made, count = _TABLE.subn(lambda _: table, text, count=1)
    if count != 1:
        raise SystemExit("docs/lab.md: a table that begins with | Behaviour | Source | is needed.")
    return made


def main() -> None:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
