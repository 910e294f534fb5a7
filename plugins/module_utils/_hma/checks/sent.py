# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Names that this run wrote and that Graph does not show yet: Microsoft promises no read after a write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from ..base.comparison import folded, lacking
from ..exchange.change import DONE

WAIT: Final = "Wait some minutes, then run this again."
_PROPERTY: Final = "servicePrincipalNames"


def names_sent(result: Mapping[str, Any]) -> frozenset[str]:
    """The names, folded, whose write Graph accepted, from the result of hma_spn."""
    done = (item for item in result.get("changes") or [] if item.get("result") == DONE)
    return frozenset(name for item in done for name in _added(item["before"], item["after"]))


def not_seen_yet(missing: Collection[str], sent: Collection[str]) -> str:
    """What is wrong where all that is missing was written just now; else nothing."""
    if not missing or not folded(missing) <= frozenset(sent):
        return ""
    return f"this run wrote {', '.join(missing)}, and Graph does not show it yet: its replicas may lag."


def _added(before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return folded(lacking(before.get(_PROPERTY, ()), after.get(_PROPERTY, ())))
