# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PRIVATE. The last screen of check_access, in the style of those that end in a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.rows import (
    INVENTORY,
    NAME,
    SERVER,
    TENANT,
    Row,
    complete,
    objects_of,
)
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.access.shown import joined
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.base.command import playbook
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.screen import short_screen
from ansible_collections.hybrid.exchange.plugins.module_utils._hma.report.text import Action, Affected, Fix

_COUNTED: Final = ((SERVER, "server", "servers"), (TENANT, "tenant", "tenants"), (NAME, "name", "names"))


def screen_of(
    rows: Sequence[Row], playbooks: Sequence[str], inventory: Sequence[str], file: str, run: str
) -> tuple[str, ...]:
    """The lines: the verdict, what can be used, what to do first, where the answers are, and what is typed next."""
    usable = complete(rows)
    words = "Everything answers, and every account may do its part" if usable else "Not everything can be used"
    following = "audit_hma" if usable else "check_access"
    left = [f"Answers: {file}", f"{'Next' if usable else 'Once more'}: {playbook(following, inventory).text}"]
    return short_screen("check_access", f"{words}. Run {run}", [_counts(rows, playbooks)], left, _actions(rows))


def _counts(rows: Sequence[Row], playbooks: Sequence[str]) -> str:
    """How many of each kind have nothing that stops."""
    parts = []
    for kind, one, many in _COUNTED:
        names = objects_of(rows, kind)
        right = [name for name in names if not any(row.stops for row in rows if (row.kind, row.object) == (kind, name))]
        if names:
            parts.append(f"{len(right)} of {len(names)} {one if len(names) == 1 else many}")
    # What an inventory's yes says is that a limit left hosts out.
    left_out = [f"{row.why} " for row in rows if row.kind == INVENTORY and row.why and not row.stops]
    return f"Can be used: {', '.join(parts) or 'nothing'}. {''.join(left_out)}Asked for: {', '.join(playbooks)}."


def _actions(rows: Sequence[Row]) -> list[Action]:
    """What there is to do, each fix once with all that it is for."""
    found: dict[tuple[str, str], list[Affected]] = {}
    for row in joined(rows):
        if row.stops:
            found.setdefault((row.question, row.fix), []).append(Affected(row.object, row.why))
    return [
        Action(question, question, "high", "fail", True, (Fix(fix, (), tuple(objects)),))
        for (question, fix), objects in found.items()
    ]
