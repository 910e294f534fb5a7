# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The one meaning of ready: what a run comes to, for the console, the page, the JSON, JUnit and the exit code.

Of the judged findings and the changes of a run, nothing else decides it. What a report does not have (how the way back
ended, a part that was not asked) is put beside it by ``ending``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from .changes import ReportedChange
from .text import Action

Verdict = Literal["ready", "attention", "would_change", "not_proven", "not_ready", "unknown"]
READY: Final = "ready"
ATTENTION: Final = "attention"
WOULD_CHANGE: Final = "would_change"
NOT_PROVEN: Final = "not_proven"
NOT_READY: Final = "not_ready"
UNKNOWN: Final = "unknown"
ON: Final = "Hybrid Modern Authentication is on"


@dataclass(frozen=True)
class Purpose:
    """What a playbook is for: which rows its report counts, and the words for those that are right."""

    servers: bool = True
    tenants: bool = True
    one: str = "is ready"
    many: str = "are ready"
    done: str = "Ready"


_PURPOSES: Final[Mapping[str, Purpose]] = {
    "register_spns": Purpose(
        servers=False, one="has every name", many="have every name", done="Every client name is registered"
    ),
    "prepare_vdirs": Purpose(
        tenants=False,
        one="has OAuth on every directory",
        many="have OAuth on every directory",
        done="OAuth is on for every virtual directory",
    ),
    "block_legacy_auth": Purpose(done="The wave is done"),
    "enable_owa_hma": Purpose(done="Everybody signs in to Outlook on the web and the admin center at Entra"),
}
# What these did is a part of the work: a host that a limit left out of the run is none of theirs.
PARTS: Final = frozenset({"register_spns", "prepare_vdirs"})
_WHOLE: Final = Purpose()


def purpose(playbook: str) -> Purpose:
    return _PURPOSES.get(playbook, _WHOLE)


def verdict(
    to_do: Sequence[Action], changes: Iterable[ReportedChange], *, judged: bool, broke: bool, stopped: bool
) -> Verdict:
    """``judged``: something was; ``broke``: a step failed or a host did not answer; ``stopped``: before the end."""
    if not judged:
        return UNKNOWN
    if broke or stopped or any(item.status == "fail" for item in to_do):
        return NOT_READY
    if any(item.stops for item in to_do):
        return NOT_PROVEN
    if any(item.status == "would_change" for item in changes):
        return WOULD_CHANGE
    return ATTENTION if to_do else READY


# A status of the page for each verdict, and the words where nothing more is known.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    READY: ("pass", ""),
    ATTENTION: ("pass", ""),
    WOULD_CHANGE: ("would_change", "Ready to run"),
    NOT_PROVEN: ("not_checked", "Not proven"),
    NOT_READY: ("fail", "Not ready"),
    UNKNOWN: ("not_checked", "Not known"),
}


def headline(found: str, playbook: str, on: bool | None, *, broke: bool, stopped: bool) -> tuple[str, str]:
    """The status that colours the head of a report, and its words."""
    status, words = _WORDS[found]
    # One with words of its own is not about whether modern authentication is on.
    of_hma = playbook not in _PURPOSES
    # A run that a judgement stopped did its work: it says what is wrong, not that it broke.
    if broke:
        ended = "the run stopped" if stopped else "the run is not complete"
        return "fail", f"{ON}, but {ended}" if on and of_hma else f"{ended[:1].upper()}{ended[1:]}"
    if found in (READY, ATTENTION):
        return status, ON if on and of_hma else purpose(playbook).done
    if found == NOT_PROVEN and on and of_hma:
        return status, f"{ON}; not all of it was checked"
    if found == NOT_READY and on and of_hma:
        return status, f"{ON}, but not everything is right"
    return status, words
