# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What a message that did not arrive had to say, kept beside the history until one arrives.

The next run compares with the reading of this one, and would not find it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.difference import Difference, difference_of
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.drift.news import News
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.found import Found

from .._files import replace_file
from .._record.writer import read_safely
from .webhook import NotSent

NAME: Final = "undelivered.json"
_MODE: Final = 0o600


@dataclass(frozen=True)
class Undelivered:
    """What one way has not delivered yet: the differences of earlier runs, and since when they were compared."""

    since: str
    differences: tuple[Difference, ...]

    @classmethod
    def of(cls, news: News) -> Undelivered:
        return cls(news.since, news.differences)

    def before(self, news: News) -> News:
        """The same news with what was not told before it. What could not be read then and can be now is no news."""
        # A run that was killed while it told is in the file and in the history.
        differences = tuple(dict.fromkeys((*self.differences, *news.differences)))
        tell = bool(news.tell or differences or news.gaps)
        return replace(news, since=self.since or news.since, differences=differences, tell=tell)

    def facts(self) -> dict[str, Any]:
        return {"since": self.since, "drift": [item.facts() for item in self.differences]}


def place_of(news: News) -> Path | None:
    """The file beside the page of the history; None where nothing is kept: the next run finds the same again."""
    return Path(news.page).with_name(NAME) if news.page else None


def read(path: Path | None) -> dict[str, Undelivered]:
    """What each way has not delivered. A file that holds no such thing reads as nothing: the history has it still."""
    if path is None or not path.exists():
        return {}
    try:
        content, refusal = read_safely(path)
        found = Found(None if refusal else json.loads(content))
    except (OSError, ValueError, RecursionError):
        return {}
    return {
        way: Undelivered(item["since"].text, tuple(difference_of(of) for of in item["drift"].objects))
        for way, item in found.items
    }


def keep(path: Path | None, undelivered: Mapping[str, Undelivered]) -> None:
    """Only what is still to be delivered stays."""
    if path is None:
        return
    try:
        if undelivered:
            content = json.dumps({way: item.facts() for way, item in undelivered.items()}, ensure_ascii=False)
            replace_file(path, content.encode("utf-8"), _MODE)
        else:
            path.unlink(missing_ok=True)
    except OSError as exc:
        raise NotSent(f"{path}, with what nobody was told yet, cannot be written ({exc.strerror}).") from None
