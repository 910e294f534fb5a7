# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents tell a reader to type, as data."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDES = {path.stem: path for path in sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))}
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "roles").glob("*/README.md")),
    *GUIDES.values(),
]
_BLOCK = re.compile(r"^( *)\.\. code-block:: (\w+)\n\n((?:\1 {3}.*\n|\n)+)", re.MULTILINE)
_INLINE = re.compile(r"`((?:ansible|ansible-playbook|ansible-inventory|ansible-doc) [^`]+)`")
_LINE = re.compile(
    r"^\s*((?:ansible|ansible-playbook|ansible-inventory|ansible-doc) -?\w.*?)(?:\s{2,}#.*)?$", re.MULTILINE
)


def blocks(guide: Path, language: str) -> list[str]:
    """The code blocks of a language, without their indentation."""
    return [
        textwrap.dedent(match[3]).strip() + "\n"
        for match in _BLOCK.finditer(guide.read_text(encoding="utf-8"))
        if match[2] == language
    ]


def commands(document: Path) -> list[str]:
    """Every Ansible command of a document, in a block of its own or in a sentence."""
    text = document.read_text(encoding="utf-8").replace("\\\n", " ")
    return sorted({*_INLINE.findall(text), *(line for line in _LINE.findall(text) if "`" not in line)})
