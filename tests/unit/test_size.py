# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The size budget: what does not fit into a head is divided. An action's 80 lines are a wish; these are limits."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
FILES = sorted(PLUGINS.rglob("*.py"))
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def code_lines(path: Path) -> int:
    """Lines without the documentation that ansible-doc reads."""
    text = path.read_text("utf-8")
    documentation = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and {ast.unparse(item) for item in node.targets} & DOCUMENTATION
    ]
    return text.count("\n") - sum((node.end_lineno or 0) - node.lineno + 1 for node in documentation)


def function_lines(path: Path) -> list[int]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [
        (node.end_lineno or 0) - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_a_file_and_its_functions(path: Path) -> None:
    limit = {"modules": 40, "action": 170}.get(path.relative_to(PLUGINS).parts[0], 325)
    assert code_lines(path) <= limit
    assert max(function_lines(path), default=0) <= 50


def test_functions_are_short_as_a_rule() -> None:
    assert median(length for path in FILES for length in function_lines(path)) <= 12
