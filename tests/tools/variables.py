# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/variables.md from docs/variables.yml, and the list that the product has: python -m tests.tools.variables.

The product shows its variables in files that it makes (hma_discover), and a folder named docs is not everywhere beside
it.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
_HEAD = """<!--
Copyright (c) 2026 hybrid.exchange contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made from variables.yml by `make variables`.
-->
# Public variables

Set them in the inventory, in `group_vars` or `host_vars`, vault-encrypted where they are secret. Role variables
(`hma_vdir_throttle` and so on) are in each role's README and default to these.

Every playbook looks at all of them, of all hosts, before it does anything else, and names everything that is wrong in
one message: types, choices, keys, templates and vaults without a value, files that cannot be read, names with a slip
of the finger. Text belongs in quotes: YAML makes another number of `0644`. What stands under *Organization* has to be
the same for all servers; `hma_spn_extra_names`, `hma_spn_ignored` and `hma_record_dir` for the tenants too, so set
them in `group_vars/all`. Names that begin with `hma_` are this collection's: another one is a warning."""


OURS = DOCS.parent / "plugins" / "plugin_utils" / "_discovery" / "variables.yml"
_OURS_HEAD = """# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Made from docs/variables.yml by `make variables`.
---
"""
# A link of Markdown, which a comment of YAML cannot show.
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def main() -> None:
    (DOCS / "variables.md").write_text(page(specification()), encoding="utf-8")
    OURS.write_text(ours(specification()), encoding="utf-8")


def ours(sections: list[dict[str, Any]]) -> str:
    """The list as the product has it."""
    rows = [_row_of_ours(item) for section in sections for item in section["variables"]]
    # Indented, as yamllint wants a list: safe_dump puts it below its key.
    text = yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=116)
    return f"{_OURS_HEAD}variables:\n{textwrap.indent(text, '  ')}"


def _row_of_ours(item: dict[str, Any]) -> dict[str, Any]:
    choices = f": {', '.join(map(str, item['choices']))}" if item.get("choices") else ""
    kind = f"{item['type']} of {item['elements']}" if "elements" in item else item["type"]
    return {
        "name": item["name"],
        "type": f"{kind}{choices}",
        "default": _plain(str(item.get("default", ""))),
        "meaning": _plain(item["meaning"]),
        **{key: True for key in ("required", "secret") if item.get(key)},
    }


def _plain(text: str) -> str:
    return _LINK.sub(r"docs/\1", text).replace("`", "")


def specification() -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = yaml.safe_load((DOCS / "variables.yml").read_text(encoding="utf-8"))["sections"]
    return sections


def page(sections: list[dict[str, Any]]) -> str:
    """The page, section by section."""
    parts = [_HEAD]
    for section in sections:
        parts += [f"\n## {section['title']}\n", *([section["text"], ""] if "text" in section else [])]
        parts += [
            "| Variable | Type | Default | Meaning |",
            "|---|---|---|---|",
            *(row(item) for item in section["variables"]),
        ]
    return "\n".join(parts) + "\n"


def row(item: dict[str, Any]) -> str:
    choices = ", ".join(f"`{choice}`" for choice in item.get("choices", []))
    kind = choices if item["type"] == "str" and choices else item["type"]
    kind += (
        f" of {item.get('elements') or choices}" if item["type"] == "list" and (choices or "elements" in item) else ""
    )
    kind += ", secret" if item.get("secret") else ""
    kind += ", {} to {}".format(*item["range"]) if "range" in item else ""
    default = "required" if item.get("required") else item.get("default", "")
    return f"| `{item['name']}` | {kind} | {default} | {item['meaning']} |"


if __name__ == "__main__":
    main()
