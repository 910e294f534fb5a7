# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A path with the tilde of somebody who is not there is one message, and not a bug of the collection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused
from ansible_collections.hybrid.exchange.plugins.plugin_utils._paths import local_path
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.reader import read_sources
from ansible_collections.hybrid.exchange.plugins.plugin_utils._record.writer import Record

PLUGINS = Path(__file__).parents[4] / "plugins"
NOWHERE = "~no_such_user/hma records"


@pytest.mark.parametrize(
    "use", [local_path, lambda text: Record(text, "run", "ex1", "hma_spn"), lambda text: read_sources([text])]
)
def test_a_home_that_nobody_has_is_named(use: Callable[[str], Any]) -> None:
    with pytest.raises(Refused, match=r"^~no_such_user/hma records: this machine knows no home for that ~"):
        use(NOWHERE)


def test_a_tilde_of_ones_own_is_ones_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/srv/hma")
    assert local_path("~/a b") == Path("/srv/hma/a b")


def test_nobody_else_asks_for_a_home() -> None:
    asking = [path.name for path in PLUGINS.rglob("*.py") if ".expanduser()" in path.read_text("utf-8")]
    assert asking == ["_paths.py"]
