# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/schemas/recording.schema.json is what the collection goes by; a recording fits into it."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.json_schema import mismatch
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.document import make_document
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.recording.schema import SCHEMA

ROOT = Path(__file__).parents[6]


def test_the_file_says_what_the_code_says() -> None:
    text = (ROOT / "docs" / "schemas" / "recording.schema.json").read_text("utf-8")
    assert json.loads(text) == SCHEMA


def test_an_empty_recording_fits() -> None:
    assert mismatch(make_document("0.0.0", [], []).facts(), SCHEMA) is None
