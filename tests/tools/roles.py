# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of variables of each role's README from its argument specification: python -m tests.tools.roles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
# Of a role's variables those that a playbook hands over; the others are its settings.
WIRING = ("_facts", "_run_id", "_history", "_from_record", "_tenant", "_client_urls", "_recorded", "_off", "_read")
_JUDGED = re.compile(r" \| hybrid\.exchange\.setting\('\w+'\)")
_TABLE = "| Variable | Type | Default | Meaning |\n"


def main() -> None:
    for folder in sorted(ROLES.iterdir()):
        (folder / "README.md").write_text(page(folder), encoding="utf-8")


def page(folder: Path) -> str:
    """The README as it is written by hand, and below it the table."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return text.partition(_TABLE)[0] + table(folder)


def table(folder: Path) -> str:
    options, defaults = (
        specification(folder),
        yaml.safe_load((folder / "defaults" / "main.yml").read_text(encoding="utf-8")),
    )
    rows = [_row(name, option, defaults) for name, option in options.items()]
    return _TABLE + "|---|---|---|---|\n" + "".join(f"{row}\n" for row in rows)


def specification(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))[
        "argument_specs"
    ]["main"]["options"]
    return found


def wiring(folder: Path) -> list[str]:
    """The variables that a playbook hands over."""
    return [name for name in specification(folder) if name.removeprefix(folder.name) in WIRING]


def _row(name: str, option: dict[str, Any], defaults: dict[str, Any]) -> str:
    kind = ", ".join(f"`{choice}`" for choice in option.get("choices", [])) or option["type"]
    default = f"`{_written(defaults[name])}`" if name in defaults else "required"
    return f"| `{name}` | {kind} | {default} | {option['description']} |"


def _written(value: Any) -> str:
    text = (
        value
        if isinstance(value, str) and value
        else yaml.safe_dump(value, default_flow_style=True, width=1000).partition("\n")[0]
    )
    # That a value is judged changes nothing in what the default is.
    return _JUDGED.sub("", str(text)).strip().replace("|", "&#124;")


if __name__ == "__main__":
    main()
