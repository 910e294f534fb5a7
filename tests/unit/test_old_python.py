# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hma_probe runs on hosts, not only on the control node: everything it brings along has to run on Python 3.8."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_layers import PLUGINS, ROOT, imported

# Everything else of the standard library and of later versions would be noticed by the run below, where a 3.8 is there.
NEWER = (
    ".removeprefix(",
    ".removesuffix(",
    "strict=True",
    "datetime.UTC",
    "math.lcm",
    "bit_count",
    "pairwise",
    "functools.cache(",
)


def brought_along() -> set[Path]:
    """The files of this collection that AnsiballZ packs with hma_probe."""
    waiting, found = [PLUGINS / "modules" / "hma_probe.py"], set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        for name in imported(path):
            other = ROOT / f"{name.replace('.', '/')}.py"
            if name.startswith("plugins.") and other.is_file() and other not in found:
                waiting.append(other)
    return found


def python38() -> Path | None:
    places = [*Path.home().glob(".pyenv/versions/3.8.*/bin/python"), Path("/usr/bin/python3.8")]
    return next((place for place in places if place.exists()), None)


@pytest.mark.parametrize("path", sorted(brought_along()), ids=lambda path: path.name)
def test_its_files_are_python_38(path: Path) -> None:
    source = path.read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))
    assert [word for word in NEWER if word in source] == []


def test_it_needs_the_standard_library_alone() -> None:
    foreign = {name.partition(".")[0] for path in brought_along() for name in imported(path)} - {
        "plugins",
        "ansible",
        *sys.stdlib_module_names,
    }
    assert foreign == set()


def test_its_domain_is_imported_by_a_real_38() -> None:
    python = python38()
    if python is None:
        pytest.skip("no Python 3.8 on this machine")
    code = "import plugins.module_utils._probe, plugins.module_utils._argspec"
    done = subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
