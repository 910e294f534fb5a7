# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Names as pseudonyms: the same name has the same one wherever the same key is."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..base.comparison import fold
from .measurement import Measurement
from .people import Person

_LENGTH: Final = 16


def pseudonym(name: str, key: bytes) -> str:
    """Nobody can tell the name from it, or try names out, without the key."""
    if not name:
        return ""
    made = hmac.new(key, fold(name).encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return f"person-{fold(base64.b32encode(made).decode('ascii'))[:_LENGTH]}"


def masked(found: Measurement, key: bytes) -> Measurement:
    """The same counts with a pseudonym for each name."""
    servers = [
        replace(server, rows=[replace(row, person=pseudonym(row.person, key)) for row in server.rows])
        for server in found.servers
    ]
    return replace(found, masked=True, servers=servers)


def masked_people(people: Sequence[Person], key: bytes) -> list[Person]:
    """The same people with a pseudonym for each of their names."""
    return [
        replace(item, name=pseudonym(item.name, key), names=[pseudonym(name, key) for name in item.names])
        for item in people
    ]
