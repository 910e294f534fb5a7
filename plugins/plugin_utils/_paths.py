# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Paths of this machine as people write them."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import Refused


def local_path(text: str) -> Path:
    """The path, with the home of a user for its tilde. Refused where this machine knows no such user: a folder of that
    name would be made where somebody stands."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Refused(f"{text}: this machine knows no home for that ~. Write the path in full.") from None
