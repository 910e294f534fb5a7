# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The directories of one server, each of them read, or why it was not."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.elements import Unread
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.errors import ParseError, Refused
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.cmdlet import Cmdlet, CmdletResult
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.exchange.virtual_directories import (
    Directory,
    Kind,
    front_end,
)

from ._exchange.errors import ExchangeError
from ._exchange.failures import cmdlet_failure


def front_ends(
    host: str, kinds: Sequence[Kind], cmdlets: Sequence[Cmdlet], results: Sequence[CmdletResult]
) -> tuple[list[Directory], list[Unread]]:
    """The front-end directories, and of each kind that has none the reason. The results begin with those of the
    kinds."""
    directories, gaps = [], []
    for kind, cmdlet, result in zip(kinds, cmdlets, results, strict=False):
        try:
            if result.errors:
                raise ExchangeError(cmdlet_failure(host, cmdlet, result.errors[0]))
            directories.append(front_end(kind, result))
        except (ExchangeError, Refused, ParseError) as exc:
            gaps.append(Unread(kind.key, str(exc)))
    return directories, gaps
