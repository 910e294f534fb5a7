# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults of roles: Ansible resolves them where they are used, so one that names itself is an endless loop at run
time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def words(value: Any) -> set[str]:
    """The names in the templates of a default."""
    return set(re.findall(r"\w+", " ".join(re.findall(r"\{\{.*?\}\}", yaml.safe_dump(value, width=100000)))))


def resolved(name: str, defaults: dict[str, Any], passed: tuple[str, ...] = ()) -> None:
    assert name not in passed, f"{' -> '.join((*passed, name))}"
    for following in words(defaults[name]) & defaults.keys():
        resolved(following, defaults, (*passed, name))


@pytest.mark.parametrize("path", sorted(ROOT.glob("roles/*/defaults/main.yml")), ids=lambda path: path.parts[-3])
def test_no_default_leads_back_to_itself(path: Path) -> None:
    defaults = yaml.safe_load(path.read_text("utf-8"))
    for name in defaults:
        resolved(name, defaults)
