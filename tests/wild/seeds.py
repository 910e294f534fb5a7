# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which seeds are run, and which of them are known to fail, with the reason."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from pathlib import Path

import yaml

FIXED = range(1, 26)
BY_COMMIT = 10


def known(wrong: Iterable[str]) -> list[str]:
    """The reasons for which all of this is expected; none where something else is wrong too."""
    rows = yaml.safe_load(Path(__file__).with_name("expected.yml").read_text(encoding="utf-8"))
    reasons = [
        next((str(row["reason"]) for row in rows if re.search(str(row["pattern"]), text)), None) for text in wrong
    ]
    return [] if None in reasons else sorted({reason for reason in reasons if reason})


def chosen(seeds: str, commit: str) -> list[int]:
    """ "1-200", "7" or "3,9-12"; *fixed* or *commit*; without any the fixed ones, and ten that change with the
    commit."""
    begin = 1000 + zlib.crc32(commit.encode("ascii")) % 1_000_000
    of_commit = range(begin, begin + BY_COMMIT) if commit else range(0)
    named = {"": [*FIXED, *of_commit], "fixed": list(FIXED), "commit": list(of_commit)}
    return named[seeds] if seeds in named else [seed for part in seeds.split(",") for seed in _range(part)]


def _range(part: str) -> range:
    least, _dash, most = part.partition("-")
    return range(int(least), int(most or least) + 1)
