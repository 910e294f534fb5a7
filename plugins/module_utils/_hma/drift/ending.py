# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. How a run of watch_hma ended: quiet, with something new, or with something that it could not do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..base.command import playbook
from ..base.display import EMPTY, listed
from ..report.document import Document
from ..report.ending import Ending, Next
from ..report.text import Action, Affected, CommandText, Fix
from .difference import MENDED, Difference
from .news import News


@dataclass(frozen=True)
class WatchEnd:
    """``not_done``: why the run could not do its work, which is neither quiet nor drift."""

    ending: Ending
    actions: tuple[Action, ...]
    not_done: str = ""


def of_watch(news: News | None, trouble: Sequence[str], new: bool, inventory: Sequence[str]) -> WatchEnd:
    """``new``: what is new makes the run fail. ``trouble`` is what went wrong beside the reading: a history that cannot
    be kept, a message that was not sent."""
    again = Next("Once more", playbook("watch_hma", inventory))
    if news is None:
        why = " ".join(trouble) or "nothing was read."
        return WatchEnd(Ending(False, "Nothing could be compared", (why,), again), (), why)
    says = (*trouble, *news.sentences)
    on = again if trouble or (news.gaps and not new) else _next(news, inventory)
    not_done = " ".join([*trouble, *news.sentences[:1]]) if trouble or news.gaps else ""
    quiet = not (new or not_done)
    return WatchEnd(Ending(quiet, news.headline, says, on), tuple(_actions(news.differences)), "" if new else not_done)


def _next(news: News, inventory: Sequence[str]) -> Next | None:
    if news.differences:
        return Next("All that is open", playbook("audit_hma", inventory))
    return Next("Next", playbook("watch_hma", inventory)) if news.first else None


def without_its_own(document: Document, end: WatchEnd) -> Document:
    """The report with what is new in the place of what there is to do: a watch says what changed."""
    return replace(document, actions=end.actions)


def _actions(differences: Iterable[Difference]) -> Iterable[Action]:
    """What is new as the last screen lists what there is to do: by check, the worst first."""
    groups: dict[tuple[str, str], list[Difference]] = {}
    for item in differences:
        groups.setdefault(("fail" if item.worse else "warn", item.check or item.area), []).append(item)
    for (status, name), same in groups.items():
        fixes: dict[tuple[str, tuple[tuple[str, str], ...]], list[Difference]] = {}
        for item in same:
            fixes.setdefault((item.advice, item.commands), []).append(item)
        yield Action(
            id=name.replace("_", " ") if not same[0].check else name, title=same[0].checked or same[0].text,
            severity=same[0].severity, status=status, gate=False,
            fixes=tuple(_fix(advice, commands, own) for (advice, commands), own in fixes.items()),
        )  # fmt: skip


def _fix(advice: str, commands: Iterable[tuple[str, str]], same: Iterable[Difference]) -> Fix:
    typed = tuple(CommandText(language, text) for language, text in commands)
    return Fix(advice, typed, tuple(Affected(item.title, described(item)) for item in same))


def described(item: Difference) -> str:
    """What is new of an object, without its name before it."""
    text = item.text.removeprefix(f"{item.title}: ").removeprefix(f"{item.title} ")
    return f"{text} Before: {listed(item.before) or EMPTY}." if item.kind == MENDED and item.before else text
