# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports point down only: playbook, role, action, domain, transport; and inside the domain from room to room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
COLLECTION = "ansible_collections.hybrid.exchange."
DOMAIN = "plugins.module_utils._hma"
# The rooms of the domain: which of the others each of them may import.
ROOMS = {
    "base": (),
    "entra": ("base",),
    "exchange": ("base", "entra"),
    "settings": ("base",),
    "checks": ("base", "entra", "exchange"),
    "probe": ("base", "entra", "checks"),
    "discovery": ("base", "entra", "exchange"),
    "access": ("base", "entra", "exchange"),
    "record": ("base", "entra", "exchange"),
    "policies": ("base", "entra", "exchange", "checks", "record"),
    "report": ("base", "exchange", "checks"),
    "recording": ("base", "entra", "exchange", "probe"),
    "sign_ins": ("base", "exchange"),
    "drift": ("base", "entra", "exchange", "report"),
}
# folder -> what its files must not import (a prefix of the module's name, the collection's own without its prefix)
RULES = {
    "module_utils/_hma": (
        *("ansible", "os", "socket", "requests", "msal", "pypsrp", "winrm", "plugins.plugin_utils", "time", "tests"),
        *("pathlib", "subprocess", "http", "urllib.request", "ssl", "random", "secrets", "importlib"),
    ),
    "module_utils": ("plugins.plugin_utils", "ansible.plugins", "ansible.utils", "tests"),
    "plugin_utils/_graph": (
        "plugins.plugin_utils._exchange",
        "plugins.plugin_utils._record",
        "plugins.module_utils._argspec",
        "plugins.action",
        "tests",
    ),
    "plugin_utils/_exchange": (
        "plugins.plugin_utils._graph",
        "plugins.module_utils._argspec",
        "plugins.action",
        "tests",
    ),
    "plugin_utils/_record": (
        "plugins.plugin_utils._exchange",
        "plugins.plugin_utils._graph",
        "plugins.action",
        "plugins.module_utils._argspec",
    ),
    "plugin_utils/_sign_ins": (
        "plugins.plugin_utils._graph",
        "plugins.plugin_utils._record",
        "plugins.action",
        "tests",
    ),
    "plugin_utils/_alive.py": ("plugins", "ansible"),
    "action": ("pypsrp", "winrm", "requests", "msal", "plugins.modules", "plugins.action", "tests"),
    "modules": ("plugins.plugin_utils", "ansible.plugins", "plugins.modules", "plugins.action", "tests"),
    "": ("tests",),
}
# Of the domain the transport knows cmdlets, and how names compare; the files that write a plan know what they write,
# too.
TRANSPORT_KNOWS = ("base", "exchange.cmdlet")
WRITERS = frozenset(
    {"write.py", "directories.py", "endpoint.py", "giving_back.py", "lockout.py", "web_site.py", "overrides.py"}
    | {"policies.py", "in_use.py"}
)
WRITERS_KNOW = ("base", "exchange", "record", "policies")
FILES = sorted(path for path in PLUGINS.rglob("*.py"))


def imported(path: Path) -> set[str]:
    return imports_of(path.read_text(encoding="utf-8"), path.relative_to(ROOT).parent.parts)


def imports_of(source: str, package: tuple[str, ...]) -> set[str]:
    """Every module a source imports, by its full name; relative ones resolved, the collection's prefix cut."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return {name.removeprefix(COLLECTION) for name in found}


def domain_imports(path: Path) -> set[str]:
    """What a file imports of the domain: "exchange.cmdlet.Cmdlet" and so on."""
    return {name.removeprefix(f"{DOMAIN}.") for name in imported(path) if name.startswith(f"{DOMAIN}.")}


def within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") or prefix.startswith(f"{name}.") for prefix in allowed)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_imports_point_down(path: Path) -> None:
    relative = path.relative_to(PLUGINS).as_posix()
    for folder, forbidden in RULES.items():
        if folder and relative != folder and not relative.startswith(f"{folder}/"):
            continue
        wrong = {name for name in imported(path) for rule in forbidden if name == rule or name.startswith(f"{rule}.")}
        assert not wrong, f"{relative} imports {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    for path in sorted((PLUGINS / "module_utils" / "_hma" / room).glob("*.py")):
        wrong = {name for name in domain_imports(path) if not within(name, (room, *ROOMS[room]))}
        assert not wrong, f"{room}/{path.name} imports {', '.join(sorted(wrong))}"


def test_every_file_of_the_domain_is_in_a_room() -> None:
    folder = PLUGINS / "module_utils" / "_hma"
    assert {path.relative_to(folder).parts[0] for path in folder.rglob("*.py")} == set(ROOMS)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import msal", "msal"),
        ("import os.path as p", "os.path"),
        ("def f():\n    from requests import Session", "requests.Session"),
        ("from . import _record", "plugins.plugin_utils._record"),
        ("from .._record import Record", "plugins._record.Record"),
        ("from ansible_collections.hybrid.exchange.plugins.action import hma_spn", "plugins.action.hma_spn"),
        (
            "from ansible_collections.hybrid.exchange.plugins.action.hma_spn import ActionModule",
            "plugins.action.hma_spn",
        ),
    ],
)
def test_no_form_of_import_is_overlooked(source: str, name: str) -> None:
    assert name in imports_of(source, ("plugins", "plugin_utils"))


def test_each_rule_meets_a_file() -> None:
    assert [folder for folder in RULES if not (PLUGINS / folder).exists()] == []


def test_roles_and_playbooks_leave_exchange_to_the_actions() -> None:
    for path in [*(ROOT / "roles").rglob("*.yml"), *(ROOT / "playbooks").rglob("*.yml")]:
        text = path.read_text(encoding="utf-8")
        assert [
            name for name in ("win_shell", "win_powershell", "win_command", "ansible.builtin.raw") if name in text
        ] == [], path


def test_the_domain_part_of_the_transport() -> None:
    for path in (PLUGINS / "plugin_utils" / "_exchange").glob("*.py"):
        wrong = {
            name
            for name in domain_imports(path)
            if not within(name, WRITERS_KNOW if path.name in WRITERS else TRANSPORT_KNOWS)
        }
        assert not wrong, f"{path.name} imports {', '.join(sorted(wrong))}"


def test_errors_import_nothing() -> None:
    for path in PLUGINS.rglob("errors.py"):
        assert imported(path) <= {"__future__", "__future__.annotations"}


def test_only_the_transport_touches_a_connection() -> None:
    for path in FILES:
        if "_exchange" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "exec_command" not in text, path
            assert ".runspace" not in text, path


def test_the_product_does_not_know_the_lab() -> None:
    for path in [*PLUGINS.rglob("*"), *(ROOT / "roles").rglob("*"), *(ROOT / "playbooks").rglob("*")]:
        if path.is_file() and path.suffix in (".py", ".ps1", ".yml"):
            text = path.read_text(encoding="utf-8").casefold()
            assert "tests.lab" not in text, path
            assert "127.0.0.1" not in text, path
