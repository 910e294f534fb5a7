# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a recording is compared with: data, made of docs/assumptions.yml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.values import Properties
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.compared import Assumption

_FILE: Final = Path(__file__).with_name("assumptions.json")


def assumptions() -> list[Assumption]:
    """All of them, in their order."""
    listed = json.loads(_FILE.read_text(encoding="utf-8"))["assumptions"]
    return [Assumption.from_facts(Properties(item, "assumptions.json")) for item in listed]
