# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. What only a write shows, tried on one virtual directory: a Set that changes nothing, and OAuth off and on
again (or on and off again, where it was off)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..base.errors import Refused
from ..base.facts import plain
from ..exchange.change import Change
from ..exchange.cmdlet import Cmdlet
from ..exchange.virtual_directories import KINDS, Directory, plan_oauth, target

if TYPE_CHECKING:
    from ..exchange.change import Value

UNCHANGED, OAUTH = "unchanged", "oauth"
# ActiveSync has no setting for OAuth but its lists, which a Set says itself.
TRIED_KINDS: Final = ("mapi", "ews", "oab", "autodiscover")
# Hybrid free/busy signs in to these two with OAuth.
_HYBRID: Final = frozenset({"ews", "autodiscover"})


def refuse_in_use(directory: Directory, *, live: bool, web: str | None, connectors: Sequence[str]) -> None:
    """Refused while clients may sign in with OAuth, and, where it would be taken, while something else needs it.

    ``web`` is why Outlook on the web needs it, or None; ``connectors`` are those of hybrid free/busy that are on.
    """
    if live:
        raise _refused(
            directory, "modern authentication is on, so that OAuth is taken from no directory, not even for a moment."
        )
    if directory.oauth and web:
        raise _refused(directory, web)
    if directory.oauth and directory.kind in _HYBRID and connectors:
        raise _refused(
            directory,
            f"IntraOrganizationConnector {', '.join(connectors)} is enabled: hybrid free/busy uses OAuth here. Name "
            "mapi or oab.",
        )


def _refused(directory: Directory, reason: str) -> Refused:
    return Refused(
        f"{directory.identity}: {reason} Leave hma_try_out_of_use out to try the Set that changes nothing alone."
    )


def unchanged(directory: Directory) -> Change:
    """The Set that gives the directory the settings that it has."""
    return _set(directory, directory)


def turned(directory: Directory) -> Change:
    """The Set that turns OAuth to the other position."""
    change = plan_oauth(directory, present=not directory.oauth)
    if change is None:
        raise Refused(f"{directory.identity}: OAuth cannot be turned here. Name another directory.")
    return change


def turned_back(now: Directory, before: Directory) -> Change:
    """The Set that gives the settings again that the directory had."""
    return _set(now, before)


def _set(now: Directory, wanted: Directory) -> Change:
    kind = KINDS[now.kind]
    after: dict[str, Value] = {name: _value(value) for name, value in wanted.settings.items()}
    before: dict[str, Value] = {name: _value(value) for name, value in now.settings.items()}
    cmdlet = Cmdlet(f"Set-{kind.noun}", {"Identity": now.guid, **after, **kind.extra})
    return Change(now.identity, target(now), before, after, cmdlet, now.beside)


def _value(value: Any) -> Value:
    found: Value = plain(value)
    return found


def raw_read(directory: Directory) -> Cmdlet:
    """The directory with all that it shows."""
    noun = KINDS[directory.kind].noun
    return Cmdlet(f"Get-{noun}", {"Identity": directory.guid}, (), on_error="continue", raw=True)
