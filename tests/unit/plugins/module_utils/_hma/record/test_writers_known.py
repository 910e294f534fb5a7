# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Job events are a record too: every module that returns what it wrote is one whose events are read."""

from __future__ import annotations

from pathlib import Path

import yaml
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.record import events

MODULES = Path(__file__).parents[6] / "plugins" / "modules"


def test_no_module_that_writes_is_forgotten() -> None:
    writing = set()
    for path in MODULES.glob("hma_*.py"):
        returned = path.read_text(encoding="utf-8").partition('RETURN = r"""')[2].partition('"""')[0]
        if "changes" in (yaml.safe_load(returned) or {}):
            writing.add(f"hybrid.exchange.{path.stem}")
    assert "hybrid.exchange.hma_user_policy" in writing
    assert writing == set(events._WRITERS)
