# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The news of a run as a message: for a program, for Teams, for Slack, and as a mail.

Names are text of others. In the two chats they stand where no markup is read; everywhere a name stays in its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..base.printable import printable
from .news import News

EVENT: Final = "hybrid.exchange/watch-event"
# A chat takes some kilobytes: what there is no room for is counted, and the page has it.
_SHOWN: Final = 15
_LINE: Final = 400
_HEADER: Final = 150
_SLACK: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True)
class Mail:
    """Subject and text; a subject is one line."""

    subject: str
    text: str


def generic(news: News) -> dict[str, Any]:
    """All of it, for a program."""
    return {"schema": EVENT, "schema_version": 1, **news.as_json()}


def teams(news: News) -> dict[str, Any]:
    """An adaptive card, as the workflow *Send webhook alerts to a channel* takes it. The text runs of a rich text
    block have no markup."""
    lines = [_block([{"text": title(news), "weight": "Bolder", "size": "Large"}])]
    lines += [_block([{"text": line}]) for line in _lines(news)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": title(news),
        "body": lines,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _block(runs: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs]}


def slack(news: News) -> dict[str, Any]:
    """Blocks of plain text, in which nobody is mentioned and nothing is a link."""
    head = title(news)
    header = {"type": "header", "text": _plain(head if len(head) <= _HEADER else f"{head[: _HEADER - 3]}...")}
    sections = [{"type": "section", "text": _plain(line)} for line in _lines(news)]
    return {"text": head.translate(_SLACK), "mrkdwn": False, "blocks": [header, *sections]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text.translate(_SLACK), "emoji": False}


FORMATS: Final[Mapping[str, Callable[[News], dict[str, Any]]]] = {"json": generic, "teams": teams, "slack": slack}


def mail(news: News) -> Mail:
    text = [title(news), f"Run {news.run}, {news.finished}", "", *_lines(news)]
    return Mail(f"[hybrid.exchange] {title(news)}", "\n".join(text) + "\n")


def title(news: News) -> str:
    return _line(f"{news.organization or 'Exchange'}: {news.headline}")


def _lines(news: News) -> list[str]:
    """What is new with who may have done it and what there is to do, and what else there is to know."""
    lines = []
    for item in news.differences[:_SHOWN]:
        lines.append(_line(f"{'Worse' if item.worse else 'New'}: {item.text} {item.advice}"))
    more = len(news.differences) - _SHOWN
    lines += [f"And {more} more."] if more > 0 else []
    lines += [_line(text) for text in news.sentences]
    return lines + ([_line(f"History: {news.page}")] if news.page else [])


def _line(text: str) -> str:
    """One line, however long the names in it are and whatever stands in them."""
    found = " ".join(str(printable(text)).split())
    return found if len(found) <= _LINE else f"{found[: _LINE - 3]}..."
