# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the code in numbers: .venv/bin/python -m tests.tools.shape [folder of a clone].

It is run as a module. Run as a file, it would have ``tests/tools`` first on the path, and the standard library's
``statistics`` would import ``numbers.py`` from there.

For each layer: files, the longest file and function, the median function, and how many functions take or give an
untyped mapping (``Mapping[str, Any]``, ``dict[str, Any]`` and their aliases). Then casts such as
``str(server["name"])``, variables of each role and how many of them a playbook hands over, and lines of playbooks and
roles that are longer than 120 columns.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import yaml

from tests.tools.roles import wiring

LAYERS = {
    "domain": "plugins/module_utils/_hma",
    "actions": "plugins/action",
    "plugin_utils": "plugins/plugin_utils",
    "lab": "tests/lab",
}
_UNTYPED = re.compile(r"\b(Mapping|dict|Dict)\[str, Any\]")
_ALIAS = re.compile(r"^(\w+)(?::[^=\n]*)? = (?:Mapping|dict)\[str, Any\]$", re.MULTILINE)
_CAST = re.compile(r"\bstr\(\w+(?:\.\w+)*\[\"\w+\"\]\)")


def main() -> None:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2]
    print(
        "| layer | files | longest file | functions | median | longest | untyped signatures | casts "
        "|\n|---|---|---|---|---|---|---|---|"
    )
    aliases = aliases_of(root)
    for layer in LAYERS:
        print(f"| {layer} | {' | '.join(numbers(sources_of(root, layer), aliases))} |")
    print("\n| role | variables | of them wiring |\n|---|---|---|")
    for role, count in variables(root):
        print(f"| {role} | {count} | {len(wiring(root / 'roles' / role))} |")
    long = [line for line in yaml_lines(root) if len(line) > 120]
    print(f"\nLines over 120 columns in playbooks and roles: {len(long)}")


def numbers(sources: list[str], aliases: set[str]) -> tuple[str, ...]:
    """The columns of one layer's row; ``aliases`` are names that stand for an untyped mapping."""
    found = [function for source in sources for function in functions(source)]
    lengths = [(function.end_lineno or 0) - function.lineno + 1 for function in found]
    untyped = sum(is_untyped(function, aliases) for function in found)
    share = f"{untyped} ({100 * untyped / len(found):.1f} %)"
    longest = max(source.count("\n") for source in sources)
    return tuple(map(str, (len(sources), longest, len(found), median(lengths), max(lengths), share, casts(sources))))


def untyped_share(root: Path, layer: str) -> float:
    """How many of a layer's functions take or give an untyped mapping, from 0 to 1."""
    own = aliases_of(root)
    found = [function for source in sources_of(root, layer) for function in functions(source)]
    return sum(is_untyped(function, own) for function in found) / len(found)


def sources_of(root: Path, layer: str) -> list[str]:
    return [path.read_text("utf-8") for path in sorted((root / LAYERS[layer]).rglob("*.py"))]


def aliases_of(root: Path) -> set[str]:
    """The names of the product that stand for an untyped mapping."""
    return {name for path in (root / "plugins").rglob("*.py") for name in _ALIAS.findall(path.read_text("utf-8"))}


def casts(sources: list[str]) -> int:
    """How often a value of a dictionary is made text: its type is not known there."""
    return sum(len(_CAST.findall(source)) for source in sources)


def functions(source: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))


def is_untyped(function: ast.FunctionDef, aliases: set[str]) -> bool:
    """Whether a mapping of anything is among its parameters or is its result."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    hints = [
        ast.unparse(node) for node in (*(item.annotation for item in arguments), function.returns) if node is not None
    ]
    return any(_UNTYPED.search(hint) or aliases & set(re.findall(r"\w+", hint)) for hint in hints)


def variables(root: Path) -> Iterator[tuple[str, int]]:
    for path in sorted((root / "roles").glob("*/meta/argument_specs.yml")):
        options: set[str] = set()
        for entry in yaml.safe_load(path.read_text("utf-8"))["argument_specs"].values():
            options |= set(entry.get("options") or {})
        yield path.parts[-3], len(options)


def yaml_lines(root: Path) -> Iterator[str]:
    for folder in ("playbooks", "roles"):
        for path in sorted((root / folder).rglob("*.yml")):
            yield from path.read_text("utf-8").splitlines()


if __name__ == "__main__":
    main()
