# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the documentation site, before Sphinx gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import docs
from tests.tools.contents import DOCS

HEAD = "New in hybrid.exchange 0.1.0\n\n"
REST = ".. Deprecated\n\n\nSynopsis\n--------\n"


def test_a_page_does_not_list_its_own_headings() -> None:
    assert docs.without_contents(f"{HEAD}.. contents::\n   :local:\n   :depth: 1\n\n{REST}") == HEAD + REST
    assert docs.without_contents(f"{HEAD}.. contents::\n{REST}") == HEAD + REST
    assert docs.without_contents(HEAD + REST) == HEAD + REST


def test_a_link_to_a_file_of_the_repository_leads_there() -> None:
    assert docs.address(DOCS / "audit.md", "checks/README.md#policy") == "checks/README.md#policy"
    assert docs.address(DOCS / "audit.md", "../galaxy.yml") == docs.REPOSITORY + "galaxy.yml"


def test_a_link_that_leads_nowhere_is_one_message() -> None:
    page: Path = DOCS / "audit.md"
    with pytest.raises(SystemExit, match=r"^docs/audit\.md: the link nowhere\.md leads nowhere\.$"):
        docs.address(page, "nowhere.md")
