# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The files of a result: the page, the documents and the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.masking import masked, masked_people
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.page import Result
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.sign_ins.tables import people_table, sign_ins_table
from ansible_collections.hybrid.exchange.plugins.plugin_utils._report.page import render_sign_ins

from .parts import write


def with_pseudonyms(found: Result, key: bytes) -> Result:
    """The same result without a name in it."""
    return Result(
        masked(found.measured, key), masked_people(found.people, key), found.protocols, found.clients,
        found.without_directory,
    )  # fmt: skip


def write_result(folder: Path, found: Result) -> dict[str, str]:
    """Write all files; their paths by what they are."""
    written = write(folder, {name: make(found) for name, make in _FILES.values()})
    return {kind: written[name] for kind, (name, _make) in _FILES.items()}


def _text(document: Any) -> bytes:
    """JSON for people and programs."""
    return json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


_FILES: Final[Mapping[str, tuple[str, Callable[[Result], bytes]]]] = {
    "html": ("sign_ins.html", render_sign_ins),
    "json": ("sign_ins.json", lambda found: _text(found.measured.as_json())),
    "csv": ("sign_ins.csv", lambda found: sign_ins_table(found.measured)),
    "people": ("people.json", lambda found: _text(found.people_json())),
    "people_csv": ("people.csv", lambda found: people_table(found.people)),
}
