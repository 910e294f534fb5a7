# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command of a document is typed in a POSIX shell as it stands: nothing in it means something to the shell."""

from __future__ import annotations

import re

import pytest

from tests.unit.guides import DOCUMENTS, GUIDES, ROOT, blocks, commands

COMMANDS = sorted({(str(path.relative_to(ROOT)), command) for path in DOCUMENTS for command in commands(path)})
_QUOTED = re.compile(r"'[^']*'|\"[^\"$`]*\"")
_SPECIAL = re.compile(r"[<>|&;()*?\[\]{}$`!~#]")


@pytest.mark.parametrize(("document", "command"), COMMANDS)
def test_nothing_is_left_to_the_shell(document: str, command: str) -> None:
    """<run id> is a redirection, and ex[0] a pattern."""
    assert _SPECIAL.findall(_QUOTED.sub("", command)) == []


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_powershell_is_for_exchange_and_graph_only(guide: str) -> None:
    """And what the control node's shell is given is no PowerShell."""
    for block in blocks(GUIDES[guide], "powershell"):
        assert not re.search(r"\b(ansible|openssl|kinit|pip|git)\b", block), block
    for block in blocks(GUIDES[guide], "console"):
        assert not re.search(r"\b(Get|Set|New|Remove|Add|Enable)-[A-Z]\w+", block), block
