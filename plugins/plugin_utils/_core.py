# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The ansible-core that this collection needs: an older one is refused by name, before anything else goes
wrong with it."""

from __future__ import annotations

import re
import shlex
import sys
from typing import Final

from ansible.release import __version__ as FOUND

# meta/runtime.yml and requirements say the same; a test holds them together.
LEAST: Final = (2, 19, 4)


def too_old(found: str = FOUND) -> str | None:
    """Why this ansible-core cannot run the collection, with the command that mends it; None where it can."""
    numbers = tuple(int(number) for number in re.findall(r"[0-9]+", found)[: len(LEAST)])
    if numbers >= LEAST:
        return None
    least = ".".join(map(str, LEAST))
    install = f"{shlex.quote(sys.executable)} -m pip install 'ansible-core>={least}'"
    return (
        f"hybrid.exchange needs ansible-core {least} or newer, and this is {found}. Nothing was read or changed. "
        f"Install it: {install}"
    )
