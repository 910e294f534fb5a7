# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's commands for one secret, typed: the inventory reads it, and no file holds it in the clear."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.guides import GUIDES, blocks

SECRET = "the password of the account"
INVENTORY = """
exchange_servers:
  vars:
    ansible_password: "{{ vault_hma_audit }}"
  hosts:
    ex1.corp.contoso.com:
"""


def printed(master: int) -> bytes:
    """The next bytes of a terminal; none when its last process has ended."""
    try:
        return os.read(master, 4096)
    except OSError:
        return b""


@pytest.mark.matrix
def test_one_secret_as_the_guide_makes_it(tmp_path: Path) -> None:
    (line,) = (block for block in blocks(GUIDES["first_run"], "yaml") if block.startswith("vault_hma_audit:"))
    assert SECRET in line
    editor = tmp_path / "editor.sh"
    # A line that is there is kept, as a person who looks at it keeps it.
    editor.write_text(f'#!/bin/sh\ngrep -q vault_hma_audit "$1" || cat >"$1" <<\'E\'\n{line}E\n', encoding="utf-8")
    editor.chmod(0o700)
    (tmp_path / "password").write_text("of the vault\n", encoding="utf-8")
    (tmp_path / "inventory.yml").write_text(INVENTORY, encoding="utf-8")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "EDITOR": str(editor),
        "PAGER": "cat",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(tmp_path / "password"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
    }

    def typed(command: str) -> str:
        """What a command shows in a terminal: ansible-vault opens an editor nowhere else."""
        master, terminal = pty.openpty()
        with subprocess.Popen(
            ["bash", "-c", command], cwd=tmp_path, env=environment, stdin=terminal, stdout=terminal, stderr=terminal
        ) as process:
            os.close(terminal)
            shown = b"".join(iter(lambda: printed(master), b""))
        os.close(master)
        assert process.returncode == 0, f"{command}\n{shown.decode()}"
        return shown.decode().replace("\r\n", "\n")

    lines = [text for block in blocks(GUIDES["first_run"], "console") for text in block.splitlines()]
    commands = [text for text in lines if text.startswith(("mkdir -p group_vars", "ansible-vault "))]
    assert [text.split()[:2] for text in commands] == [
        ["mkdir", "-p"], ["ansible-vault", "create"], ["ansible-vault", "view"], ["ansible-vault", "edit"],
    ]  # fmt: skip
    shown = [typed(command) for command in commands]
    assert SECRET in shown[2]
    held = [path.read_text("utf-8") for path in (tmp_path / "group_vars").rglob("*.yml")]
    assert [text.split(";")[0] for text in held] == ["$ANSIBLE_VAULT"]
    assert SECRET not in held[0]
    host = json.loads(typed("ansible-inventory -i inventory.yml --host ex1.corp.contoso.com"))
    assert host["ansible_password"] == SECRET or host["vault_hma_audit"] == SECRET
