# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/inclusion.md claims and no other tool checks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
KNOWN = {
    *(
        "action",
        "become",
        "cache",
        "callback",
        "cliconf",
        "connection",
        "doc_fragments",
        "filter",
        "httpapi",
        "inventory",
        "lookup",
        "module_utils",
    ),
    *("modules", "netconf", "plugin_utils", "shell", "strategy", "sub_plugins", "terminal", "test", "vars"),
}


def test_plugin_folders_are_ansibles() -> None:
    assert {path.name for path in PLUGINS.iterdir() if path.is_dir() and path.name != "__pycache__"} <= KNOWN


def test_utilities_are_private_by_name_and_say_so() -> None:
    for path in [*(PLUGINS / "module_utils").rglob("*.py"), *(PLUGINS / "plugin_utils").rglob("*.py")]:
        inside = path.relative_to(PLUGINS).parts[1:]
        assert any(part.startswith("_") for part in inside), path
        text = path.read_text("utf-8")
        if text.strip():
            assert (ast.get_docstring(ast.parse(text)) or "").startswith("PRIVATE"), path


def test_no_ignore_entries() -> None:
    assert list((ROOT / "tests").glob("sanity/ignore*")) == []


def test_the_readme_says_what_is_supported() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "semantic versioning" in readme
    assert "## Communication" in readme
    oldest = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text("utf-8"))["requires_ansible"]
    assert oldest == ">=2.19.4"
    assert "ansible-core 2.19.4 or later" in readme
    cores = re.search(r"supported are ([\d., ]+) on Python", readme)
    assert cores is not None
    assert cores[1].split(", ") == re.findall(r'"(\d\.\d+)": "3', (ROOT / "noxfile.py").read_text("utf-8"))


def test_the_checklist_names_files_that_are_there() -> None:
    text = (ROOT / "docs" / "inclusion.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert rows == [str(number) for number in range(1, 22)]
    for name in re.findall(r"`([\w./-]+\.(?:md|yml|py|toml))`", text):
        assert (ROOT / name).exists(), name
