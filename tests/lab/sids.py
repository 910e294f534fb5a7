# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security identifiers that Exchange's accounts and the synchronized accounts of Entra have in common."""

from __future__ import annotations

import zlib
from typing import Final

DOMAIN: Final = "S-1-5-21-3623811015-3361044348-30300820"
# The built-in Administrator of a domain; it is never synchronized.
BUILT_IN: Final = f"{DOMAIN}-500"


def sid_of(principal: str) -> str:
    """The same for the same sign-in name, from one start of the lab to the next."""
    return f"{DOMAIN}-{1100 + zlib.crc32(principal.casefold().encode('utf-8')) % 800000}"
