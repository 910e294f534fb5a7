# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All guides and reference pages: `make contents` writes the README's list of them, and the site has the same one.

The reference pages are whatever Markdown lies in docs/. The guides stand in the order of docs/docsite/extra-docs.yml,
which antsibull-docs reads, because a reader needs an order; each title is the page's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GUIDES = DOCS / "docsite" / "rst"
REFERENCE = "Reference"
# The list in the README stands between this line and the next heading.
_LIST = re.compile(r"(?<=\nThe pages as files:\n\n)(.*?)(?=\n## )", re.DOTALL)
_TITLES = {".md": re.compile(r"^# (.+)$", re.MULTILINE), ".rst": re.compile(r"^(.+)\n===+$", re.MULTILINE)}


@dataclass(frozen=True)
class Section:
    title: str
    pages: tuple[Path, ...]


def sections() -> Iterator[Section]:
    """The sections of the site: those of guides, then the reference."""
    listed = yaml.safe_load((DOCS / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    for section in listed:
        yield Section(section["title"], tuple(GUIDES / f"{name}.rst" for name in section["toctree"]))
    yield Section(REFERENCE, reference())


def reference() -> tuple[Path, ...]:
    return tuple(sorted(DOCS.rglob("*.md")))


def title(page: Path) -> str:
    found = _TITLES[page.suffix].search(page.read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit(f"{page.relative_to(ROOT)}: the page has no title. Write a heading as its first line.")
    return found[1]


def line(section: Section) -> str:
    links = (f"[{title(page)}]({page.relative_to(ROOT).as_posix()})" for page in section.pages)
    return f"- **{section.title}**: {', '.join(links)}\n"


def readme(text: str) -> str:
    """The README with the list as it is now."""
    made, count = _LIST.subn(lambda _: "".join(line(section) for section in sections()), text)
    if count != 1:
        raise SystemExit(
            'README.md: the line "The pages as files:", an empty line, the list and a heading are needed once.'
        )
    return made


def main() -> None:
    path = ROOT / "README.md"
    path.write_text(readme(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
