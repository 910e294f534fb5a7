# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab could be a project of its own: one file of it knows the product."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

LAB: Final = Path(__file__).parents[2] / "lab"
ADAPTER: Final = "product.py"
FILES: Final = [path for path in sorted(LAB.rglob("*")) if path.suffix in (".py", ".ps1")]
# Its folders, its script's mark, its variables, its name but in the licence's first line.
KNOWLEDGE: Final = re.compile(
    r"\bplugins\b|ansible_collections|\bhma_\w|hybrid\.exchange(?! contributors)|exchange_shell|bootstrap\.py"
)
PLACES: Final = {"tests", "plugins", "ansible", "ansible_collections"}


def modules(path: Path) -> set[str]:
    """The first names of what a file imports, relative imports left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {item.name.partition(".")[0] for item in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module).partition(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LAB)))
def test_one_file_knows_the_product(path: Path) -> None:
    knows = KNOWLEDGE.findall(path.read_text("utf-8"))
    assert bool(knows) == (path.name == ADAPTER), knows


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".py"], ids=lambda path: str(path.relative_to(LAB))
)
def test_the_lab_imports_nothing_of_the_project(path: Path) -> None:
    assert modules(path) & PLACES == set()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".py"], ids=lambda path: str(path.relative_to(LAB))
)
def test_a_file_has_one_job(path: Path) -> None:
    """Files with three jobs had 410 lines and more, of 120 columns."""
    assert path.read_text("utf-8").count("\n") <= 400
