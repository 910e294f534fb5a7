# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of docs/lab.md and what the product knows of it from docs/assumptions.yml:
python -m tests.tools.assumptions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.lab.assumptions import SWITCHES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGE = DOCS / "lab.md"
# What a recording is compared with. The product does not know the lab, so it is data.
SHIPPED = ROOT / "plugins" / "plugin_utils" / "_recording" / "assumptions.json"
_HEAD = "| Behaviour | Source | Switch | Settled by |\n|---|---|---|---|\n"
_TABLE = re.compile(r"\| Behaviour \| Source \|.*?\n(?=\n)", re.DOTALL)


@dataclass(frozen=True)
class Assumption:
    """One row: what the lab does, how that is known, and which tests rest on it. A row with a switch is open.

    ``read`` and ``write`` name the judge who settles it from a recording, ``unasked`` says why nobody asks.
    """

    id: str
    behaviour: str
    source: str
    switch: str | None = None
    tests: list[str] = field(default_factory=list)
    read: str = ""
    write: str = ""
    unasked: str = ""

    @property
    def line(self) -> str:
        positions = ", ".join(f"`{position}`" for position in SWITCHES[self.switch]) if self.switch else ""
        switch = f"`{self.switch}`: {positions}" if self.switch else ""
        settled = "a read" if self.read else "a write" if self.write else ""
        return f"| {self.behaviour} | {self.source} | {switch} | {settled} |\n"

    @property
    def shipped(self) -> dict[str, str]:
        return {
            "id": self.id,
            "behaviour": self.behaviour,
            "by": "read" if self.read else "write" if self.write else "",
            "judge": self.read or self.write,
            "expected": SWITCHES[self.switch][0] if self.switch else "yes",
            "reason": self.unasked,
        }


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


def shipped() -> str:
    """The rows as the product has them."""
    return json.dumps({"assumptions": [row.shipped for row in assumptions()]}, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SHIPPED.write_text(shipped(), encoding="utf-8")


if __name__ == "__main__":
    main()
