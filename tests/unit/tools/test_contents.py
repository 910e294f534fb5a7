# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides and reference pages have one list, which is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import contents
from tests.tools.contents import GUIDES, ROOT


def test_the_readme_has_the_list() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert contents.readme(text) == text, "Run: make contents"


def test_every_guide_is_in_a_section_once() -> None:
    listed = [page for section in contents.sections() for page in section.pages if page.suffix == ".rst"]
    assert sorted(listed) == sorted(GUIDES.glob("*.rst")), "Name it in docs/docsite/extra-docs.yml"


def test_an_old_list_is_replaced_and_the_rest_is_kept() -> None:
    text = "# Name\n\nThe pages as files:\n\n- **Old**: a page\n\n## Supported\n"
    made = contents.readme(text)
    assert made.startswith(
        "# Name\n\nThe pages as files:\n\n- **Before you start**: [What will happen to my "
        "clients](docs/docsite/rst/clients.rst), "
    )
    assert made.endswith(", [Public variables](docs/variables.md)\n\n## Supported\n")


def test_a_readme_without_the_list_is_one_message() -> None:
    with pytest.raises(SystemExit, match=r"^README\.md: the line"):
        contents.readme("# Name\n")


def test_a_page_without_a_title_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "ROOT", tmp_path)
    (tmp_path / "page.md").write_text("Text.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^page\.md: the page has no title\."):
        contents.title(tmp_path / "page.md")
