# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Tables for a spreadsheet. No cell becomes a formula there, and no name makes a line of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..base.printable import printable
from .measurement import Measurement
from .people import TITLES, Person

# What a spreadsheet takes for the beginning of a formula, wide forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PEOPLE: Final = (
    "person", "kind", "meaning", "reason", "protocols", "modern_clients", "legacy_clients", "modern", "legacy", "first",
    "last", "servers", "names",
)  # fmt: skip
_SIGN_INS: Final = (
    "server", "person", "protocol", "authentication", "type", "client", "requests", "first", "last",
)  # fmt: skip


def people_table(people: Iterable[Person]) -> bytes:
    rows = ({**person.facts(), "meaning": TITLES[person.kind]} for person in people)
    return _table(_PEOPLE, ([row[name] for name in _PEOPLE] for row in rows))


def sign_ins_table(found: Measurement) -> bytes:
    rows = found.as_json()["sign_ins"]
    return _table(_SIGN_INS, ([row[name] for name in _SIGN_INS] for row in rows))


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    # A spreadsheet takes a file without the mark for one in the code page of Windows.
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = str(printable(text)).replace("\n", "\u240a").replace("\t", "\u2409")
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
