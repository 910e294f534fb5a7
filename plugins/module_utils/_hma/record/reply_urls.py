# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. Which reply URLs go back: those that recorded runs added, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..base.comparison import fold
from ..entra.reply_urls import Entry
from ..entra.spns import is_built_in
from ..exchange.change import LISTS, NOT_SENT, REPLY_URLS
from .history import Recorded


def reply_urls_back(history: Iterable[Recorded]) -> dict[str, list[str]]:
    """Per tenant: what was not there when the first recorded write touched it. Microsoft's own stay as they are."""
    first: dict[str, dict[Entry, tuple[str, bool]]] = {}
    for step in history:
        if step.is_of(REPLY_URLS) and step.result != NOT_SENT:
            _note(first.setdefault(fold(step.target_text("tenant_id")), {}), step)
    return {
        tenant: taken
        for tenant, urls in first.items()
        if (taken := [url for url, was_there in urls.values() if not was_there and not is_built_in(url)])
    }


def _note(first: dict[Entry, tuple[str, bool]], step: Recorded) -> None:
    """Whether each reply URL that a write adds or takes away was there when something recorded first touched it."""
    before, after = _keyed(step.before), _keyed(step.after)
    for key in before.keys() - after.keys():
        first.setdefault(key, (before[key], True))
    for key, url in after.items():
        if key not in before:
            first.setdefault(key, (url, False))


def _keyed(state: Mapping[str, Iterable[str]]) -> dict[Entry, str]:
    return {Entry.of(url): url for url in state.get(LISTS[REPLY_URLS], ())}
