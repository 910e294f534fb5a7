# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that is given away is a file of its own, whatever stood at its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.errors import GraphError
from ansible_collections.hybrid.exchange.plugins.plugin_utils._graph.handoff import write_script

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"


def script(folder: Path) -> Path:
    return write_script(str(folder), TENANT, "global", ["https://mail.contoso.test/"], present=True)


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious", encoding="ascii")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"register-spns-{TENANT}.ps1").symlink_to(target)
    path = script(tmp_path / "out")
    assert target.read_text("ascii") == "precious"
    assert not path.is_symlink()
    assert "'https://mail.contoso.test/'" in path.read_text("utf-8")


def test_nobody_else_can_change_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = script(tmp_path / "new" / "out")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_place_that_cannot_take_it_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(GraphError, match="cannot be written"):
        script(tmp_path / "file")
